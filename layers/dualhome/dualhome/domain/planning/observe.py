"""What has become of attachments that hold an interface: EC2's account against the ledger's."""

from collections.abc import Iterator
from datetime import timedelta

from dualhome.domain.attachment import Attachment, Failure, Move
from dualhome.domain.ec2 import ACTING, AttachmentStatus, SeenAttachment
from dualhome.domain.observed import ObservedInstance
from dualhome.domain.planning.consent import warnings_now
from dualhome.domain.planning.contest import detached, end_with_instance, warned_of
from dualhome.domain.planning.eligibility import Candidate, why_ineligible
from dualhome.domain.planning.release import as_asked, defer, is_due, keep_or_release, undo
from dualhome.domain.planning.types import GOING, InstanceView, Step, Wantedness
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State, retry_after

RESUME_AFTER = timedelta(seconds=10)
"""A younger claim is left to the invocation that took it."""

RESUMED_AT_ONCE = frozenset({Reason.THROTTLED, Reason.PERMISSION_PENDING})
"""Why a claim was left on purpose, and by nobody who still attaches for it."""

IN_FLIGHT = timedelta(minutes=3)
"""Longer than an invocation lives: nobody attaches for an older claim any more."""

ATTACH_TIMEOUT = timedelta(minutes=5)
"""An attachment that takes longer is undone; Terraform's AWS provider waits as long."""

VISIBLE_AFTER = timedelta(minutes=1)
"""An accepted attachment is seen by then (EC2 User Guide, "Eventual consistency")."""


def observe(
    view: InstanceView, instance: ObservedInstance, record: Attachment, standing: Wantedness
) -> Step | None:
    """
    Return the step that follows from how EC2 shows the interface that ``record`` holds.

    Only what is wanted is attached, and only what is unwanted is undone; what EC2 shows is
    recorded in any case. What an operator asks for goes before all that.
    """
    if step := as_asked(view, record):
        return step
    match record.state:
        case State.CLAIMED | State.ATTACHING | State.ATTACHED:
            if seen := instance.attachment_of(record.interface):
                return _seen(view, record, seen, standing)
            return _not_seen(view, instance, record, wanted=standing.wanted)
        case State.RELEASING:
            return _undo_again(record)
        case State.STUCK if not (
            instance.attachment_of(record.interface) or _in_pool_read(view, record)
        ):
            return ended(view, record, _unstuck(view, record), plan_again=True)
        case _:
            return None


def close_departed(view: InstanceView) -> Iterator[Step]:
    """Close the records of an instance that is terminated, or about to be, or gone."""
    for record in view.records.values():
        if record.state == State.RELEASED:
            continue
        if record.state == State.RELEASING:
            yield _undo_again(record)
        elif record.holding and (_in_pool_read(view, record) or _may_yet_be_seen(view, record)):
            yield Step(record.target, requeue=True)
        elif record.state == State.ATTACHED and not is_due(view, record, Reason.INSTANCE_STATE):
            yield defer(view, record, Reason.INSTANCE_STATE)
        else:
            gone = view.move(record, State.RELEASED, **end_with_instance(view, record))
            yield ended(view, record, gone)


def _seen(
    view: InstanceView, record: Attachment, seen: SeenAttachment, standing: Wantedness
) -> Step | None:
    truth = {"slot": seen.slot, "attachment_id": seen.id}
    truth["warnings"] = warned_of(record.warnings, seen)
    overdue = view.read_at - record.since >= ATTACH_TIMEOUT
    may_undo = standing is not Wantedness.HANDS_OFF and not view.policy.paused
    match seen.status, record.state:
        case AttachmentStatus.ATTACHED, State.ATTACHED:
            return _seen_attached(view, record, seen, standing)
        case AttachmentStatus.ATTACHED, State.ATTACHING if record.attachment_id != seen.id:
            return _seen_attached(view, record, seen, standing)
        case AttachmentStatus.ATTACHED, _:
            attached = view.move(record, State.ATTACHED, **truth)
            return Step(record.target, move=attached, plan_again=standing in GOING)
        case AttachmentStatus.ATTACHING, State.CLAIMED:
            attaching = view.move(record, State.ATTACHING, **truth)
            return Step(record.target, move=attaching, requeue=True)
        case AttachmentStatus.ATTACHING, State.ATTACHING if overdue and may_undo:
            message = f"{seen.id} of {seen.interface} is still attaching after {ATTACH_TIMEOUT}"
            failure = Failure("AttachTimeout", message)
            return undo(view, record, reason=Reason.ATTACH_TIMEOUT, detail=message, failure=failure)
        case _:
            return Step(record.target, requeue=True)


