"""Moves of the audit log: of an instance, of an interface, or of several days."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from dualhome.domain.attachment import AuditEntry
from dualhome.domain.identifiers import InstanceId, InterfaceId
from dualhome.domain.pause import PauseChange
from dualhome_cli.data.ports import AuditLog


def moves_of(log: AuditLog, subject: str, since: datetime | None) -> Iterator[AuditEntry]:
    """Yield the moves of an instance, or those that had to do with an interface."""
    if subject.startswith("eni-"):
        return log.of_interface(InterfaceId(subject), since)
    return log.of_instance(InstanceId(subject), since)


def moves_since(
    log: AuditLog, since: datetime, now: datetime
) -> Iterator[AuditEntry | PauseChange]:
    """Yield every move and every pause since a time, day by day."""
    for day in days(since, now):
        yield from log.of_day(day, since)


def days(since: datetime, now: datetime) -> Iterator[date]:
    """Yield each day, in UTC, that has a part between the two times."""
    first, last = (it.astimezone(UTC).date() for it in (since, now))
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)
