"""What has become of attachments that hold an interface."""

from datetime import timedelta

import pytest

from dualhome.domain.attachment import Failure, Origin
from dualhome.domain.ec2 import AttachmentStatus, DeviceSlot
from dualhome.domain.planning.observe import IN_FLIGHT, RESUME_AFTER, VISIBLE_AFTER
from dualhome.domain.planning.plan import plan_instance
from dualhome.domain.planning.types import move_of, plans_again
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State
from tests.support.builders.decisions import after_of, attach_of, polls, release_of
from tests.support.builders.values import INTERFACE, NOW, SLOT, a_record, a_seen_attachment
from tests.unit.domain.steps import aged, not_seen, only_step, outcome, seen_as

SECOND = timedelta(seconds=1)


SEEN = a_seen_attachment()


@pytest.mark.parametrize("state", [State.CLAIMED, State.ATTACHING])
def test_what_ec2_shows_attached_is_attached(state: State) -> None:
    """Verified by a read, not believed from a reply: even a lost reply is found so."""
    step = only_step(seen_as(AttachmentStatus.ATTACHED, a_record(state)))

    assert (attach_of(step), polls(step)) == (None, False)
    record = after_of(step)
    assert (record.state, record.attachment_id, record.slot) == (State.ATTACHED, SEEN.id, SLOT)
    assert record.origin == Origin.POOL


def test_the_record_follows_ec2_to_another_index() -> None:
    """Another user attached the claimed interface first, elsewhere on the same instance."""
    record = outcome(seen_as(AttachmentStatus.ATTACHED, a_record(State.CLAIMED), index=2))

    assert record.slot == DeviceSlot(0, 2)


def test_what_is_attached_as_recorded_needs_no_step() -> None:
    """The settled state costs nothing."""
    view = seen_as(AttachmentStatus.ATTACHED, a_record(State.ATTACHED))

    assert plan_instance(view) == ()


def test_what_others_attached_anew_is_dropped_to_be_adopted_at_once() -> None:
    """The id tells; its new slot may be one that another record still holds."""
    view = seen_as(AttachmentStatus.ATTACHED, a_record(State.ATTACHED), index=2, id_="eni-attach-9")

    step = only_step(view)

    assert (after_of(step).state, plans_again(step)) == (State.WAITING, True)
    assert after_of(step).reason is Reason.DETACHED_BY_HAND


@pytest.mark.parametrize(
    ("state", "status"),
    [
        (State.ATTACHING, AttachmentStatus.ATTACHING),
        (State.ATTACHED, AttachmentStatus.ATTACHING),
        (State.CLAIMED, AttachmentStatus.DETACHING),
        (State.ATTACHING, AttachmentStatus.DETACHING),
        (State.ATTACHED, AttachmentStatus.DETACHING),
        (State.ATTACHED, AttachmentStatus.DETACHED),
    ],
)
def test_what_is_on_its_way_is_reconciled_again(state: State, status: AttachmentStatus) -> None:
    """Nothing is decided while EC2 is still moving."""
    step = only_step(seen_as(status, aged(state, IN_FLIGHT)))

    assert (move_of(step), attach_of(step), polls(step)) == (None, None, True)


def test_an_attachment_that_ec2_accepted_and_never_showed_has_failed() -> None:
    """The first error is kept, with the time of the next try."""
    waited = only_step(not_seen(aged(State.ATTACHING, VISIBLE_AFTER - SECOND)))
    failed = only_step(not_seen(aged(State.ATTACHING, VISIBLE_AFTER, attempt=3)))

    assert (move_of(waited), polls(waited)) == (None, True)
    record = after_of(failed)
    message = f"{SEEN.id} of {INTERFACE} was accepted, then not seen"
    assert (record.state, record.reason, record.detail) == ("failed", Reason.ATTACH_LOST, message)
    assert record.failure == Failure("AttachLost", message)
    assert record.retry_at == NOW + timedelta(minutes=4)


def test_what_others_detached_by_hand_is_planned_anew() -> None:
    """The tag still asks for it; to keep it detached, one removes the tag."""
    step = only_step(not_seen(aged(State.ATTACHED, RESUME_AFTER)))

    assert plans_again(step)
    record = after_of(step)
    assert (record.state, record.reason) == (State.WAITING, Reason.DETACHED_BY_HAND)
    assert record.interface == INTERFACE


def test_a_rollback_under_way_is_started_again_and_otherwise_left_to_itself() -> None:
    """Its start may have been lost, or its execution have died; a running one is not disturbed."""
    record = aged(State.RELEASING, IN_FLIGHT)

    for view in (not_seen(record), seen_as(AttachmentStatus.ATTACHED, record)):
        step = only_step(view)
        assert (move_of(step), release_of(step)) == (None, record)


def test_what_is_stuck_stays_so_while_it_is_attached() -> None:
    """Only an operator can tell what is wrong."""
    assert plan_instance(seen_as(AttachmentStatus.ATTACHED, aged(State.STUCK, IN_FLIGHT))) == ()


@pytest.mark.parametrize(
    ("failure", "end"),
    [(None, State.RELEASED), (Failure("Unsupported", "no"), State.FAILED)],
    ids=["a release", "a failure"],
)
def test_what_is_stuck_ends_as_meant_once_an_operator_has_detached_it(
    failure: Failure | None, end: State
) -> None:
    """The first error is still what the reader wants to know."""
    record = a_record(State.STUCK, since=NOW, failure=failure)

    step = plan_instance(not_seen(record))[0]

    assert (after_of(step).state, after_of(step).failure) == (end, failure)
