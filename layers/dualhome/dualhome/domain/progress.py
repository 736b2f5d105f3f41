"""What has become of attachments that hold an interface: EC2's account against the ledger's."""

from collections.abc import Iterator
from datetime import timedelta

from dualhome.domain.attachment import Attachment, Failure, Origin
from dualhome.domain.eligibility import Candidate, why_ineligible
from dualhome.domain.network import AttachmentStatus, Instance, InstanceState, SeenAttachment
from dualhome.domain.reasons import Reason
from dualhome.domain.retries import retry_after
from dualhome.domain.states import State
from dualhome.domain.view import Step, View

RESUME_AFTER = timedelta(seconds=10)
"""A younger claim is left to the invocation that took it."""

IN_FLIGHT = timedelta(minutes=3)
"""Longer than an invocation lives: nobody attaches for an older claim any more."""

VISIBLE_AFTER = timedelta(minutes=1)
"""An accepted attachment is seen by then (EC2 User Guide, "Eventual consistency")."""


def observe(view: View, instance: Instance, record: Attachment) -> Step | None:
    """Return the step that follows from how EC2 shows the interface that ``record`` holds."""
    match record.state:
        case State.CLAIMED | State.ATTACHING | State.ATTACHED:
            if seen := instance.attachment_of(record.interface):
                return _seen(view, record, seen)
            return _not_seen(view, instance, record)
        case _:
            return None


def depart(view: View) -> Iterator[Step]:
    """Close the records of an instance that is terminated, or about to be, or gone."""
    for record in view.records.values():
        if record.state == State.RELEASED:
            continue
        if record.holding and _still_there(view, record):
            yield Step(record.target, look_again=True)
        else:
            gone = view.move(record, State.RELEASED, reason=Reason.INSTANCE_STATE)
            yield Step(record.target, move=gone)


def _seen(view: View, record: Attachment, seen: SeenAttachment) -> Step | None:
    truth = {"slot": seen.slot, "attachment_id": seen.id, "warnings": record.warnings}
    match seen.status:
        case AttachmentStatus.ATTACHED:
            if record.state != State.ATTACHED:
                return Step(record.target, move=view.move(record, State.ATTACHED, **truth))
            if record.attachment_id == seen.id:
                return None
            adopted = view.move(record, State.ATTACHED, origin=Origin.ADOPTED, **truth)
            return Step(record.target, move=adopted)
        case AttachmentStatus.ATTACHING if record.state == State.CLAIMED:
            attaching = view.move(record, State.ATTACHING, **truth)
            return Step(record.target, move=attaching, look_again=True)
        case _:
            return Step(record.target, look_again=True)


def _not_seen(view: View, instance: Instance, record: Attachment) -> Step:
    age = view.now - record.since
    throttled = record.reason is Reason.THROTTLED
    if record.state == State.CLAIMED and (throttled or age >= RESUME_AFTER):
        if instance.state in {InstanceState.RUNNING, InstanceState.STOPPED} and _free(view, record):
            return Step(record.target, attach=record, look_again=True)
        if age >= IN_FLIGHT:
            return _lost(view, record, Reason.INTERFACE_TAKEN)
    elif record.state == State.ATTACHING and age >= VISIBLE_AFTER:
        return Step(record.target, move=view.move(record, State.FAILED, **_vanished(view, record)))
    elif record.state == State.ATTACHED and age >= RESUME_AFTER:
        return _lost(view, record, Reason.DETACHED_BY_HAND)
    return Step(record.target, look_again=True)


def _lost(view: View, record: Attachment, reason: Reason) -> Step:
    return Step(
        record.target, move=view.move(record, State.WAITING, reason=reason), plan_again=True
    )


def _vanished(view: View, record: Attachment) -> dict[str, object]:
    message = f"{record.attachment_id} of {record.interface} was accepted, then not seen"
    return {
        "reason": Reason.ATTACH_LOST,
        "detail": message,
        "failure": Failure("AttachLost", message),
        "retry_at": view.now + retry_after(record.attempt),
    }


def _free(view: View, record: Attachment) -> bool:
    """Whether the claimed interface may still be attached as claimed."""
    interface = view.pool.get(record.interface) if record.interface else None
    if interface is None or view.instance is None:
        return False
    candidate = Candidate(interface, view.instance, record.target, view.vpcs, view.policy)
    return why_ineligible(candidate) is None


def _still_there(view: View, record: Attachment) -> bool:
    """Whether EC2 still shows the interface on the instance, or may be about to."""
    interface = view.pool.get(record.interface) if record.interface else None
    if interface and interface.attachment and interface.attachment.instance == view.id:
        return True
    return record.state == State.CLAIMED and view.now - record.since < IN_FLIGHT
