"""Take back an attachment, step by step; each may be repeated, and tolerates "already gone"."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from dualhome.application.looks import Look
from dualhome.application.ports import Interfaces, Ledger, Looks
from dualhome.application.wake import waiting_beside
from dualhome.domain.attachment import Attachment, Move
from dualhome.domain.audit import Trace
from dualhome.domain.errors import AttachmentGoneError, PausedError
from dualhome.domain.identifiers import InstanceId, TargetName
from dualhome.domain.network import AttachmentStatus, SeenAttachment
from dualhome.domain.reasons import Reason
from dualhome.domain.retries import look_delay, retry_after
from dualhome.domain.states import State

LOOKS = 25
"""Looks at a detaching interface before a person must: about 16 minutes in all."""

HELD = frozenset({AttachmentStatus.ATTACHING, AttachmentStatus.ATTACHED})
"""An interface that is detaching already needs no second asking, unless by force."""


@dataclass(frozen=True, slots=True)
class Undo:
    """
    What a rollback's execution carries from step to step; the ledger holds the rest.

    ``version`` is that of the record which the rollback was started for: once the record has moved
    on, nothing is left to do. ``wait`` is in seconds; ``free`` and ``given_up`` answer the last
    look; ``error`` is what the step before met.
    """

    instance: InstanceId
    target: TargetName
    version: int
    looks: int = 0
    wait: int = 1
    free: bool = False
    given_up: bool = False
    error: str = ""


@dataclass(frozen=True, slots=True)
class Undoing:
    """What the steps work with."""

    interfaces: Interfaces
    ledger: Ledger
    looks: Looks
    trace: Trace
    paused: bool
    clock: Callable[[], datetime]

    def record(self, it: Undo) -> Attachment | None:
        """Return the record that is to be undone; None once it has moved on."""
        record = self.ledger.records([it.instance])[it.instance].get(it.target)
        if record and record.state == State.RELEASING and record.version == it.version:
            return record
        return None

    def seen(self, record: Attachment) -> SeenAttachment | None:
        """Return how EC2 shows the record's own attachment; None if it is not there."""
        seen = self.interfaces.find_attachment(record.interface) if record.interface else None
        return seen if seen and seen.id == record.attachment_id else None


def detach_interface(it: Undo, here: Undoing) -> Undo:
    """
    Ask EC2 to let go of the interface, if it still holds it; forced only if the record says so.

    Raises:
        PausedError: it still holds it, and nothing may be detached now.
        DualhomeError: as ``Interfaces.detach`` does.
    """
    record = here.record(it)
    seen = here.seen(record) if record else None
    force = record is not None and record.force_detach
    if seen and (force or seen.status in HELD):
        if here.paused:
            raise PausedError(f"{seen.interface} stays attached while the stack is paused")
        with suppress(AttachmentGoneError):
            here.interfaces.detach(seen.id, force=force)
    return it


def look_at_interface(it: Undo, here: Undoing) -> Undo:
    """Say whether the interface is free, and if not, how long to wait or that it is enough."""
    record = here.record(it)
    free = record is None or here.seen(record) is None
    looks = it.looks + 1
    wait = int(look_delay(looks).total_seconds())
    return replace(it, looks=looks, wait=wait, free=free, given_up=not free and looks >= LOOKS)


def settle_attachment(it: Undo, here: Undoing) -> Undo:
    """
    Free claim and slot, and end the record as ``failed`` with its first error, or ``released``.

    The instance itself is looked at again, and those that wait for its interface.
    """
    if record := here.record(it):
        here.ledger.commit(_settled(record, here.clock()), here.trace)
    here.looks.put(_woken(it, here.ledger), timedelta())
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


def _woken(it: Undo, ledger: Ledger) -> Iterator[Look]:
    """Asked of the ledger, not of the move: a step that is repeated finds the move written."""
    if record := ledger.records([it.instance])[it.instance].get(it.target):
        yield Look(record.instance, record.cause)
        yield from waiting_beside(record, ledger)


def mark_stuck(it: Undo, here: Undoing) -> Undo:
    """
    Leave the interface claimed, so that nobody takes it, and say what a person must do.

    The record's first error stays as it is.
    """
    record = here.record(it)
    if record:
        because = {
            "reason": Reason.DETACH_TIMEOUT if it.given_up else Reason.UNDO_FAILED,
            "detail": it.error
            or f"EC2 has not let go of {record.interface} after {it.looks} looks",
            "failure": record.failure,
        }
        stuck = record.to(State.STUCK, here.clock(), record.cause, **because)
        here.ledger.commit(Move(record, stuck), here.trace)
    return it
