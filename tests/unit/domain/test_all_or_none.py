"""Targets that an instance wants all together or not at all."""

from dataclasses import replace

import pytest

from dualhome.domain.attachment import Attachment, Failure
from dualhome.domain.ec2 import Instance, Interface
from dualhome.domain.identifiers import TargetName
from dualhome.domain.planning.confirm import questions_of
from dualhome.domain.planning.plan import plan_instance
from dualhome.domain.planning.types import Decision, InstanceView, move_of
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State
from dualhome.domain.tags import WHOLE_TAG
from tests.support.builders.decisions import after_of, attach_of, polls, release_of
from tests.support.builders.values import (
    DATA,
    MGMT,
    NOW,
    PAUSED,
    POLICY,
    a_primary,
    a_record,
    a_seen_attachment,
    a_vpc,
    an_app_vpc,
    an_instance,
    an_interface,
)
from tests.support.builders.views import a_view

SEEN = a_seen_attachment()
VPCS = (an_app_vpc(), a_vpc(), a_vpc("vpc-0c", target="data"))
FOR_MGMT = an_interface()
FOR_DATA = an_interface("eni-02", pool="data", vpc="vpc-0c")
HELD = an_interface(attachment=SEEN)
NO_DATA = f"data: {Reason.NO_INTERFACE_IN_ZONE}"
REFUSED = Failure("OperationNotPermitted", "no")


def wanting(*pool: Interface, policy: str | None = "all", **fields: object) -> Instance:
    """Return an instance that wants both targets, and has what is attached in ``pool``."""
    attached = tuple(it.attachment for it in pool if it.attachment)
    tags = {} if policy is None else {"dualhome:policy": policy}
    ordinary = {"targets": "mgmt data", "tags": tags, "attachments": (a_primary(), *attached)}
    return an_instance(**(ordinary | fields))  # type: ignore[arg-type] # a test's own fields


def view(
    *records: Attachment, pool: tuple[Interface, ...], policy: str | None = "all"
) -> InstanceView:
    """Return what a plan for such an instance rests on."""
    return a_view(wanting(*pool, policy=policy), records=records, pool=pool, vpcs=VPCS)


def steps_of(view: InstanceView) -> dict[TargetName, Decision]:
    """Return the plan's steps, of which there is one for each target at most."""
    steps = plan_instance(view)
    by_target = {step.target: step for step in steps}

    assert len(steps) == len(by_target)
    return by_target


def after(step: Decision) -> tuple[State, Reason | None, str]:
    """Return what a step leaves in the ledger."""
    return after_of(step).state, after_of(step).reason, after_of(step).detail


def test_a_unit_that_can_be_had_is_had_in_one_plan() -> None:
    """It needs no second request."""
    steps = steps_of(view(pool=(FOR_MGMT, FOR_DATA)))

    assert {MGMT, DATA} == {target for target, step in steps.items() if attach_of(step)}


def test_nothing_is_claimed_for_the_others_while_one_cannot_be_had() -> None:
    """Half a unit is of no use, and what it holds is lacking elsewhere."""
    steps = steps_of(view(pool=(FOR_MGMT,)))

    assert (State.WAITING, Reason.UNIT_INCOMPLETE, NO_DATA) == after(steps[MGMT])
    assert (State.REFUSED, Reason.NO_INTERFACE_IN_ZONE) == after(steps[DATA])[:2]
    assert not any(attach_of(step) for step in steps.values())


def test_what_the_others_hold_is_released_while_one_cannot_be_had() -> None:
    """All or none; the record says because of which one."""
    steps = steps_of(view(a_record(), pool=(HELD,)))

    assert (State.RELEASING, Reason.UNIT_INCOMPLETE, NO_DATA) == after(steps[MGMT])
    released = release_of(steps[MGMT])
    assert released
    assert State.RELEASING == released.state


@pytest.mark.parametrize("policy", [None, "each"])
def test_each_target_stands_alone_unless_the_tag_says_otherwise(policy: str | None) -> None:
    """The default."""
    steps = steps_of(view(pool=(FOR_MGMT,), policy=policy))
    kept = steps_of(view(a_record(), pool=(HELD,), policy=policy))

    assert attach_of(steps[MGMT])
    assert {DATA} == kept.keys()


def test_a_malformed_policy_is_refused_and_admits_nothing() -> None:
    """Neither of both can be meant: nothing is attached for it, and nothing released."""
    steps = steps_of(view(a_record(), pool=(HELD, FOR_DATA), policy="both"))

    assert {WHOLE_TAG} == steps.keys()
    state, reason, detail = after(steps[WHOLE_TAG])
    assert (State.REFUSED, Reason.BAD_TAG) == (state, reason)
    assert "dualhome:policy='both': expected all or each" == detail


