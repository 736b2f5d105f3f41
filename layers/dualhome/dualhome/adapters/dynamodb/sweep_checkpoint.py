"""The checkpoint of sweeps as one item of the attachments table."""

from dataclasses import replace
from typing import TYPE_CHECKING

from dualhome.adapters.aws_errors import domain_errors
from dualhome.adapters.dynamodb import items
from dualhome.adapters.dynamodb.items import values
from dualhome.domain.errors import RecordMovedError
from dualhome.domain.identifiers import TargetName
from dualhome.domain.sweep import SweepCheckpoint

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

KEY = {"pk": "SWEEP", "sk": "STATE"}


class DynamoDbSweepCheckpoints:
    """The item stays below DynamoDB's 400 KB with 10,000 releases and 1,000 targets."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    def read(self) -> SweepCheckpoint | None:
        """Return the round as last written; None before the first sweep."""
        with domain_errors():
            answer = self._dynamodb.get_item(
                TableName=self._table, Key=items.wire(KEY), ConsistentRead=True
            )
        return items.read_item(SweepCheckpoint, answer["Item"]) if "Item" in answer else None

    def write(self, checkpoint: SweepCheckpoint) -> SweepCheckpoint:
        """Write ``checkpoint`` over the version that it names; return it with its new version."""
        after = replace(checkpoint, version=checkpoint.version + 1)
        with domain_errors():
            try:
                self._dynamodb.put_item(
                    TableName=self._table,
                    Item=items.wire(KEY | values(after)),
                    ConditionExpression="attribute_not_exists(pk) OR version = :version",
                    ExpressionAttributeValues=items.wire({":version": checkpoint.version}),
                )
            except self._dynamodb.exceptions.ConditionalCheckFailedException as exc:
                raise RecordMovedError(f"a sweep has written version {after.version}") from exc
        return after

    def targets(self) -> frozenset[TargetName]:
        """Return every target under which sweeps say that something may be attached."""
        last = self.read()
        return last.known() if last else frozenset()
