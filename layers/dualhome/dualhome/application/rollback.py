"""Release an attachment step by step; each may be repeated, and tolerates "already gone"."""

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from dualhome.application.pause import PauseGate, refusal
from dualhome.application.ports import Interfaces, Ledger, ReconcileQueue
from dualhome.application.requests import ReconcileRequest
from dualhome.application.requeue import waiting_beside
from dualhome.application.sweep_ports import Claims
from dualhome.domain.answers import DetachAnswer, Detached, NotDetached, move_after
from dualhome.domain.attachment import Attachment, Trace
from dualhome.domain.ec2 import AttachmentStatus
from dualhome.domain.errors import AccessDeniedError, AttachmentGoneError
from dualhome.domain.identifiers import InstanceId, TargetName
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State, poll_delay

POLLS = 25
"""Polls of a detaching interface before an operator must act: about 16 minutes in all."""

POLLS_PER_DETACH = 5
"""Polls of an interface that EC2 shows attached, as if not asked, before EC2 is asked again."""

HELD = frozenset({AttachmentStatus.ATTACHING, AttachmentStatus.ATTACHED})
"""An interface that is detaching already needs no second call, unless by force."""


@dataclass(frozen=True, slots=True)
class RollbackInput:
    """
    What a rollback's execution carries from step to step; the ledger holds the rest.

    ``version`` is that of the record which the rollback was started for: once the record has moved
    on, nothing is left to do. ``wait`` is in seconds; ``free``, ``given_up`` and ``detach_again``
    answer the last poll; ``error`` is what the step before met.
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


def detach_interface(
    given: RollbackInput, ledger: Claims, interfaces: Interfaces, gate: PauseGate
) -> RollbackInput:
    """
    Ask EC2 to detach the interface; by force only if the record says so.

    EC2 is also asked if it does not show the interface attached, for a read may lag behind: that
    there is nothing to detach is EC2's to say.

    Raises:
        PausedError: EC2 is to be asked, and nothing may be detached now: the rollback ends, and
            another one begins when the pause has ended. ``PauseUnreadError`` is repeated before.
        DualhomeError: as ``Interfaces.detach`` does.
    """
    gate.anew()
    record = _releasing(given, ledger)
    if record is None or record.attachment_id is None:
        return given
    held = _held(record, interfaces)
    reading = gate.reading()
    if reading.paused:
        # What is to be forced has not been asked for yet: to poll would only use up its polls.
        if held is None or (held is AttachmentStatus.DETACHING and not record.force_detach):
            return given
        raise refusal(reading, f"{record.interface} is not detached")
    if record.force_detach or held is not AttachmentStatus.DETACHING:
        # Of what is gone EC2 may say so, or that the policy does not cover it: it has no tags.
        with suppress(AttachmentGoneError, *(() if held else (AccessDeniedError,))):
            interfaces.detach(record.attachment_id, force=record.force_detach)
    return given


def check_detached(given: RollbackInput, ledger: Claims, interfaces: Interfaces) -> RollbackInput:
    """Say whether the interface is free, and if not, how long to wait and what to do then."""
    record = _releasing(given, ledger)
    held = _held(record, interfaces) if record else None
    polls = given.polls + 1
    return replace(
        given,
        polls=polls,
        wait=int(poll_delay(polls).total_seconds()),
        free=held is None,
        given_up=held is not None and polls >= POLLS,
        detach_again=held in HELD and polls % POLLS_PER_DETACH == 0,
    )


def close_attachment(
    given: RollbackInput, ledger: Ledger, queue: ReconcileQueue, trace: Trace, now: datetime
) -> RollbackInput:
    """
    Free claim and slot, and end the record as ``failed`` with its first error, or ``released``.

    The instance itself is reconciled again, and those that wait for its interface.
    """
    if record := _releasing(given, ledger):
        # Written first: what cannot be read of those that wait must not keep the interface claimed.
        _commit(record, Detached(), ledger, trace, now)
    # Of the ledger, not of the move: a step that is repeated finds the move written.
    if record := _latest(given, ledger):
        own = ReconcileRequest(record.instance, record.cause)
        queue.put([own, *waiting_beside(record, ledger)], timedelta())
    return given


def mark_stuck(given: RollbackInput, ledger: Ledger, trace: Trace, now: datetime) -> RollbackInput:
    """
    Leave the interface claimed, so that no other attachment takes it, and say what to do.

    The record's first error stays as it is.
    """
    if record := _releasing(given, ledger):
        reason = Reason.DETACH_TIMEOUT if given.given_up else Reason.UNDO_FAILED
        polled = f"EC2 has not detached {record.interface} after {given.polls} polls"
        answer = NotDetached(reason, given.error or polled)
        _commit(record, answer, ledger, trace, now)
    return given


def _latest(given: RollbackInput, ledger: Claims) -> Attachment | None:
    """Return the record as last written, wherever it stands."""
    return ledger.records([given.instance])[given.instance].get(given.target)


def _releasing(given: RollbackInput, ledger: Claims) -> Attachment | None:
    """Return the record that is to be released; None once it has moved on."""
    record = _latest(given, ledger)
    if record and record.state == State.RELEASING and record.version == given.version:
        return record
    return None


def _held(record: Attachment, interfaces: Interfaces) -> AttachmentStatus | None:
    """
    Return the status of the record's own attachment as EC2 shows it; None if it is over.

    An interface in use need not show by what (EC2 API Reference, NetworkInterface): it is
    free when it is ``available``, gone, or attached anew.
    """
    shown = interfaces.find(record.interface) if record.interface else None
    if shown is None or (shown.attachment is None and shown.status == "available"):
        return None
    if shown.attachment is None:
        return AttachmentStatus.ATTACHED
    return shown.attachment.status if shown.attachment.id == record.attachment_id else None


def _commit(
    record: Attachment, answer: DetachAnswer, ledger: Ledger, trace: Trace, now: datetime
) -> None:
    """Write what EC2's ``answer`` leads to."""
    if move := move_after(record, answer, now, record.cause):
        ledger.commit(move, trace)