def test_a_unit_that_waits_says_so_once() -> None:
    """Looking again does not write the same again."""
    first = steps_of(view(pool=(FOR_MGMT,)))
    recorded = [after_of(step) for step in first.values() if move_of(step)]

    again = steps_of(view(*recorded, pool=(FOR_MGMT,)))

    assert {MGMT, DATA} == {record.target for record in recorded}
    assert [] == [
        step for step in again.values() if move_of(step) or attach_of(step) or release_of(step)
    ]


def test_a_unit_that_waits_names_every_target_that_is_lacking() -> None:
    """And is told anew when it is another one."""
    old = a_record(
        State.WAITING, target="backup", reason=Reason.UNIT_INCOMPLETE, detail="data: POOL_EMPTY"
    )
    backup = an_interface("eni-03", pool="backup", vpc="vpc-0d")
    instance = wanting(targets="mgmt data backup")
    vpcs = (*VPCS, a_vpc("vpc-0d", target="backup"))

    steps = steps_of(a_view(instance, records=[old], pool=[backup], vpcs=vpcs))

    assert f"mgmt: {Reason.NO_INTERFACE_IN_ZONE}; {NO_DATA}" == after(steps[old.target])[2]


def test_a_unit_is_had_as_soon_as_nothing_lacks() -> None:
    """Those that waited for the others, and the one that they waited for."""
    held_back = a_record(State.WAITING, reason=Reason.UNIT_INCOMPLETE, detail=NO_DATA)
    lacked = a_record(State.REFUSED, target=DATA, reason=Reason.NO_INTERFACE_IN_ZONE)

    steps = steps_of(view(held_back, lacked, pool=(FOR_MGMT, FOR_DATA)))

    assert {MGMT, DATA} == {target for target, step in steps.items() if attach_of(step)}


@pytest.mark.parametrize("state", [State.CLAIMED, State.ATTACHING])
def test_what_is_on_its_way_is_awaited_before_it_is_released(state: State) -> None:
    """Only what EC2 shows attached can be detached; without another pass it would stay."""
    moving = a_record(state)

    steps = plan_instance(view(moving, pool=(HELD,)))

    assert [] == [step for step in steps if release_of(step)]
    assert any(polls(step) for step in steps if step.target == MGMT)


def test_what_ec2_refused_is_tried_before_the_others() -> None:
    """If it is refused again, the others have not been attached and detached for nothing."""
    failed = a_record(
        State.FAILED, target=DATA, reason=Reason.EC2_REFUSED, failure=REFUSED, retry_at=NOW
    )

    steps = steps_of(view(failed, pool=(FOR_MGMT, FOR_DATA)))

    assert attach_of(steps[DATA])
    assert (State.WAITING, Reason.UNIT_INCOMPLETE, "data: EC2_REFUSED") == after(steps[MGMT])


def test_what_ec2_refused_is_not_tried_while_another_one_is_lacking() -> None:
    """It would be released at once; its error stays in the record."""
    failed = a_record(State.FAILED, reason=Reason.EC2_REFUSED, failure=REFUSED, retry_at=NOW)

    steps = steps_of(view(failed, pool=(FOR_MGMT,)))

    assert {DATA} == steps.keys()


def test_a_unit_with_a_target_that_is_stuck_is_incomplete() -> None:
    """An operator must act; until then half of it would be attached."""
    stuck = a_record(
        State.STUCK, target=DATA, interface="eni-02", slot=None, reason=Reason.DETACH_TIMEOUT
    )

    steps = steps_of(view(stuck, pool=(FOR_MGMT, FOR_DATA)))

    assert (State.WAITING, Reason.UNIT_INCOMPLETE, "data: DETACH_TIMEOUT") == after(steps[MGMT])


def test_nothing_is_released_from_a_unit_while_the_stack_is_paused() -> None:
    """What it lacks says that it is the pause."""
    paused = replace(view(a_record(), pool=(HELD, FOR_DATA)), policy=replace(POLICY, pause=PAUSED))

    steps = steps_of(paused)

    assert {DATA} == steps.keys()
    assert (State.WAITING, Reason.PAUSED) == after(steps[DATA])[:2]


def test_before_a_unit_is_released_an_interface_without_tags_is_asked_for() -> None:
    """It was found by its tag, and yet shows no target: by its id it is what the unit lacks."""
    untagged = replace(FOR_DATA, tags={})
    record = a_record(State.ATTACHED)
    it = view(record, pool=(HELD, untagged))

    questions = questions_of(it, plan_instance(it))

    assert questions
    assert {HELD.id, FOR_DATA.id} == questions.interfaces
    assert {FOR_DATA.id, FOR_DATA.vpc} <= questions.tags
