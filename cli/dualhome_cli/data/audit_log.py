"""The audit table: read page by page, oldest or newest first, nothing kept in memory."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol

from dualhome.adapters.aws_errors import domain_errors
from dualhome.adapters.dynamodb.items import instance_key, read_audits, stamp, wire
from dualhome.domain.attachment import AuditEntry
from dualhome.domain.identifiers import InstanceId, InterfaceId

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

ReadAudits = Callable[[Iterable[Mapping[str, Any]]], Iterator[AuditEntry]]


class Archive(Protocol):
    """
    Audit entries, oldest first, or ``newest`` first; ``since`` leaves out what is older.

    An index may miss entries of the last second. What the retention has expired is gone.
    """

    def of_instance(
        self, instance: InstanceId, since: datetime | None = None, *, newest: bool = False
    ) -> Iterator[AuditEntry]:
        """Yield the moves of an instance's attachments."""
        ...

    def of_interface(
        self, interface: InterfaceId, since: datetime | None = None, *, newest: bool = False
    ) -> Iterator[AuditEntry]:
        """Yield the moves that had to do with an interface, on whichever instance."""
        ...

    def of_day(
        self, day: date, since: datetime | None = None, *, newest: bool = False
    ) -> Iterator[AuditEntry]:
        """Yield the moves of a day, in UTC."""
        ...


class DynamoDbArchive:
    """The audit table; ``read`` may leave out what is unreadable."""

    def __init__(
        self, dynamodb: "DynamoDBClient", table: str, read: ReadAudits = read_audits
    ) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._read = read

    def of_instance(
        self, instance: InstanceId, since: datetime | None = None, *, newest: bool = False
    ) -> Iterator[AuditEntry]:
        """Yield the moves of an instance's attachments, as last written."""
        where = {"ConsistentRead": True}
        return self._query("pk", instance_key(instance), since, newest=newest, where=where)

    def of_interface(
        self, interface: InterfaceId, since: datetime | None = None, *, newest: bool = False
    ) -> Iterator[AuditEntry]:
        """Yield the moves that had to do with an interface, on whichever instance."""
        where = {"IndexName": "by-interface"}
        for entry in self._query("interface", interface, since, newest=newest, where=where):
            # Older entries are in the index for the interface that their record held last.
            if entry.held:
                yield entry

    def of_day(
        self, day: date, since: datetime | None = None, *, newest: bool = False
    ) -> Iterator[AuditEntry]:
        """Yield the moves of a day, in UTC."""
        where = {"IndexName": "by-day"}
        return self._query("day", day.isoformat(), since, newest=newest, where=where)

    def _query(
        self,
        key: str,
        value: str,
        since: datetime | None,
        *,
        newest: bool,
        where: Mapping[str, Any],
    ) -> Iterator[AuditEntry]:
        values = {":key": value} | ({":since": stamp(since)} if since else {})
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="#key = :key" + (" AND sk >= :since" if since else ""),
            ExpressionAttributeNames={"#key": key},
            ExpressionAttributeValues=wire(values),
            ScanIndexForward=not newest,
            **where,
        )
        with domain_errors():
            for page in pages:
                yield from self._read(page["Items"])


def moves_of(archive: Archive, subject: str, since: datetime | None) -> Iterator[AuditEntry]:
    """Yield the moves of an instance, or those that had to do with an interface."""
    if subject.startswith("eni-"):
        return archive.of_interface(InterfaceId(subject), since)
    return archive.of_instance(InstanceId(subject), since)


def moves_since(archive: Archive, since: datetime, now: datetime) -> Iterator[AuditEntry]:
    """Yield every move since a time, day by day."""
    for day in days(since, now):
        yield from archive.of_day(day, since)


def days(since: datetime, now: datetime) -> Iterator[date]:
    """Yield each day, in UTC, that has a part between the two times."""
    first, last = (it.astimezone(UTC).date() for it in (since, now))
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)
