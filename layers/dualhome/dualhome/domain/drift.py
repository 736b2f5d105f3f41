"""Where tags, ledger and EC2 say different things, as a sweep sees them."""

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from dualhome.domain.attachment import Attachment
from dualhome.domain.errors import BadTagError
from dualhome.domain.identifiers import InstanceId, InterfaceId, TargetName
from dualhome.domain.network import GONE, AttachmentStatus, Instance, Interface, SeenAttachment
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State
from dualhome.domain.tags import WHOLE_TAG, TagKeys, Wanted, parse_policy, parse_targets

MOVING_LIMIT = timedelta(minutes=2)
"""A record that moves for longer has lost the look that would move it on."""

SEEN_ON_INSTANCES = frozenset({State.ATTACHED, State.STUCK})
"""States of records that are compared with their instance as EC2 shows it."""


class Drift(StrEnum):
    """Why an instance deserves a look; what is to be done, the look decides."""

    MISSING = "missing"
    """Something is wanted of which there is no record."""
    UNSETTLED = "unsettled"
    """
    A record waits, was refused, may be tried again, or says why it stays and need not; or it warns
    of a deletion that is not to come, or not of one that is; or it is stuck, and part of a unit.
    """
    OVERDUE = "overdue"
    """A record has been moving for too long."""
    DETACHED = "detached"
    """A record's interface is not attached as recorded."""
    CONSENT = "consent"
    """
    The VPC of what is attached lets in the instance's VPC no longer, and the record does not say
    so; or it says so, and consent is back.
    """
    UNWANTED = "unwanted"
    """An interface is attached that is not wanted, or not there: a release."""


@dataclass(frozen=True, slots=True)
class Wish:
    """
    What an instance's tags ask for, as a ``unit`` or each for itself.

    ``hands_off`` lets nothing go, whatever is missing.
    """

    wanted: Mapping[TargetName, Wanted]
    hands_off: bool = False
    unit: bool = False


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
        unit = parse_policy(keys.policy, tags.get(keys.policy, "each"))
    except BadTagError:
        return Wish({WHOLE_TAG: Wanted(WHOLE_TAG)}, hands_off=True)
    return Wish({want.target: want for want in wanted}, unit=unit)


def lacks(wish: Wish, recorded: AbstractSet[TargetName]) -> bool:
    """Return whether something is wanted that is not among those ``recorded``: ``MISSING``."""
    return bool(wish.wanted.keys() - recorded)


def drift_of(
    record: Attachment, instance: Instance | None, keys: TagKeys, now: datetime
) -> Drift | None:
    """
    Return in what ``record``, which is not released, differs from tags and EC2, if it does.

    ``instance`` is as EC2 shows it, and matters to the states of ``SEEN_ON_INSTANCES`` alone.
    """
    match record.state:
        case State.WAITING | State.REFUSED:
            return Drift.UNSETTLED
        case State.FAILED:
            return Drift.UNSETTLED if record.retry_at is None or record.retry_at <= now else None
        case State.CLAIMED | State.ATTACHING | State.RELEASING:
            return Drift.OVERDUE if now - record.since >= MOVING_LIMIT else None
        case State.STUCK:
            return _drift_of_stuck(record, instance, wish_of(instance, keys))
        case State.ATTACHED:
            return _drift_of_attached(record, instance, wish_of(instance, keys))
        case _:
            return None


def _drift_of_stuck(record: Attachment, instance: Instance | None, wish: Wish) -> Drift | None:
    """No look follows a rollback that gives up: the rest of a unit is to be given back."""
    if _seen(record, instance) is None:
        return Drift.DETACHED
    return Drift.UNSETTLED if wish.unit else None


def _drift_of_attached(record: Attachment, instance: Instance | None, wish: Wish) -> Drift | None:
    there = _seen(record, instance)
    if there is None:
        return Drift.DETACHED
    want = wish.wanted.get(record.target)
    here = want is not None and want.index in {None, there.slot.index}
    if not here and not wish.hands_off:
        return Drift.UNWANTED
    if (there.id, there.status) != (record.attachment_id, AttachmentStatus.ATTACHED):
        return Drift.DETACHED
    warned = Reason.DELETE_ON_TERMINATION in record.warnings
    return Drift.UNSETTLED if record.reason or warned != there.delete_on_termination else None


def _seen(record: Attachment, instance: Instance | None) -> SeenAttachment | None:
    return instance.attachment_of(record.interface) if instance else None


def strangers(
    pool: Iterable[Interface], held: frozenset[InterfaceId]
) -> Iterator[tuple[InterfaceId, InstanceId]]:
    """Return the pool interfaces that somebody else has attached, and where."""
    for interface in pool:
        if interface.attachment and interface.id not in held:
            yield interface.id, interface.attachment.instance
