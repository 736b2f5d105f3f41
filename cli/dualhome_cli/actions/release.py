"""What a release will do, and how to keep the interface from coming back."""

import shlex
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from dualhome.domain.attachment import Attachment
from dualhome.domain.identifiers import TargetName
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State
from dualhome.domain.tags import print_targets
from dualhome_cli.actions.follow import Followed
from dualhome_cli.data.requested import Subject
from dualhome_cli.ui.times import print_time

HELD = frozenset({State.ATTACHING, State.ATTACHED, State.STUCK})
"""States in which a look that is asked to release begins to."""

WELL = frozenset({State.RELEASED, State.FAILED, State.WAITING, State.REFUSED})
"""
Nothing is held any more.

``failed``: the record keeps the error that it was released for. ``waiting``, ``refused``: somebody
else has detached it meanwhile.
"""

ENDS = WELL | {State.STUCK}

WANTED_AGAIN_ENDS = (WELL - {State.RELEASED}) | {State.ATTACHED, State.STUCK}
"""Where what the tag still asks for comes to rest after its release."""

FORCED = (
    "Forced detachment is a last resort for an instance that has failed. Afterwards the instance"
    " may take no other interface at this index, and its metadata may still show this one, until"
    " it is stopped and started (EC2 API Reference, DetachNetworkInterface)."
)


def to_release(subject: Subject, targets: Sequence[str], *, force: bool) -> list[Attachment]:
    """Return the records that a release begins with; forced, what is releasing begins anew."""
    states = HELD | {State.RELEASING} if force else HELD
    return [] if subject.ignored else [it for it in subject.among(targets) if it.state in states]


def intentions(subject: Subject, targets: Sequence[str], *, force: bool) -> Iterator[str]:
    """Yield in a sentence each what will become of the attachments."""
    if subject.ignored:
        yield f"{subject.id}: carries {subject.keys.ignore}, so it is left alone."
        return
    going = to_release(subject, targets, force=force)
    if not subject.records:
        yield f"{subject.id}: nothing is recorded of it, and nothing held."
    for record in subject.among(targets):
        yield f"{record.instance} {record.target}: {_intention(record, going=record in going)}"
    if back := _back(subject, going):
        yield from _comes_back(subject, back)


def wanted_again(subject: Subject, targets: Sequence[str], *, force: bool) -> set[TargetName]:
    """Return the targets that the tag still asks for after their release."""
    return _back(subject, to_release(subject, targets, force=force))


def follow_on(followed: Followed, back: Iterable[TargetName], now: datetime) -> Followed:
    """Return the trail of what becomes of ``back``, as far as it was released."""
    free = {
        ending.target
        for ending in followed.ended.values()
        if ending.moved and ending.state in WELL and ending.target in back
    }
    further = Followed(followed.instance, followed.records, set(), free, WANTED_AGAIN_ENDS, now)
    further.end_at_once()
    return further


def how_to_follow(subject: Subject, back: Iterable[TargetName]) -> str:
    """Say how to learn what becomes of ``back``, for whoever does not wait."""
    names = " and ".join(sorted(back))
    see = f"`dualhome status {subject.id}` tells what becomes of it."
    return f"{subject.id} {names}: the tag still asks for it: {see}"


def followed(subject: Subject, targets: Sequence[str], since: datetime, *, force: bool) -> Followed:
    """Return what is waited for."""
    going = {it.target for it in to_release(subject, targets, force=force)}
    leaving = {it.target for it in subject.among(targets) if it.state == State.RELEASING}
    return Followed(subject.id, dict(subject.records), going, leaving - going, ENDS, since)


def _intention(record: Attachment, *, going: bool) -> str:
    if going:
        where = f" at index {record.slot.index}" if record.slot else ""
        return (
            f"is {record.state}; EC2 is asked to detach {record.interface}{where}{_when(record)},"
            " which ends the traffic over it. The interface returns to its pool."
        )
    match record.state:
        case State.CLAIMED:
            return "is being attached just now; it is not released: try again in a minute."
        case State.RELEASING:
            return f"is giving {record.interface} back already."
        case _:
            return f"is {record.state} and holds nothing."


def _when(record: Attachment) -> str:
    """What a person asks for does not wait for a second reading."""
    pending = record.pending if record.reason is Reason.RELEASE_PENDING else None
    return f" now, not only at {print_time(pending.due)}" if pending else ""


def _back(subject: Subject, going: Iterable[Attachment]) -> set[TargetName]:
    return {it.target for it in going} & subject.desired.wanted.keys()


def _comes_back(subject: Subject, back: set[TargetName]) -> Iterator[str]:
    """Say that tags win, and with which command they let go."""
    names = " and ".join(sorted(back))
    rest = [wanted for target, wanted in subject.desired.wanted.items() if target not in back]
    key = subject.keys.targets
    if rest:
        words = ["create-tags", f"Key={key},Value={print_targets(rest)}"]
    else:
        words = ["delete-tags", f"Key={key}"]
    action, tags = words
    command = ["aws", "ec2", action, "--resources", subject.id, "--tags", tags]
    yield f"{subject.id} still asks for {names} by its tag: another is asked for at once."
    yield f"To prevent that, first: {shlex.join(command)}"
