"""An attachment as a row: its state, since when, and the reason as a sentence."""

from dataclasses import dataclass
from datetime import datetime

from dualhome.domain.attachment import Attachment, Failure, Origin
from dualhome.domain.drift import MOVING_LIMIT
from dualhome.domain.identifiers import (
    AttachmentId,
    InstanceId,
    InterfaceId,
    SubnetId,
    TargetName,
    VpcId,
    Zone,
)
from dualhome.domain.reasons import Reason
from dualhome.domain.refusals import Refusal
from dualhome.domain.states import SETTLED, State
from dualhome.domain.status import MOVING
from dualhome_cli.status.details import is_overdue, particulars, print_others, refusals_now
from dualhome_cli.status.warnings import advice_on
from dualhome_cli.ui.ids import mentions

TO_ACT_ON = frozenset({Reason.CONSENT_WITHDRAWN})
"""Warnings that come after the attachment, and that its owner has not accepted."""


@dataclass(frozen=True, slots=True)
class AttachmentRow:
    """
    One attachment; what is held is None where nothing is held.

    ``warning_advice`` has as many parts as ``warnings``, in the same order. ``mentions`` are the
    ids that detail and error name. ``pending_reason`` is why a release is pending, until
    ``pending_due``. ``refusals`` are those in force; ``others_free`` counts what is free in the
    pool and zone besides them, None where nothing is refused or it cannot be read. ``reservation``
    and ``sharing`` are the record's own.
    """

    instance: InstanceId
    target: TargetName
    state: State
    since: datetime
    needs_attention: bool
    interface: InterfaceId | None
    device_index: int | None
    network_card: int | None
    vpc: VpcId | None
    subnet: SubnetId | None
    zone: Zone | None
    attachment_id: AttachmentId | None
    origin: Origin
    reason: Reason | None
    detail: str
    advice: str | None
    warnings: tuple[Reason, ...]
    warning_advice: tuple[str, ...]
    error_code: str | None
    error_message: str | None
    attempt: int
    retry_at: datetime | None
    mentions: tuple[str, ...]
    pending_reason: Reason | None = None
    pending_due: datetime | None = None
    contests: int = 0
    refusals: tuple[Refusal, ...] = ()
    others_free: int | None = None
    reservation: str | None = None
    sharing: int = 0
    particulars: str = ""


def sentence(reason: Reason | None, detail: str, failure: Failure | None) -> str:
    """
    Say reason, detail and AWS's own words, each once; empty if there is none.

    A detail is mostly AWS's message already, sometimes with what was attempted.
    """
    said = f"{failure.code}: {failure.message}" if failure else ""
    if failure and failure.message and failure.message in detail:
        said = ""
    if detail and detail in said:
        detail = ""
    text = ": ".join(filter(None, (reason, detail, said)))
    return f"{text}." if text and text[-1] not in ".!?" else text


def row_of(record: Attachment, now: datetime) -> AttachmentRow:
    """Return the row of ``record``; a claim that has ended shows no interface."""
    slot = record.slot if record.holding else None
    failure, pending = record.failure, record.pending
    return AttachmentRow(
        instance=record.instance,
        target=record.target,
        state=record.state,
        since=record.since,
        needs_attention=needs_attention(record, now),
        interface=record.interface if record.holding else None,
        device_index=slot.index if slot else None,
        network_card=slot.card if slot else None,
        vpc=record.vpc if record.holding else None,
        subnet=record.subnet if record.holding else None,
        zone=record.zone,
        attachment_id=record.attachment_id if record.holding else None,
        origin=record.origin,
        reason=record.reason,
        detail=record.detail,
        advice=record.reason.advice if record.reason else None,
        warnings=record.warnings,
        warning_advice=tuple(advice_on(record)),
        error_code=failure.code if failure else None,
        error_message=failure.message if failure else None,
        attempt=record.attempt,
        retry_at=record.retry_at,
        mentions=mentions(record.detail, failure.message if failure else ""),
        pending_reason=pending.reason if pending else None,
        pending_due=pending.due if pending else None,
        contests=record.contests,
        refusals=refusals_now(record, now),
        reservation=record.reservation,
        sharing=record.sharing,
        particulars=" ".join(particulars(record, now)),
    )


def needs_attention(record: Attachment, now: datetime) -> bool:
    """
    Return whether an operator should act.

    Nothing is attached, it takes too long, its release is deferred, or it stays although consent is
    withdrawn. A release that is pending needs none, unless its second reading does not come.
    """
    match record.state:
        case State.RELEASED:
            return False
        case State.ATTACHED if record.reason is Reason.RELEASE_PENDING:
            return is_overdue(record, now)
        case State.ATTACHED:
            return record.reason is not None or not TO_ACT_ON.isdisjoint(record.warnings)
        case state if state in MOVING:
            return now - record.since >= MOVING_LIMIT
        case _:
            return True


def attention_reason(row: AttachmentRow) -> Reason | None:
    """Return the reason, or else the warning, that needs attention, if there is one."""
    return row.reason or next((warning for warning in row.warnings if warning in TO_ACT_ON), None)


def why(row: AttachmentRow) -> str:
    """Say why it is in its state, what to do about it, and each warning."""
    failure = Failure(row.error_code, row.error_message or "") if row.error_code else None
    advice = row.advice if row.state not in SETTLED else None
    warned = map(": ".join, zip(row.warnings, row.warning_advice, strict=True))
    others = print_others(row.others_free) if row.others_free is not None else ""
    said = (sentence(row.reason, row.detail, failure), row.particulars, others, advice, *warned)
    return " ".join(filter(None, said))
