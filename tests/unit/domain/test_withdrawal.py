"""What becomes of an attachment under way when its tag no longer asks for it."""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from dualhome.domain.attachment import OperatorAction, OperatorRequest
from dualhome.domain.ec2 import AttachmentStatus, InstanceState
from dualhome.domain.planning.observe import IN_FLIGHT, RESUME_AFTER
from dualhome.domain.planning.plan import plan_instance
from dualhome.domain.planning.types import move_of, plans_again
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State
from tests.support.builders.decisions import after_of, attach_of, polls, release_of
from tests.support.builders.values import (
    DATA,
    MGMT,
    NOW,
    a_cause,
    a_primary,
    a_record,
    a_seen_attachment,
    an_instance,
    an_interface,
)
from tests.support.builders.views import a_view

SECOND = timedelta(seconds=1)
WITHDRAWN = {
    "no tag": {},
    "another target": {"dualhome:targets": "data"},
    "ignored": {"dualhome:targets": "mgmt", "dualhome:ignore": ""},
    "malformed": {"dualhome:targets": "mgmt@0"},
}
each_way = pytest.mark.parametrize("tags", WITHDRAWN.values(), ids=WITHDRAWN.keys())


@each_way
def test_a_claim_that_no_tag_asks_for_is_not_carried_out(tags: Mapping[str, str]) -> None:
    """The tag went, or became unreadable, between the claim and the attach."""
    throttled = a_record(State.CLAIMED, reason=Reason.THROTTLED, since=NOW - IN_FLIGHT + SECOND)
    view = a_view(an_instance(targets=None, tags=tags), records=[throttled], pool=[an_interface()])

    steps = {step.target: step for step in plan_instance(view)}

    assert not any(attach_of(step) for step in steps.values())
    assert (move_of(steps[MGMT]), polls(steps[MGMT])) == (None, True)


@each_way
@pytest.mark.parametrize(
    ("state", "age"), [(State.CLAIMED, IN_FLIGHT), (State.ATTACHED, RESUME_AFTER)]
)
def test_what_is_neither_asked_for_nor_there_is_released(
    tags: Mapping[str, str], state: State, age: timedelta
) -> None:
    """Its interface goes back to the pool; the tag may ask for another place at once."""
    record = a_record(state, since=NOW - age)
    view = a_view(an_instance(targets=None, tags=tags), records=[record], pool=[an_interface()])

    step = next(step for step in plan_instance(view) if step.target == MGMT)

    assert (attach_of(step), plans_again(step)) == (None, True)
    assert (after_of(step).state, after_of(step).reason) == (
        State.RELEASED,
        Reason.NOT_WANTED,
    )


@each_way
def test_what_ec2_has_carried_out_is_recorded_even_if_no_tag_asks_for_it(
    tags: Mapping[str, str],
) -> None:
    """Nothing may be attached and unrecorded, on an excluded instance neither."""
    for status, state in (
        (AttachmentStatus.ATTACHING, State.ATTACHING),
        (AttachmentStatus.ATTACHED, State.ATTACHED),
    ):
        seen = a_seen_attachment(status=status)
        instance = an_instance(targets=None, tags=tags, attachments=(a_primary(), seen))
        view = a_view(
            instance, records=[a_record(State.CLAIMED)], pool=[an_interface(attachment=seen)]
        )

        step = next(step for step in plan_instance(view) if step.target == MGMT)

        assert move_of(step)
        assert after_of(step).state == state


@each_way
def test_what_is_attached_is_released_only_if_the_tags_clearly_do_not_ask_for_it(
    tags: Mapping[str, str],
) -> None:
    """A typing error, or a request to be left alone, tears down nothing."""
    seen = a_seen_attachment()
    instance = an_instance(targets=None, tags=tags, attachments=(a_primary(), seen))
    view = a_view(instance, records=[a_record()], pool=[an_interface(attachment=seen)])

    released = [release_of(step) for step in plan_instance(view) if step.target == MGMT]

    clear = tags in (WITHDRAWN["no tag"], WITHDRAWN["another target"])
    assert [record.state for record in released if record] == [State.RELEASING] * clear


@pytest.mark.parametrize("state", [InstanceState.PENDING, InstanceState.STOPPING])
@pytest.mark.parametrize("tags", [{}, {"dualhome:policy": "all", "dualhome:targets": "mgmt data"}])
def test_nothing_is_released_from_an_instance_that_is_on_its_way(
    state: InstanceState, tags: Mapping[str, str]
) -> None:
    """EC2 detaches from one that runs or is stopped, and a rollback would wait to be stuck."""
    seen = a_seen_attachment()
    instance = an_instance(targets=None, tags=tags, attachments=(a_primary(), seen), state=state)
    refused = a_record(State.REFUSED, target=DATA, reason=Reason.NOT_ALLOWED, slot=None)
    records = [a_record(), refused] if tags else [a_record()]

    steps = plan_instance(a_view(instance, records=records, pool=[an_interface(attachment=seen)]))

    assert [(None, None, True)] == [
        (move_of(step), release_of(step), polls(step)) for step in steps if step.target == MGMT
    ]


def test_what_an_operator_asks_for_is_begun_whatever_the_instance_does() -> None:
    """The ask would be lost by then; the rollback repeats the detach until EC2 takes it."""
    seen = a_seen_attachment()
    instance = an_instance(attachments=(a_primary(), seen), state=InstanceState.STOPPING)
    operator_requests, cause = (OperatorRequest(OperatorAction.RELEASE),), a_cause(time=NOW)
    view = a_view(
        instance,
        records=[a_record()],
        pool=[an_interface(attachment=seen)],
        operator_requests=operator_requests,
        cause=cause,
    )

    (step,) = plan_instance(view)

    released = release_of(step)
    assert released
    assert (released.state, released.reason) == (
        State.RELEASING,
        Reason.OPERATOR_ASKED,
    )
