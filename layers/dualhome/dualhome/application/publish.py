"""Tell the world about moves: status tags, events, metrics."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dualhome.application.ports import Events, Ledger, Metrics, StatusTags
from dualhome.domain.audit import AuditEntry
from dualhome.domain.identifiers import InstanceId, InterfaceId
from dualhome.domain.status import MOVING, print_status

GIVEN_UP = "released"
"""The status of an interface that nobody holds, before the instance that last did."""


@dataclass(frozen=True, slots=True)
class Outlets:
    """Where moves are told; the ledger says what is true now."""

    ledger: Ledger
    tags: StatusTags
    events: Events
    metrics: Metrics


def publish(entries: Sequence[AuditEntry], outlets: Outlets) -> None:
    """
    Publish ``entries``, which stand in the order in which they were written.

    Tags come first, since writing them again is harmless, while an event published again
    is seen again.

    Raises:
        TransientError: publish all of ``entries`` again.
    """
    settled = [entry for entry in entries if entry.after.state not in MOVING]
    for instance in dict.fromkeys(entry.after.instance for entry in settled):
        moved = [entry for entry in settled if entry.after.instance == instance]
        _write_status(instance, _interfaces(moved), outlets)
    if entries:
        outlets.events.publish(entries)
    for entry in entries:
        outlets.metrics.moved(entry)


def _write_status(instance: InstanceId, touched: list[InterfaceId], outlets: Outlets) -> None:
    """Write one status for the instance and all that it holds; what it has given up says so."""
    records = outlets.ledger.records([instance])[instance].values()
    held = [record.interface for record in records if record.holding and record.interface]
    outlets.tags.write([instance, *held], print_status(records))
    gone = [interface for interface in touched if interface not in held]
    claims = outlets.ledger.claims(gone)
    if given_up := [interface for interface in gone if interface not in claims]:
        outlets.tags.write(given_up, f"{GIVEN_UP}:{instance}")


def _interfaces(entries: Iterable[AuditEntry]) -> list[InterfaceId]:
    found = [
        record.interface
        for entry in entries
        for record in (entry.move.before, entry.after)
        if record and record.holding and record.interface
    ]
    return list(dict.fromkeys(found))
