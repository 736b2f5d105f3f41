"""The ledger's records in DynamoDB, page by page."""

from collections.abc import Iterable, Iterator
from json import dumps, loads
from typing import TYPE_CHECKING

from dualhome.adapters.aws_errors import domain_errors
from dualhome.adapters.dynamodb import items
from dualhome.adapters.dynamodb.items import read_items
from dualhome.application.sweep_ports import Page
from dualhome.domain.attachment import Attachment
from dualhome.domain.identifiers import TargetName
from dualhome.domain.planning.types import Holder
from dualhome.domain.states import State

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

PAGE = 1000
"""Records; DynamoDB ends a page at a MiB, whatever comes first."""


class DynamoDbInventory:
    """The attachments table; a page's token is the key of its last record."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str, page: int = PAGE) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._page = page

    def attached(self, target: TargetName, token: str | None) -> Page[Attachment]:
        """Return a page of the records of ``target`` that are attached."""
        return self._read(
            "by-target",
            "target = :target AND begins_with(target_order, :state)",
            {":target": target, ":state": items.target_order(State.ATTACHED)},
            token,
        )

    def unsettled(self, state: State, token: str | None) -> Page[Attachment]:
        """Return a page of the records in ``state``, those first that are in it longest."""
        return self._read("needs-attention", "attention = :state", {":state": state.value}, token)

    def recorded(self, holders: Iterable[Holder]) -> Iterator[Attachment]:
        """Return those records of ``holders`` that there are, as last written."""
        keys = (items.record_key(it.instance, it.target) for it in holders)
        return map(items.read_record, read_items(self._dynamodb, self._table, keys))

    def _read(
        self, index: str, condition: str, values: items.Item, token: str | None
    ) -> Page[Attachment]:
        after = {"ExclusiveStartKey": loads(token)} if token else {}
        with domain_errors():
            answer = self._dynamodb.query(
                TableName=self._table,
                IndexName=index,
                KeyConditionExpression=condition,
                ExpressionAttributeValues=items.wire(values),
                Limit=self._page,
                **after,
            )
        last = answer.get("LastEvaluatedKey")
        found = [items.read_record(item) for item in answer["Items"]]
        return Page(found, dumps(last) if last else None)
