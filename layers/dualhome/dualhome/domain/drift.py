"""Where tags, ledger and EC2 say different things, as a sweep sees them."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from enum import StrEnum

from dualhome.domain.attachment import Attachment
from dualhome.domain.ec2 import AttachmentStatus, InterfaceDescription
from dualhome.domain.identifiers import InstanceId, InterfaceId
from dualhome.domain.observed import ObservedInstance
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State

MOVING_LIMIT = timedelta(minutes=2)
"""A record that moves for longer has lost the request that would move it on."""

SEEN_ON_INSTANCES = frozenset({State.ATTACHED, State.STUCK})
"""States of records that are compared with their instance as EC2 shows it."""


class Drift(StrEnum):
    """Why an instance is requeued; what is to be done, its reconciliation decides."""

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


def drift_of(record: Attachment, instance: ObservedInstance | None, now: datetime) -> Drift | None:
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
            return _drift_of_stuck(record, instance)
        case State.ATTACHED:
            return _drift_of_attached(record, instance)
        case _:
            return None


def _drift_of_stuck(record: Attachment, instance: ObservedInstance | None) -> Drift | None:
    """No request follows a rollback that gives up: the rest of a unit is to be released."""
    if instance is None or instance.attachment_of(record.interface) is None:
        return Drift.DETACHED
    return Drift.UNSETTLED if instance.desired.all_or_none else None


def _drift_of_attached(record: Attachment, instance: ObservedInstance | None) -> Drift | None:
    seen = instance.attachment_of(record.interface) if instance else None
    if instance is None or seen is None:
        return Drift.DETACHED
    want = instance.desired.wanted.get(record.target)
    wanted = want is not None and want.accepts(seen.slot.index)
    if not wanted and not instance.desired.left_as_is:
        return Drift.UNWANTED
    if (seen.id, seen.status) != (record.attachment_id, AttachmentStatus.ATTACHED):
        return Drift.DETACHED
    warned = Reason.DELETE_ON_TERMINATION in record.warnings
    return Drift.UNSETTLED if record.reason or warned != seen.delete_on_termination else None


def foreign_attachments(
    pool: Iterable[InterfaceDescription], held: frozenset[InterfaceId]
) -> Iterator[tuple[InterfaceId, InstanceId]]:
    """Return the pool interfaces that others have attached, and where."""
    for interface in pool:
        if interface.attachment and interface.id not in held:
            yield interface.id, interface.attachment.instance