def _seen_attached(
    view: InstanceView, record: Attachment, seen: SeenAttachment, standing: Wantedness
) -> Step | None:
    if record.attachment_id == seen.id:
        known = warnings_now(record, view.instance, view.vpcs, view.policy)
        return keep_or_release(view, record, standing, warned_of(known, seen))
    # Somebody has attached it anew; let go first, since another record may hold its slot.
    return _drop_claim(view, record, Reason.DETACHED_BY_HAND, wanted=standing.wanted)


def _unstuck(view: InstanceView, record: Attachment) -> Move:
    """A person has detached it: end as the rollback would have ended."""
    state = State.FAILED if record.failure else State.RELEASED
    return view.move(
        record, state, reason=record.reason, detail=record.detail, failure=record.failure
    )


def _undo_again(record: Attachment) -> Step:
    """Start the rollback again, in case its start was lost; while it runs, that changes nothing."""
    return Step(record.target, undo=record)


def _not_seen(
    view: InstanceView, instance: ObservedInstance, record: Attachment, *, wanted: bool
) -> Step:
    """
    Return what follows from an instance that does not show the interface.

    That proves little: EC2's answers may lag behind each other (EC2 User Guide, "Eventual
    consistency"), and the record may be newer than the answer.
    """
    age = view.read_at - record.since
    match record.state:
        case _ if _in_pool_read(view, record):
            return Step(record.target, requeue=True)
        case State.CLAIMED if wanted and _may_resume(view, instance, record, age):
            return Step(record.target, attach=record, requeue=True)
        case State.CLAIMED if age >= IN_FLIGHT:
            return _drop_claim(view, record, Reason.INTERFACE_TAKEN, wanted=wanted)
        case State.ATTACHING if age >= VISIBLE_AFTER:
            failed = view.move(record, State.FAILED, **_vanished(view, record))
            return ended(view, record, failed)
        case State.ATTACHED if age >= RESUME_AFTER:
            return _detached(view, record, wanted=wanted)
        case _:
            return Step(record.target, requeue=True)


def _may_resume(
    view: InstanceView, instance: ObservedInstance, record: Attachment, age: timedelta
) -> bool:
    """Whether nobody else is attaching for this claim, and the claimed interface is still free."""
    interface = view.pool.get(record.interface) if record.interface else None
    left = record.reason in RESUMED_AT_ONCE or age >= RESUME_AFTER
    if view.policy.paused or not left or interface is None or instance.state not in ACTING:
        return False
    return (
        why_ineligible(Candidate(interface, instance, record.target, view.vpcs, view.policy))
        is None
    )


def _drop_claim(view: InstanceView, record: Attachment, reason: Reason, *, wanted: bool) -> Step:
    if not wanted:
        over = view.move(record, State.RELEASED, reason=Reason.NOT_WANTED)
    else:
        over = view.move(record, State.WAITING, reason=reason)
    return ended(view, record, over, plan_again=True)


def _detached(view: InstanceView, record: Attachment, *, wanted: bool) -> Step:
    if wanted:
        return ended(view, record, detached(view, record), plan_again=True)
    return _drop_claim(view, record, Reason.DETACHED_BY_HAND, wanted=False)


def ended(view: InstanceView, record: Attachment, over: Move, *, plan_again: bool = False) -> Step:
    """Return the step that ends ``record`` because of what was read, or one that comes back."""
    if not view.may_end(record.target):
        return Step(record.target, requeue=True)
    return Step(record.target, move=over, plan_again=plan_again, confirm=True)


def _vanished(view: InstanceView, record: Attachment) -> dict[str, object]:
    message = f"{record.attachment_id} of {record.interface} was accepted, then not seen"
    return {
        "reason": Reason.ATTACH_LOST,
        "detail": message,
        "failure": Failure("AttachLost", message),
        "retry_at": view.now + retry_after(record.attempt),
    }


def _in_pool_read(view: InstanceView, record: Attachment) -> bool:
    """Whether the interface itself says that it is on the instance."""
    interface = view.pool.get(record.interface) if record.interface else None
    return bool(interface and interface.attachment and interface.attachment.instance == view.id)


def _may_yet_be_seen(view: InstanceView, record: Attachment) -> bool:
    """Whether EC2 may be about to show the interface, or an instance that it does not show now."""
    age = view.read_at - record.since
    if record.state == State.CLAIMED:
        return age < IN_FLIGHT
    return view.instance is None and age < VISIBLE_AFTER
