"""Tell the world about moves: status tags, events, metrics."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from dualhome.application.ports import Events, Ledger, Metrics, StatusTags
from dualhome.domain.audit import AuditEntry
from dualhome.domain.errors import TransientError
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


def publish(entries: Sequence[AuditEntry], outlets: Outlets) -> int:
    """
    Publish ``entries``, which stand in the order in which they were written; return how many.

    Tags come first, since writing them again is harmless, while an event published again is seen
    again. Where a tag cannot be written now, all before it is published: whoever comes back with
    the rest begins there, however few tags EC2 takes at a time.

    Raises:
        TransientError: publish all of ``entries`` again.
    """
    tagged = _tagged(entries, outlets)
    if tagged:
        outlets.events.publish(tagged)
    for entry in tagged:
        outlets.metrics.moved(entry)
    return len(tagged)


def _tagged(entries: Sequence[AuditEntry], outlets: Outlets) -> Sequence[AuditEntry]:
    """Write the status of each instance once; return the entries before the first that failed."""
    written: set[InstanceId] = set()
    for number, entry in enumerate(entries):
        instance = entry.after.instance
        if entry.after.state in MOVING or instance in written:
            continue
        try:
            _write_status(instance, _interfaces(_settled(entries, instance)), outlets)
        except TransientError:
            if number == 0:
                raise
            return entries[:number]
        written.add(instance)
    return entries


def _settled(entries: Sequence[AuditEntry], instance: InstanceId) -> Iterator[AuditEntry]:
    ours = (entry for entry in entries if entry.after.instance == instance)
    return (entry for entry in ours if entry.after.state not in MOVING)


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
