"""What has become of attachments that hold an interface."""

from datetime import timedelta
from typing import Any

import pytest

from dualhome.domain.attachment import Attachment, Failure, Origin
from dualhome.domain.network import AttachmentStatus, DeviceSlot, InstanceState, Interface
from dualhome.domain.plan import plan_instance
from dualhome.domain.progress import IN_FLIGHT, RESUME_AFTER, VISIBLE_AFTER
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State
from dualhome.domain.view import View
from tests.support.builders import (
    INTERFACE,
    NOW,
    SLOT,
    a_primary,
    a_record,
    a_seen_attachment,
    an_instance,
    an_interface,
)
from tests.support.view_builders import a_view
from tests.unit.domain.steps import only_step, outcome

SECOND = timedelta(seconds=1)
SEEN = a_seen_attachment()


def seen_as(status: AttachmentStatus, record: Attachment, **fields: Any) -> View:
    """Return a view in which EC2 shows the record's interface on the instance."""
    seen = a_seen_attachment(status=status, **fields)
    instance = an_instance(attachments=(a_primary(), seen))
    return a_view(instance, records=[record], pool=[an_interface(attachment=seen)])


def not_seen(record: Attachment, **fields: Any) -> View:
    """Return a view in which the record's interface is free and not on the instance."""
    return a_view(an_instance(**fields), records=[record], pool=[an_interface()])


def aged(state: State, age: timedelta, **fields: Any) -> Attachment:
    """Return a record that entered ``state`` that long ago."""
    return a_record(state, since=NOW - age, **fields)


@pytest.mark.parametrize("state", [State.CLAIMED, State.ATTACHING])
def test_what_ec2_shows_attached_is_attached(state: State) -> None:
    """Verified by a read, not believed from a reply: even a lost reply is found so."""
    step = only_step(seen_as(AttachmentStatus.ATTACHED, a_record(state)))

    assert (step.attach, step.look_again) == (None, False)
    assert step.move
    record = step.move.after
    assert (record.state, record.attachment_id, record.slot) == (State.ATTACHED, SEEN.id, SLOT)
    assert record.origin == Origin.POOL


def test_a_claim_that_ec2_is_carrying_out_is_attaching() -> None:
    """The reply was lost after EC2 acted; asking again would only be refused."""
    step = only_step(seen_as(AttachmentStatus.ATTACHING, a_record(State.CLAIMED)))

    assert (step.attach, step.look_again) == (None, True)
    assert step.move
    assert (step.move.after.state, step.move.after.attachment_id) == (State.ATTACHING, SEEN.id)


def test_the_record_follows_ec2_to_another_index() -> None:
    """Somebody attached the claimed interface before us, elsewhere on the same instance."""
    record = outcome(seen_as(AttachmentStatus.ATTACHED, a_record(State.CLAIMED), index=2))

    assert record.slot == DeviceSlot(0, 2)


def test_what_is_attached_as_recorded_needs_no_step() -> None:
    """The settled state costs nothing."""
    view = seen_as(AttachmentStatus.ATTACHED, a_record(State.ATTACHED))

    assert plan_instance(view) == ()


def test_what_somebody_attached_anew_is_let_go_to_be_adopted_at_once() -> None:
    """The id tells; its new slot may be one that another record still holds."""
    view = seen_as(AttachmentStatus.ATTACHED, a_record(State.ATTACHED), index=2, id_="eni-attach-9")

    step = only_step(view)

    assert step.move
    assert (step.move.after.state, step.plan_again) == (State.WAITING, True)
    assert step.move.after.reason is Reason.DETACHED_BY_HAND


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
def test_what_is_on_its_way_is_looked_at_again(state: State, status: AttachmentStatus) -> None:
    """Nothing is decided while EC2 is still moving."""
    step = only_step(seen_as(status, aged(state, IN_FLIGHT)))

    assert (step.move, step.attach, step.look_again) == (None, None, True)


@pytest.mark.parametrize("state", [State.CLAIMED, State.ATTACHING, State.ATTACHED])
def test_a_young_record_is_left_to_whoever_wrote_it(state: State) -> None:
    """Another invocation is at work, or EC2's reads lag behind its replies."""
    step = only_step(not_seen(aged(state, RESUME_AFTER - SECOND)))

    assert (step.move, step.attach, step.look_again) == (None, None, True)


