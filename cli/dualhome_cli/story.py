"""A move as a person tells it: what, why, and what caused it."""

from dataclasses import asdict, dataclass
from datetime import datetime

from dualhome.domain.attachment import Attachment, Cause, Origin
from dualhome.domain.audit import AuditEntry
from dualhome.domain.identifiers import AccountId, InstanceId, InterfaceId, TargetName
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State
from dualhome_cli.mentions import mentions
from dualhome_cli.reading import sentence

OURS = "dualhome"

DONE = {
    State.CLAIMED: "Claims {}",
    State.ATTACHING: "EC2 has accepted {}",
    State.WAITING: "Waits for an interface",
    State.REFUSED: "May not be attached",
    State.RELEASING: "Lets go of {}",
    State.RELEASED: "Is no longer asked for",
    State.FAILED: "Could not be attached",
    State.STUCK: "Cannot let go of {}: a person must look",
}
HELD = {
    State.CLAIMED: "Keeps its claim of {}",
    State.RELEASED: "Has let go of {}",
    State.FAILED: "Could not be attached; {} is free again",
    State.WAITING: "Has lost {}, and waits for another",
    State.REFUSED: "Has given back {}: it may not be attached",
}
"""The same, where an interface was held before."""


@dataclass(frozen=True, slots=True)
class Chapter:
    """
    One move; ``by`` is the ARN of whoever asked with the command, and otherwise dualhome.

    ``interface`` is the one that is held after the move or, if it ends that, was held before.
    """

    at: datetime
    instance: InstanceId
    target: TargetName
    from_state: State | None
    to_state: State
    story: str
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
    cause_time: datetime
    tag_version: int | None
    cause_resource: str | None
    seconds_to_attached: float | None
    attempt: int
    account: AccountId
    region: str
    request_id: str
    execution_arn: str | None
    id: str
    warnings: tuple[Reason, ...]
    mentions: tuple[str, ...]


def chapter_of(entry: AuditEntry) -> Chapter:
    """Return the move as it is told."""
    after, cause, trace, held = entry.after, entry.after.cause, entry.trace, entry.held
    return Chapter(
        at=entry.at,
        instance=after.instance,
        target=after.target,
        from_state=entry.move.from_state,
        to_state=after.state,
        story=tell(entry),
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


def tell(entry: AuditEntry) -> str:
    """Say what the move did, then why, and what it warns of that was not warned of before."""
    after, before = entry.after, entry.move.before
    known = before.warnings if before else ()
    new = set(after.warnings) - {*known, Reason.CONSENT_WITHDRAWN}
    warned = (f"Warning: {it}." for it in after.warnings if it in new)
    ended = set(known) - {*after.warnings, Reason.CONSENT_WITHDRAWN} if _stays(entry) else set()
    over = (f"No more: {it}." for it in known if it in ended)
    why = sentence(after.reason, after.detail, after.failure)
    return " ".join(filter(None, (f"{_what(entry)}.", why, *warned, *over)))


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
    """Return what tells people apart: the role and its session, or the user."""
    return arn.rpartition(":")[2].partition("/")[2] or arn


def _what(entry: AuditEntry) -> str:
    state, where = entry.after.state, _where(entry.after)
    if state == State.ATTACHED:
        return _attached(entry, where)
    if entry.after.reason is Reason.DELETED_WITH_INSTANCE:
        return f"Has lost {where}"
    held = entry.move.before is not None and entry.move.before.holding
    return (HELD if held and state in HELD else DONE)[state].format(where)


def _stays(entry: AuditEntry) -> bool:
    return entry.move.from_state == entry.after.state == State.ATTACHED


def _attached(entry: AuditEntry, where: str) -> str:
    if _stays(entry):
        return f"Keeps {where}{_consent(entry)}"
    if entry.after.origin == Origin.ADOPTED:
        return f"Adopts {where}, which somebody had attached"
    seconds = entry.seconds_to_attached
    after = f", {seconds:.1f} s after it was asked for" if seconds is not None else ""
    return f"Has {where}{after}"


def _consent(entry: AuditEntry) -> str:
    told = [
        record is not None and Reason.CONSENT_WITHDRAWN in record.warnings
        for record in (entry.move.before, entry.after)
    ]
    match told:
        case [False, True]:
            return ", although its VPC lets the instance's VPC in no longer"
        case [True, False]:
            return ": its VPC lets the instance's VPC in again"
        case _:
            return ""


def _where(it: Attachment) -> str:
    at = f" at device index {it.slot.index}" if it.slot else ""
    return f"{it.interface}{at}" if it.interface else "nothing"
