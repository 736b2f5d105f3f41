"""Take back an attachment, step by step; each may be repeated, and tolerates "already gone"."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from dualhome.application.ports import Interfaces, Ledger, ReconcileQueue
from dualhome.application.requests import ReconcileRequest
from dualhome.application.requeue import waiting_beside
from dualhome.domain.attachment import Attachment, Move, Trace
from dualhome.domain.ec2 import AttachmentStatus
from dualhome.domain.errors import AccessDeniedError, AttachmentGoneError, PausedError
from dualhome.domain.identifiers import InstanceId, TargetName
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State, poll_delay, retry_after

POLLS = 25
"""Looks at a detaching interface before a person must: about 16 minutes in all."""

POLLS_PER_DETACH = 5
"""Looks at an interface that EC2 still holds, as if it had not been asked, before it is again."""

HELD = frozenset({AttachmentStatus.ATTACHING, AttachmentStatus.ATTACHED})
"""An interface that is detaching already needs no second asking, unless by force."""


@dataclass(frozen=True, slots=True)
class RollbackInput:
    """
    What a rollback's execution carries from step to step; the ledger holds the rest.

    ``version`` is that of the record which the rollback was started for: once the record has moved
    on, nothing is left to do. ``wait`` is in seconds; ``free``, ``given_up`` and ``detach_again``
    answer the last look; ``error`` is what the step before met.
    """

    instance: InstanceId
    target: TargetName
    version: int
    polls: int = 0
    wait: int = 1
    free: bool = False
    given_up: bool = False
    detach_again: bool = False
    error: str = ""


@dataclass(frozen=True, slots=True)
class RollbackSteps:
    """What the steps work with."""

    interfaces: Interfaces
    ledger: Ledger
    queue: ReconcileQueue
    trace: Trace
    paused: bool
    clock: Callable[[], datetime]

    def record(self, it: RollbackInput) -> Attachment | None:
        """Return the record that is to be undone; None once it has moved on."""
        record = self.ledger.records([it.instance])[it.instance].get(it.target)
        if record and record.state == State.RELEASING and record.version == it.version:
            return record
        return None

    def held(self, record: Attachment) -> AttachmentStatus | None:
        """
        Return the status of the record's own attachment as EC2 shows it; None if it is over.

        An interface in use need not show by what (EC2 API Reference, NetworkInterface): it is
        free when it is ``available``, gone, or attached anew.
        """
        shown = self.interfaces.find(record.interface) if record.interface else None
        if shown is None or (shown.attachment is None and shown.status == "available"):
            return None
        if shown.attachment is None:
            return AttachmentStatus.ATTACHED
        return shown.attachment.status if shown.attachment.id == record.attachment_id else None


def detach_interface(it: RollbackInput, here: RollbackSteps) -> RollbackInput:
    """
    Ask EC2 to let go of the interface; forced only if the record says so.

    Also if EC2 does not show it attached, for a read may lag behind: that there is nothing to
    detach is EC2's to say.

    Raises:
        PausedError: EC2 holds it, and nothing may be detached now.
        DualhomeError: as ``Interfaces.detach`` does.
    """
    record = here.record(it)
    if record is None or record.attachment_id is None:
        return it
    held = here.held(record)
    if here.paused:
        if held in {None, AttachmentStatus.DETACHING}:
            return it
        raise PausedError(f"{record.interface} stays attached while the stack is paused")
    if record.force_detach or held is not AttachmentStatus.DETACHING:
        # Of what is gone EC2 may say so, or that the policy does not cover it: it has no tags.
        with suppress(AttachmentGoneError, *(() if held else (AccessDeniedError,))):
            here.interfaces.detach(record.attachment_id, force=record.force_detach)
    return it


def check_detached(it: RollbackInput, here: RollbackSteps) -> RollbackInput:
    """Say whether the interface is free, and if not, how long to wait and what to do then."""
    record = here.record(it)
    held = here.held(record) if record else None
    polls = it.polls + 1
    return replace(
        it,
        polls=polls,
        wait=int(poll_delay(polls).total_seconds()),
        free=held is None,
        given_up=held is not None and polls >= POLLS,
        detach_again=held in HELD and polls % POLLS_PER_DETACH == 0,
    )


def close_attachment(it: RollbackInput, here: RollbackSteps) -> RollbackInput:
    """
    Free claim and slot, and end the record as ``failed`` with its first error, or ``released``.

    The instance itself is looked at again, and those that wait for its interface.
    """
    if record := here.record(it):
        here.ledger.commit(_settled(record, here.clock()), here.trace)
    here.queue.put(_requeued(it, here.ledger), timedelta())
    return it


def _settled(record: Attachment, now: datetime) -> Move:
    failed = record.failure is not None
    end = record.to(
        State.FAILED if failed else State.RELEASED,
        now,
        record.cause,
        reason=record.reason,
        detail=record.detail,
        failure=record.failure,
        retry_at=now + retry_after(record.attempt) if failed else None,
    )
    return Move(record, end)


def _requeued(it: RollbackInput, ledger: Ledger) -> Iterator[ReconcileRequest]:
    """Asked of the ledger, not of the move: a step that is repeated finds the move written."""
    if record := ledger.records([it.instance])[it.instance].get(it.target):
        yield ReconcileRequest(record.instance, record.cause)
        yield from waiting_beside(record, ledger)


def mark_stuck(it: RollbackInput, here: RollbackSteps) -> RollbackInput:
    """
    Leave the interface claimed, so that nobody takes it, and say what a person must do.

    The record's first error stays as it is.
    """
    record = here.record(it)
    if record:
        because = {
            "reason": Reason.DETACH_TIMEOUT if it.given_up else Reason.UNDO_FAILED,
            "detail": it.error or f"EC2 has not detached {record.interface} after {it.polls} polls",
            "failure": record.failure,
        }
        stuck = record.to(State.STUCK, here.clock(), record.cause, **because)
        here.ledger.commit(Move(record, stuck), here.trace)
    return it
