"""Where tags, ledger and EC2 say different things, as a sweep sees them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from dualhome.domain.attachment import Attachment
from dualhome.domain.errors import BadTagError
from dualhome.domain.identifiers import InstanceId, InterfaceId, TargetName
from dualhome.domain.network import GONE, AttachmentStatus, Instance, Interface, SeenAttachment
from dualhome.domain.states import State
from dualhome.domain.tags import WHOLE_TAG, TagKeys, Wanted, parse_policy, parse_targets

Seen = Mapping[InterfaceId, SeenAttachment | None]
"""How EC2 shows interfaces attached; of one that is not in it nothing is known."""

MOVING_LIMIT = timedelta(minutes=2)
"""A record that moves for longer has lost the look that would move it on."""


class Drift(StrEnum):
    """Why an instance deserves a look; what is to be done, the look decides."""

    MISSING = "missing"
    """Something is wanted of which there is no record."""
    UNSETTLED = "unsettled"
    """A record waits, was refused, or may be tried again."""
    OVERDUE = "overdue"
    """A record has been moving for too long."""
    DETACHED = "detached"
    """A record's interface is not attached as recorded."""
    UNWANTED = "unwanted"
    """An interface is attached that is not wanted, or not there: a release."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What an instance's tags ask for; ``hands_off`` lets nothing go, whatever is missing."""

    wanted: Mapping[TargetName, Wanted]
    hands_off: bool = False


def wish_of(instance: Instance | None, keys: TagKeys) -> Wish:
    """
    Return what ``instance`` asks for; one that is not shown asks for nothing.

    One that shuts down lets go by itself: that is no release of ours.
    """
    tags = instance.tags if instance else {}
    if keys.ignore in tags or (instance and instance.state in GONE):
        return Wish({}, hands_off=True)
    try:
        wanted = parse_targets(keys.targets, tags.get(keys.targets, ""))
        parse_policy(keys.policy, tags.get(keys.policy, "each"))
    except BadTagError:
        return Wish({WHOLE_TAG: Wanted(WHOLE_TAG)}, hands_off=True)
    return Wish({want.target: want for want in wanted})


def drifts_of(
    wish: Wish, records: Iterable[Attachment], seen: Seen, now: datetime
) -> Iterator[Drift]:
    """Return every drift of one instance; ``records`` are those that are not released."""
    found = {record.target: record for record in records}
    if wish.wanted.keys() - found.keys():
        yield Drift.MISSING
    for record in found.values():
        if drift := _drift(record, wish, seen, now):
            yield drift


def _drift(record: Attachment, wish: Wish, seen: Seen, now: datetime) -> Drift | None:
    match record.state:
        case State.WAITING | State.REFUSED:
            return Drift.UNSETTLED
        case State.FAILED:
            return Drift.UNSETTLED if record.retry_at is None or record.retry_at <= now else None
        case State.CLAIMED | State.ATTACHING | State.RELEASING:
            return Drift.OVERDUE if now - record.since >= MOVING_LIMIT else None
        case State.STUCK:
            return None if _may_be_there(record, seen) else Drift.DETACHED
        case State.ATTACHED:
            return _drift_of_attached(record, wish, seen)
        case _:
            return None


def _drift_of_attached(record: Attachment, wish: Wish, seen: Seen) -> Drift | None:
    if not _may_be_there(record, seen):
        return Drift.DETACHED
    there = seen.get(record.interface) if record.interface else None
    slot = there.slot if there else record.slot
    want = wish.wanted.get(record.target)
    here = want is not None and want.index in {None, slot.index if slot else None}
    if not here and not wish.hands_off:
        return Drift.UNWANTED
    same = there and (there.id, there.status) == (record.attachment_id, AttachmentStatus.ATTACHED)
    return None if same else Drift.DETACHED


def _may_be_there(record: Attachment, seen: Seen) -> bool:
    """An interface of which nothing is known may still be on its instance."""
    if record.interface is None or record.interface not in seen:
        return True
    there = seen[record.interface]
    return there is not None and there.instance == record.instance


def strangers(
    pool: Iterable[Interface], held: frozenset[InterfaceId]
) -> Iterator[tuple[InterfaceId, InstanceId]]:
    """Return the pool interfaces that somebody else has attached, and where."""
    for interface in pool:
        if interface.attachment and interface.id not in held:
            yield interface.id, interface.attachment.instance
