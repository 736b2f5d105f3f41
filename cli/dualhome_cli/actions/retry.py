"""What a retry does, attachment by attachment."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from dualhome.domain.attachment import Attachment, OperatorAction, PendingRelease
from dualhome.domain.identifiers import TargetName
from dualhome.domain.reasons import Reason
from dualhome.domain.states import SETTLED, State
from dualhome.domain.status import MOVING
from dualhome_cli.actions.follow import Followed
from dualhome_cli.actions.request import Action
from dualhome_cli.data.requested import Subject
from dualhome_cli.ui.times import print_time

MUST_MOVE = frozenset({State.FAILED, State.STUCK})
"""A retry moves these, whatever the outcome."""

ENDS = frozenset(set(State) - MOVING)


def retry(targets: Sequence[str], now: datetime) -> Action:
    """Return the action of a retry of ``targets``, or of all if none is named."""
    return Action(
        OperatorAction.RETRY,
        lambda it: intentions(it, targets, now),
        lambda it: followed(it, targets, now),
        well=SETTLED,
        nothing="There is nothing to retry.",
    )


def intentions(subject: Subject, targets: Sequence[str], now: datetime) -> Iterator[str]:
    """Yield in a sentence each what a retry does to the attachments."""
    if subject.ignored:
        yield f"{subject.id}: is excluded by {subject.keys.ignore}."
        return
    for record in subject.among(targets):
        yield f"{record.instance} {record.target}: {_intention(record, now)}"
    for target in sorted(_unrecorded(subject, targets)):
        yield f"{subject.id} {target}: is wanted and not recorded; it is reconciled now."


def followed(subject: Subject, targets: Sequence[str], since: datetime) -> Followed:
    """Return what to wait for; of a release that is pending, the second reading if it is due."""
    records = () if subject.ignored else tuple(subject.among(targets))
    open_ = {it.target for it in records if it.state not in SETTLED}
    must = {it.target for it in records if it.state in MUST_MOVE or it.reason is Reason.CONTESTED}
    must |= {it.target for it in records if _is_due(it, since)}
    may = open_ | _unrecorded(subject, targets)
    return Followed(subject.id, dict(subject.records), must, may - must, ENDS, since)


def _intention(record: Attachment, now: datetime) -> str:
    why = f" ({record.reason}: {record.reason.advice})" if record.reason else ""
    match record.state:
        case State.FAILED:
            return f"has failed{why}; it is retried now instead of at its time."
        case State.STUCK:
            return f"is stuck{why}; EC2 is asked again to detach {record.interface}."
        case State.WAITING | State.REFUSED:
            return f"is {record.state}{why}; {_of_lacking(record)}"
        case State.ATTACHED if record.reason is Reason.RELEASE_PENDING and record.pending:
            return _of_pending(record.pending, due=_is_due(record, now))
        case State.ATTACHED | State.RELEASED:
            return f"is {record.state}; there is nothing to retry."
        case _:
            return f"is {record.state} already; it is reconciled now."


def _of_lacking(record: Attachment) -> str:
    if record.reason is not Reason.CONTESTED:
        return "it is reconciled now, and stays so while that holds."
    when = f" instead of after {print_time(record.retry_at)}" if record.retry_at else ""
    return f"it is attached again now{when}, if an interface is free."


def _of_pending(pending: PendingRelease, *, due: bool) -> str:
    when = print_time(pending.due)
    if due:
        was = f"was due to be released at {when} ({pending.reason})"
        return f"{was}; it is read again now, and released if that reading agrees."
    said = f"is to be released at {when} ({pending.reason}), if a second reading agrees"
    return f"{said}; there is nothing to retry before."


def _is_due(record: Attachment, now: datetime) -> bool:
    pending = record.pending if record.reason is Reason.RELEASE_PENDING else None
    return pending is not None and pending.due <= now


def _unrecorded(subject: Subject, targets: Sequence[str]) -> set[TargetName]:
    """Return what the tags ask for and no record is open for."""
    if subject.desired.left_as_is:
        return set()
    open_ = {it.target for it in subject.records.values() if it.state != State.RELEASED}
    return {it for it in subject.desired.unrecorded(open_) if not targets or it in targets}
