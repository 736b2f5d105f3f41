"""A move, or a pause, as a row: what changed, why, and what caused it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Annotated

from dualhome.domain.attachment import Attachment, AuditEntry, Cause, Origin
from dualhome.domain.identifiers import AccountId, InstanceId, InterfaceId, TargetName
from dualhome.domain.pause import PauseChange
from dualhome.domain.reasons import Reason
from dualhome.domain.refusals import Refusal
from dualhome.domain.states import State
from dualhome_cli.status.attachment_row import sentence
from dualhome_cli.status.details import refusals_now, why_pending
from dualhome_cli.ui.ids import mentions
from dualhome_cli.ui.output import Named
from dualhome_cli.ui.table import Column
from dualhome_cli.ui.terminal import colour_of
from dualhome_cli.ui.times import print_time

OURS = "dualhome"

DONE = {
    State.CLAIMED: "Claims {}",
    State.ATTACHING: "EC2 has accepted {}",
    State.WAITING: "Waits for an interface",
    State.REFUSED: "May not be attached",
    State.RELEASING: "Detaching {}",
    State.RELEASED: "Is no longer asked for",
    State.FAILED: "Could not be attached",
    State.STUCK: "Detach of {} did not finish: operator action required",
}
HELD = {
    State.CLAIMED: "Keeps its claim of {}",
    State.RELEASED: "Released {}",
    State.FAILED: "Could not be attached; {} is free again",
    State.WAITING: "Lost {}, and waits for another",
    State.REFUSED: "Released {}: it may not be attached",
}
"""The same, where an interface was held before."""

BECAUSE: Mapping[tuple[State, Reason | None], str] = {
    (State.RELEASED, Reason.DELETED_WITH_INSTANCE): "Lost {}",
    (State.WAITING, Reason.CONTESTED): "Lost {} to another user again, and attaches later",
    (State.RELEASING, Reason.CONSENT_WITHDRAWN): (
        "Detaching {}, since its VPC no longer allows the instance's VPC"
    ),
}
"""The same, where the reason says more than the state."""


@dataclass(frozen=True, slots=True)
class Transition:
    """
    One move; ``by`` is the ARN of the operator who requested it, and otherwise dualhome.

    ``interface`` is the one that is held after the move or, if it ends that, was held before.
    A pause or a resume has neither instance, target nor states: ``paused`` says which of them it
    is, ``by`` who, as that caller said, and ``user_id`` who, as AWS has authenticated.
    """

    at: datetime
    instance: InstanceId | None
    target: TargetName | None
    from_state: State | None
    to_state: State | None
    text: Annotated[str, Named("story")]
    interface: InterfaceId | None
    device_index: int | None
    reason: Reason | None
    detail: str
    error_code: str | None
    error_message: str | None
    caused_by: str
    by: str
    cause_source: str
    cause_detail_type: str
    cause_event_id: str
    cause_time: datetime | None
    tag_version: int | None
    cause_resource: str | None
    seconds_to_attached: float | None
    attempt: int | None
    account: AccountId
    region: str
    request_id: str | None
    execution_arn: str | None
    id: str
    warnings: tuple[Reason, ...]
    mentions: tuple[str, ...]
    paused: bool | None = None
    user_id: str | None = None

    @property
    def shown_state(self) -> str:
        """The state that the move led to, or which of the two a pause is."""
        return self.to_state or ("paused" if self.paused else "resumed")


WHEN: Column[Transition] = Column("When (UTC)", lambda it: print_time(it.at))
INSTANCE: Column[Transition] = Column("Instance", lambda it: it.instance or "")
REST: Sequence[Column[Transition]] = (
    Column("Target", lambda it: it.target or ""),
    Column("State", lambda it: it.shown_state, style=lambda it: colour_of(it.to_state)),
    Column("Cause", lambda it: it.caused_by),
    Column("What happened", lambda it: it.text, prose=True),
)

OF_ONE = (WHEN, *REST)
"""For the moves of one instance."""

OF_MANY = (WHEN, INSTANCE, *REST)


def transition_of(entry: AuditEntry | PauseChange) -> Transition:
    """Return the row of a move, or of a pause."""
    match entry:
        case AuditEntry():
            return _of_move(entry)
        case PauseChange():
            return _of_pause(entry)


def _of_pause(change: PauseChange) -> Transition:
    after, what = change.after, "Pause" if change.after.paused else "Resume"
    return Transition(
        at=change.at,
        instance=None,
        target=None,
        from_state=None,
        to_state=None,
        text=_text_of_pause(change),
        interface=None,
        device_index=None,
        reason=None,
        detail=after.reason,
        error_code=None,
        error_message=None,
        caused_by=f"{what.lower()} by {_name(after.by)}",
        by=after.by,
        cause_source=OURS,
        cause_detail_type=what,
        cause_event_id=change.id,
        cause_time=None,
        tag_version=None,
        cause_resource=None,
        seconds_to_attached=None,
        attempt=None,
        account=change.account,
        region=change.region,
        request_id=None,
        execution_arn=None,
        id=change.id,
        warnings=(),
        mentions=mentions(after.reason),
        paused=after.paused,
        user_id=after.user_id,
    )


def _text_of_pause(change: PauseChange) -> str:
    """Say what it did and why; an ARN that is not the authenticated caller's is unproven."""
    what = "Attaches and detaches again"
    if change.after.paused:
        what = "Attaches and detaches nothing from now on"
    why = f": {change.after.reason}" if change.after.reason else ""
    unproven = f" Unproven: AWS has authenticated {change.after.user_id}, not {change.after.by}."
    return f"{what}{why}.{'' if change.proven else unproven}"


