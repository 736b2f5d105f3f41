"""The audit table: as entries, page by page, and as the items that its stream delivers."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from dualhome.adapters.aws_errors import domain_errors
from dualhome.adapters.dynamodb.items import instance_key, read_audits, wire
from dualhome.domain.attachment import AuditEntry
from dualhome.domain.identifiers import InstanceId, InterfaceId
from dualhome.domain.pause import PauseChange
from dualhome.wire import stamp
from dualhome_cli.redrive.publish import Item, Span

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

ReadAudits = Callable[[Iterable[Mapping[str, Any]]], Iterator[AuditEntry | PauseChange]]


class DynamoDbAuditLog:
    """The port ``AuditLog``, nothing kept in memory; ``read`` may skip what is unreadable."""

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
        for entry in self._query("pk", instance_key(instance), since, newest=newest, where=where):
            if isinstance(entry, AuditEntry):
                yield entry

    def of_interface(
        self, interface: InterfaceId, since: datetime | None = None, *, newest: bool = False
    ) -> Iterator[AuditEntry]:
        """Yield the moves that had to do with an interface, on whichever instance."""
        where = {"IndexName": "by-interface"}
        for entry in self._query("interface", interface, since, newest=newest, where=where):
            # Older entries are in the index for the interface that their record held last.
            if isinstance(entry, AuditEntry) and entry.held:
                yield entry

    def of_day(
        self, day: date, since: datetime | None = None, *, newest: bool = False
    ) -> Iterator[AuditEntry | PauseChange]:
        """Yield the moves and pauses of a day, in UTC."""
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
    ) -> Iterator[AuditEntry | PauseChange]:
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


class DynamoDbAuditItems:
    """The port ``AuditItems`` of a redrive: the table read day by day."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    def written(self, span: Span) -> Iterator[Item]:
        """Yield the items of ``span``, page by page."""
        day = span.start
        while stamp(day)[:10] <= stamp(span.end)[:10]:
            pages = self._dynamodb.get_paginator(
                "query"
            ).paginate(
                TableName=self._table,
                IndexName="by-day",
                KeyConditionExpression="#day = :day AND sk BETWEEN :start AND :end",
                ExpressionAttributeNames={"#day": "day"},  # a word that DynamoDB reserves
                ExpressionAttributeValues={
                    ":day": {"S": stamp(day)[:10]},
                    ":start": {"S": stamp(span.start)},
                    ":end": {"S": stamp(span.end)},
                },
            )
            for page in pages:
                yield from page["Items"]
            day += timedelta(days=1)

    def item(self, pk: str, sk: str) -> Item | None:
        """Return the item of these keys; None once it has expired."""
        found = self._dynamodb.get_item(
            TableName=self._table, Key={"pk": {"S": pk}, "sk": {"S": sk}}
        )
        return found.get("Item")
