"""
EC2's answers to an attach and a detach, and the one place where they move a record.

``application`` asks EC2 and returns an answer; which state the answer leads to is decided by
``move_after`` alone.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from dualhome.domain.attachment import Attachment, Cause, Changes, Failure, Move, Why
from dualhome.domain.ec2 import DeviceSlot
from dualhome.domain.errors import AttachmentLimitError, DualhomeError, StalePlanError
from dualhome.domain.identifiers import AttachmentId
from dualhome.domain.reasons import Reason
from dualhome.domain.refusals import remember
from dualhome.domain.states import State, retry_after


@dataclass(frozen=True, slots=True)
class Accepted:
    """EC2 attaches the interface, now or since an earlier call."""

    attachment: AttachmentId
    slot: DeviceSlot


@dataclass(frozen=True, slots=True)
class Postponed:
    """EC2 refuses for a ``reason`` that passes: the same call may be accepted in a moment."""

    reason: Reason
    detail: str


@dataclass(frozen=True, slots=True)
class InDoubt:
    """EC2's answer proves nothing yet: the claim stands, and EC2 is polled."""


@dataclass(frozen=True, slots=True)
class Refused:
    """EC2 does not attach; ``final``: another interface or another index does not cure it."""

    error: DualhomeError
    final: bool = False


@dataclass(frozen=True, slots=True)
class Detached:
    """EC2 no longer shows the interface on the instance."""


@dataclass(frozen=True, slots=True)
class NotDetached:
    """EC2 still shows the interface attached, or the rollback met an error; no step follows."""

    reason: Reason
    detail: str


AttachAnswer = Accepted | Postponed | InDoubt | Refused
DetachAnswer = Detached | NotDetached


def move_after(
    record: Attachment, answer: AttachAnswer | DetachAnswer, now: datetime, cause: Cause
) -> Move | None:
    """Return the move of ``record`` that follows from EC2's ``answer``; None if none does."""
    match answer:
        case InDoubt():
            return None
        case Postponed(reason, detail):
            if record.reason is reason:
                return None
            state, why = State.CLAIMED, Why(reason, detail)
            changes: Changes = {"warnings": record.warnings}
        case Accepted(attachment, slot):
            state, why = State.ATTACHING, Why()
            changes = {"warnings": record.warnings, "attachment_id": attachment, "slot": slot}
        case Refused(error, final):
            state, why, changes = _refused(record, error, now, final=final)
        case Detached():
            # It ends with its first error, if there is one; else it is released.
            failed = record.failure is not None
            state, why = State.FAILED if failed else State.RELEASED, record.why
            changes = {"retry_at": now + retry_after(record.attempt) if failed else None}
        case NotDetached(reason, detail):
            # The interface stays claimed, so that no other attachment takes it.
            state, why, changes = State.STUCK, Why(reason, detail, record.failure), {}
        case _:
            assert_never(answer)
    return Move(record, record.to(state, now, cause, why, **changes))


def _refused(
    record: Attachment, error: DualhomeError, now: datetime, *, final: bool
) -> tuple[State, Why, Changes]:
    failure = Failure(error.code, error.verbatim)
    if isinstance(error, StalePlanError) and not final:
        return State.WAITING, Why(Reason.INTERFACE_TAKEN, error.message, failure), {}
    changes: Changes = {"retry_at": now + retry_after(record.attempt)}
    if isinstance(error, AttachmentLimitError):
        return State.REFUSED, Why(Reason.INSTANCE_LIMIT, error.message, failure), changes
    if error.about_interface and record.interface:
        changes["refusals"] = remember(record.refusals, record.interface, error.code, now)
    return State.FAILED, Why(Reason.EC2_REFUSED, error.message, failure), changes