def _of_move(entry: AuditEntry) -> Transition:
    after, cause, trace, held = entry.after, entry.after.cause, entry.trace, entry.held
    return Transition(
        at=entry.at,
        instance=after.instance,
        target=after.target,
        from_state=entry.move.from_state,
        to_state=after.state,
        text=text_of(entry),
        interface=held.interface if held else None,
        device_index=held.slot.index if held and held.slot else None,
        reason=after.reason,
        detail=after.detail,
        error_code=after.failure.code if after.failure else None,
        error_message=after.failure.message if after.failure else None,
        caused_by=print_cause(cause, after.instance),
        by=cause.principal or OURS,
        cause_source=cause.source,
        cause_detail_type=cause.detail_type,
        cause_event_id=cause.event_id,
        cause_time=cause.time,
        tag_version=cause.tag_version,
        cause_resource=cause.resource,
        seconds_to_attached=entry.seconds_to_attached,
        attempt=after.attempt,
        **asdict(trace),
        id=entry.id,
        warnings=after.warnings,
        mentions=mentions(after.detail, after.failure.message if after.failure else ""),
    )


def text_of(entry: AuditEntry) -> str:
    """Say what the move did, then why, and which warnings are new."""
    after, before = entry.after, entry.move.before
    known = before.warnings if before else ()
    new = set(after.warnings) - {*known, Reason.CONSENT_WITHDRAWN}
    warned = (f"Warning: {it}." for it in after.warnings if it in new)
    ended = set(known) - {*after.warnings, Reason.CONSENT_WITHDRAWN} if _stays(entry) else set()
    over = (f"No more: {it}." for it in known if it in ended)
    why = _why(after)
    return " ".join(filter(None, (f"{_what(entry)}.", why, *warned, *over)))


def _why(record: Attachment) -> str:
    if record.reason is Reason.RELEASE_PENDING and record.pending:
        return sentence(None, why_pending(record), record.failure)
    return sentence(record.reason, record.detail, record.failure)


def print_cause(cause: Cause, instance: InstanceId) -> str:
    """
    Name the cause of a move of ``instance`` in a few words.

    ``tag change 12``, ``tag change 3 of eni-0b``, ``sweep``, ``retry by ops/anna``.
    """
    match cause.source, cause.detail_type:
        case "aws.tag", _:
            other = cause.resource if cause.resource != instance else None
            number = str(cause.tag_version or "")
            return " ".join(filter(None, ("tag change", number, other and f"of {other}")))
        case "aws.ec2", _:
            return "instance state"
        case _:
            who = f" by {_name(cause.principal)}" if cause.principal else ""
            return f"{cause.detail_type.lower()}{who}"


def _name(arn: str) -> str:
    """Return what names an operator: the role and its session, or the user."""
    return arn.rpartition(":")[2].partition("/")[2] or arn


def _what(entry: AuditEntry) -> str:
    state, where = entry.after.state, _where(entry.after)
    if state == State.ATTACHED:
        return _attached(entry, where)
    if shown := BECAUSE.get((state, entry.after.reason)):
        return shown.format(where)
    if state in {State.CLAIMED, State.FAILED} and (shown := _of_refusals(entry, where)):
        return shown
    held = entry.move.before is not None and entry.move.before.holding
    return (HELD if held and state in HELD else DONE)[state].format(where)


def _of_refusals(entry: AuditEntry, where: str) -> str:
    """Say which interface EC2 refuses, and which is tried after that."""
    before, after = entry.move.before, entry.after
    refused = {it.interface: it for it in refusals_now(after, after.since)}
    latest = refused.get(after.interface) if after.interface else None
    if after.failed_on_interface and latest:
        return f"EC2 refuses {where}, which is free again, and last in order until {_at(latest)}"
    if after.state != State.CLAIMED or before is None or before.state is State.CLAIMED:
        return ""
    if latest:
        return f"Claims {where}, although EC2 has refused it: no other is free"
    if before.failed_on_interface:
        return f"Claims {where}, after EC2 has refused {before.interface}"
    return ""


def _at(refusal: Refusal) -> str:
    return f"{print_time(refusal.until)}Z"


def _stays(entry: AuditEntry) -> bool:
    return entry.move.from_state == entry.after.state == State.ATTACHED


def _attached(entry: AuditEntry, where: str) -> str:
    if _stays(entry):
        return _noted(entry, where)
    if entry.after.origin == Origin.ADOPTED:
        return f"Adopts {where}, which another user had attached"
    seconds = entry.seconds_to_attached
    after = f", {seconds:.1f} s after it was asked for" if seconds is not None else ""
    return f"Attached {where}{after}"


def _noted(entry: AuditEntry, where: str) -> str:
    """Say why it stays, or until when."""
    before, after = entry.move.before, entry.after
    if after.reason is Reason.RELEASE_PENDING and after.pending:
        due = f"{after.pending.due:%H:%M:%S}Z"
        return f"Will release {where} at {due}, unless a second reading disagrees"
    if before and before.reason is Reason.RELEASE_PENDING and after.reason is None:
        return f"Keeps {where}: a later reading disagrees with its release{_consent(entry)}"
    return f"Keeps {where}{_consent(entry)}"


def _consent(entry: AuditEntry) -> str:
    shown = [
        record is not None and Reason.CONSENT_WITHDRAWN in record.warnings
        for record in (entry.move.before, entry.after)
    ]
    match shown:
        case [False, True]:
            return ", although its VPC no longer allows the instance's VPC"
        case [True, False]:
            return ": its VPC allows the instance's VPC again"
        case _:
            return ""


def _where(record: Attachment) -> str:
    at = f" at device index {record.slot.index}" if record.slot else ""
    return f"{record.interface}{at}" if record.interface else "nothing"