@pytest.mark.parametrize("state", [InstanceState.RUNNING, InstanceState.STOPPED])
def test_a_claim_that_was_left_behind_is_carried_out(state: InstanceState) -> None:
    """The invocation that took it died before it could ask EC2."""
    record = aged(State.CLAIMED, RESUME_AFTER)

    step = only_step(not_seen(record, state=state))

    assert (step.move, step.attach, step.look_again) == (None, record, True)


def test_a_throttled_claim_is_carried_out_at_the_next_look() -> None:
    """EC2 said `later`, so nobody is at work on it and there is nobody to wait for."""
    record = a_record(State.CLAIMED, reason=Reason.THROTTLED)

    assert record == only_step(not_seen(record)).attach


@pytest.mark.parametrize("state", [InstanceState.PENDING, InstanceState.STOPPING])
def test_a_claim_is_kept_while_the_instance_is_in_transit(state: InstanceState) -> None:
    """EC2 would refuse now; the interface is still the right one in a moment."""
    step = only_step(not_seen(aged(State.CLAIMED, RESUME_AFTER), state=state))

    assert (step.move, step.attach, step.look_again) == (None, None, True)


TAKEN = an_interface(attachment=a_seen_attachment(instance="i-02"))


@pytest.mark.parametrize("pool", [[TAKEN], []], ids=["taken", "deleted"])
def test_a_claim_whose_interface_is_lost_is_given_up_when_nobody_can_be_at_work(
    pool: list[Interface],
) -> None:
    """Until then another invocation's attach may still be under way."""
    early = aged(State.CLAIMED, IN_FLIGHT - SECOND)
    late = aged(State.CLAIMED, IN_FLIGHT)

    kept = only_step(a_view(an_instance(), records=[early], pool=pool))
    lost = only_step(a_view(an_instance(), records=[late], pool=pool))

    assert (kept.move, kept.attach, kept.look_again) == (None, None, True)
    assert lost.move
    assert lost.plan_again
    assert (lost.move.after.state, lost.move.after.reason) == ("waiting", Reason.INTERFACE_TAKEN)


def test_an_attachment_that_ec2_accepted_and_never_showed_has_failed() -> None:
    """The first error is kept, with the time of the next try."""
    waited = only_step(not_seen(aged(State.ATTACHING, VISIBLE_AFTER - SECOND)))
    failed = only_step(not_seen(aged(State.ATTACHING, VISIBLE_AFTER, attempt=3)))

    assert (waited.move, waited.look_again) == (None, True)
    assert failed.move
    record = failed.move.after
    message = f"{SEEN.id} of {INTERFACE} was accepted, then not seen"
    assert (record.state, record.reason, record.detail) == ("failed", Reason.ATTACH_LOST, message)
    assert record.failure == Failure("AttachLost", message)
    assert record.retry_at == NOW + timedelta(minutes=4)


def test_what_somebody_detached_by_hand_is_planned_anew() -> None:
    """The tag still asks for it; to keep it detached, one removes the tag."""
    step = only_step(not_seen(aged(State.ATTACHED, RESUME_AFTER)))

    assert step.move
    assert step.plan_again
    record = step.move.after
    assert (record.state, record.reason) == (State.WAITING, Reason.DETACHED_BY_HAND)
    assert record.interface == INTERFACE


def test_a_rollback_under_way_is_started_again_and_otherwise_left_to_itself() -> None:
    """Its start may have been lost, or its execution have died; a running one is not disturbed."""
    record = aged(State.RELEASING, IN_FLIGHT)

    for view in (not_seen(record), seen_as(AttachmentStatus.ATTACHED, record)):
        step = only_step(view)
        assert (step.move, step.undo) == (None, record)


def test_what_is_stuck_stays_so_while_it_is_attached() -> None:
    """Only a person can tell what is wrong."""
    assert plan_instance(seen_as(AttachmentStatus.ATTACHED, aged(State.STUCK, IN_FLIGHT))) == ()


@pytest.mark.parametrize(
    ("failure", "end"),
    [(None, State.RELEASED), (Failure("Unsupported", "no"), State.FAILED)],
    ids=["a release", "a failure"],
)
def test_what_is_stuck_ends_as_meant_once_a_person_has_detached_it(
    failure: Failure | None, end: State
) -> None:
    """The first error is still what the reader wants to know."""
    record = a_record(State.STUCK, since=NOW, failure=failure)

    step = plan_instance(not_seen(record))[0]

    assert step.move
    assert (step.move.after.state, step.move.after.failure) == (end, failure)
