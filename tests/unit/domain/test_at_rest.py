"""An account has come to rest when nothing moves and everybody has what may be had."""

from dataclasses import replace

import pytest

from dualhome.domain.ec2 import Instance, InstanceState
from dualhome.domain.identifiers import InstanceId
from dualhome.domain.invariants.always import broken_invariants
from dualhome.domain.invariants.snapshot import Account
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State
from tests.support.builders.accounts import an_account, an_attached_instance
from tests.support.builders.values import (
    DATA,
    INSTANCE,
    INTERFACE,
    PAUSED,
    POLICY,
    a_record,
    an_instance,
    an_interface,
)

FREE = {INTERFACE: an_interface()}
HELD_BACK = replace(POLICY, pause=PAUSED)
UNIT = an_instance(targets="mgmt data", tags={"dualhome:policy": "all"})


def rules_broken(account: Account) -> set[str]:
    """Return the names of the rules that ``account`` breaks."""
    return {line.partition(":")[0] for line in broken_invariants(account)}


def with_instance(instance: Instance) -> dict[InstanceId, Instance]:
    """Return what EC2 shows of the one instance."""
    return {instance.id: instance}


@pytest.mark.parametrize("state", [State.CLAIMED, State.ATTACHING, State.RELEASING])
def test_what_still_moves_is_reported(state: State) -> None:
    """An operator has to end it."""
    assert "nothing_moves" in rules_broken(an_account(a_record(state)))


def test_a_release_may_wait_for_the_end_of_a_pause() -> None:
    """Nothing is detached while the stack is paused."""
    held = an_account(a_record(State.RELEASING), policy=HELD_BACK)

    assert [] == broken_invariants(held)


@pytest.mark.parametrize("state", [State.WAITING, State.REFUSED, State.FAILED])
def test_a_record_that_no_tag_asks_for_any_more_is_reported(state: State) -> None:
    """It would be reconciled for ever."""
    idle = with_instance(an_instance(targets=None))
    account = an_account(a_record(state), instances=idle, interfaces=FREE)

    assert {"what_is_not_desired_is_released"} == rules_broken(account)


@pytest.mark.parametrize(
    "instances",
    [{}, with_instance(an_instance(state=InstanceState.TERMINATED))],
    ids=["vanished", "terminated"],
)
@pytest.mark.parametrize("state", [State.WAITING, State.STUCK])
def test_a_record_of_an_instance_that_is_gone_is_reported(
    state: State, instances: dict[InstanceId, Instance]
) -> None:
    """Not even an operator has anything to do any more."""
    account = an_account(a_record(state), instances=instances)

    assert "what_is_not_desired_is_released" in rules_broken(account)


def test_what_is_stuck_stays_for_an_operator() -> None:
    """Wanted or not: its claim keeps others from the interface."""
    stuck = a_record(State.STUCK, reason=Reason.DETACH_TIMEOUT)
    idle = with_instance(an_attached_instance(targets=None))

    assert [] == broken_invariants(an_account(stuck, instances=idle))


def test_a_wanted_target_without_a_record_is_reported() -> None:
    """An event was lost, and no sweep has found it."""
    asking = with_instance(an_instance())

    assert {"every_desired_target_is_answered"} == rules_broken(
        an_account(instances=asking, interfaces=FREE)
    )


def test_a_wanted_target_whose_record_is_released_is_reported() -> None:
    """The tag came back without an event."""
    asking = with_instance(an_instance())
    account = an_account(a_record(State.RELEASED), instances=asking, interfaces=FREE)

    assert {"every_desired_target_is_answered"} == rules_broken(account)


@pytest.mark.parametrize("state", [InstanceState.PENDING, InstanceState.STOPPING])
def test_an_instance_on_its_way_is_not_asked_yet(state: InstanceState) -> None:
    """It is reconciled again once it has arrived."""
    on_its_way = with_instance(an_instance(state=state))

    assert [] == broken_invariants(an_account(instances=on_its_way, interfaces=FREE))


def test_what_waits_beside_what_is_free_is_reported() -> None:
    """A request was lost."""
    waiting = a_record(State.WAITING, reason=Reason.POOL_EMPTY)
    account = an_account(waiting, instances=with_instance(an_instance()), interfaces=FREE)

    assert {"every_desired_target_is_answered"} == rules_broken(account)


def test_what_waits_beside_what_is_reserved_for_others_waits_rightly() -> None:
    """Free is what a plan would choose, by the plan's own rules."""
    reserved = {INTERFACE: an_interface(tags={"dualhome:reserved-for": "i-09"})}
    waiting = a_record(State.WAITING, reason=Reason.RESERVED)
    account = an_account(waiting, instances=with_instance(an_instance()), interfaces=reserved)

    assert [] == broken_invariants(account)


def test_what_waits_for_what_is_reserved_waits_rightly_beside_a_spare() -> None:
    """It is to have that one alone."""
    mine = an_interface("eni-02", tags={"dualhome:reserved-for": INSTANCE}, status="in-use")
    waiting = a_record(State.WAITING, reason=Reason.RESERVED_IN_USE)
    asking = with_instance(an_instance())
    account = an_account(waiting, instances=asking, interfaces={**FREE, mine.id: mine})

    assert "every_desired_target_is_answered" not in rules_broken(account)


def test_a_pause_is_a_reason_to_wait_beside_what_is_free() -> None:
    """The record says that it is the stack, not the pool."""
    waiting = a_record(State.WAITING, reason=Reason.PAUSED)
    asking = with_instance(an_instance())
    account = an_account(waiting, instances=asking, interfaces=FREE, policy=HELD_BACK)

    assert [] == broken_invariants(account)


def test_a_part_of_a_unit_waits_for_the_other_part() -> None:
    """The others are had together with it, or not at all."""
    waiting = a_record(State.WAITING, reason=Reason.UNIT_INCOMPLETE)
    refused = a_record(State.REFUSED, target=DATA, reason=Reason.NO_INTERFACE_IN_ZONE)
    account = an_account(waiting, refused, instances=with_instance(UNIT), interfaces=FREE)

    assert [] == broken_invariants(account)


def test_parts_of_a_unit_that_wait_for_each_other_are_reported() -> None:
    """They would wait for ever."""
    parts = [
        a_record(State.WAITING, target=target, reason=Reason.UNIT_INCOMPLETE)
        for target in ("mgmt", "data")
    ]
    account = an_account(*parts, instances=with_instance(UNIT), interfaces=FREE)

    assert {"every_desired_target_is_answered"} == rules_broken(account)


def test_a_part_of_a_unit_that_is_had_alone_is_reported() -> None:
    """The instance asked for all or nothing."""
    half = replace(UNIT, attachments=an_attached_instance().attachments)
    refused = a_record(State.REFUSED, target=DATA, reason=Reason.NO_INTERFACE_IN_ZONE)
    account = an_account(a_record(), refused, instances=with_instance(half))

    assert {"units_are_whole_or_not_at_all"} == rules_broken(account)
    assert [] == broken_invariants(replace(account, policy=HELD_BACK))


def test_targets_that_are_no_unit_are_had_one_by_one() -> None:
    """One that cannot be had takes nothing from the others."""
    instance = an_attached_instance(targets="mgmt data")
    refused = a_record(State.REFUSED, target=DATA, reason=Reason.NO_INTERFACE_IN_ZONE)

    account = an_account(a_record(), refused, instances=with_instance(instance))

    assert [] == broken_invariants(account)
