"""What a release does, and how to keep the instance from getting another interface."""

import shlex
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime

from dualhome.domain.attachment import Attachment, OperatorAction
from dualhome.domain.identifiers import TargetName
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State
from dualhome.domain.tags import print_targets
from dualhome_cli.actions.follow import Followed
from dualhome_cli.actions.request import Action
from dualhome_cli.data.requested import Subject
from dualhome_cli.ui.times import print_time

HELD = frozenset({State.ATTACHING, State.ATTACHED, State.STUCK})
"""States in which an operator request starts a release."""

WELL = frozenset({State.RELEASED, State.FAILED, State.WAITING, State.REFUSED})
"""
Nothing is held any more.

``failed``: the record keeps the error that it was released for. ``waiting``, ``refused``: another
user has detached the interface meanwhile.
"""

ENDS = WELL | {State.STUCK}

WANTED_AGAIN_ENDS = (WELL - {State.RELEASED}) | {State.ATTACHED, State.STUCK}
"""States that end the attachment that the tag still asks for after a release."""

FORCED = (
    "Forced detachment is a last resort for an instance that has failed. Afterwards the instance"
    " may take no other interface at this index, and its metadata may still show this one, until"
    " it is stopped and started (EC2 API Reference, DetachNetworkInterface)."
)


def release(targets: Sequence[str], clock: Callable[[], datetime], *, force: bool) -> Action:
    """Return the action of a release of ``targets``, or of all if none is named."""
    since = clock()

    def again(subject: Subject) -> set[TargetName]:
        return wanted_again(subject, targets, force=force)

    return Action(
        OperatorAction.RELEASE,
        lambda it: intentions(it, targets, force=force),
        lambda it: followed(it, targets, since, force=force),
        well=WELL,
        nothing="There is nothing to release.",
        caution=(FORCED,) if force else (),
        force=force,
        follow_on=lambda it, ended: follow_on(ended, again(it), clock()),
        later=lambda it: how_to_follow(it, again(it)),
    )


def to_release(subject: Subject, targets: Sequence[str], *, force: bool) -> list[Attachment]:
    """Return the records to release; forced, those that are releasing already, too."""
    states = HELD | {State.RELEASING} if force else HELD
    return [] if subject.ignored else [it for it in subject.among(targets) if it.state in states]


def intentions(subject: Subject, targets: Sequence[str], *, force: bool) -> Iterator[str]:
    """Yield in a sentence each what a release does to the attachments."""
    if subject.ignored:
        yield f"{subject.id}: is excluded by {subject.keys.ignore}."
        return
    going = to_release(subject, targets, force=force)
    if not subject.records:
        yield f"{subject.id}: it has no record, and holds nothing."
    for record in subject.among(targets):
        yield f"{record.instance} {record.target}: {_intention(record, going=record in going)}"
    if back := _back(subject, going):
        yield from _comes_back(subject, back)


def wanted_again(subject: Subject, targets: Sequence[str], *, force: bool) -> set[TargetName]:
    """Return the targets that the tag still asks for after their release."""
    return _back(subject, to_release(subject, targets, force=force))


def follow_on(ended: Followed, again: Iterable[TargetName], now: datetime) -> Followed:
    """Return what to follow of the targets wanted ``again``, as far as they were released."""
    free = {
        ending.target
        for ending in ended.ended.values()
        if ending.moved and ending.state in WELL and ending.target in again
    }
    further = Followed(ended.instance, ended.records, set(), free, WANTED_AGAIN_ENDS, now)
    further.end_at_once()
    return further


def how_to_follow(subject: Subject, again: Iterable[TargetName]) -> Iterator[str]:
    """Yield how to see the targets wanted ``again``, for an operator who does not wait."""
    if names := " and ".join(sorted(again)):
        see = f"`dualhome status {subject.id}` shows the outcome."
        yield f"{subject.id} {names}: the tag still asks for it: {see}"


def followed(subject: Subject, targets: Sequence[str], since: datetime, *, force: bool) -> Followed:
    """Return what to wait for."""
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
            return "is being attached; it is not released: try again in a minute."
        case State.RELEASING:
            return f"is releasing {record.interface} already."
        case _:
            return f"is {record.state} and holds nothing."


def _when(record: Attachment) -> str:
    """An operator request does not wait for a second reading."""
    pending = record.pending if record.reason is Reason.RELEASE_PENDING else None
    return f" now instead of at {print_time(pending.due)}" if pending else ""


def _back(subject: Subject, going: Iterable[Attachment]) -> set[TargetName]:
    return {it.target for it in going} & subject.desired.wanted.keys()


def _comes_back(subject: Subject, back: set[TargetName]) -> Iterator[str]:
    """Say that tags win, and which command changes them."""
    names = " and ".join(sorted(back))
    rest = [wanted for target, wanted in subject.desired.wanted.items() if target not in back]
    key = subject.keys.targets
    if rest:
        words = ["create-tags", f"Key={key},Value={print_targets(rest)}"]
    else:
        words = ["delete-tags", f"Key={key}"]
    action, tags = words
    command = ["aws", "ec2", action, "--resources", subject.id, "--tags", tags]
    again = "the reconciler tries to attach one again at once."
    yield f"{subject.id} still asks for {names} by its tag: {again}"
    yield f"To prevent that, first: {shlex.join(command)}"
