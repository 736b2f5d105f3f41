"""What the command alone reads of the attachments table: partitions, and the release breaker."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from dualhome.adapters.aws_errors import domain_errors
from dualhome.adapters.dynamodb import items
from dualhome.adapters.dynamodb.release_breaker import KEY
from dualhome.domain.ec2 import DeviceSlot
from dualhome.domain.identifiers import InstanceId, TargetName
from dualhome.domain.planning.types import Holder
from dualhome_cli.data.ports import BreakerState, Partition

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

RECORD, SLOT = "TARGET#", "SLOT#"


class DynamoDbPartitions:
    """The port ``Partitions``."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    def of(self, instance: InstanceId) -> Partition:
        """Return the part of ``instance`` as last written, by one read."""
        found = list(self._query(instance))
        records = (item for item in found if item["sk"]["S"].startswith(RECORD))
        slots = (items.plain(item) for item in found if item["sk"]["S"].startswith(SLOT))
        return Partition(
            instance=instance,
            records=tuple(map(items.read_record, records)),
            slots={(instance, _slot(it["sk"])): _holder(it) for it in slots},
        )

    def _query(self, instance: InstanceId) -> Iterator[Mapping[str, Any]]:
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues=items.wire({":pk": items.instance_key(instance)}),
            ConsistentRead=True,
        )
        with domain_errors():
            for page in pages:
                yield from page["Items"]


def read_breaker(dynamodb: "DynamoDBClient", table: str) -> BreakerState:
    """Return the release breaker as its item has it."""
    with domain_errors():
        found = dynamodb.get_item(TableName=table, Key=KEY, ConsistentRead=True)
    item = found.get("Item", {})
    return BreakerState(
        open="held" in item,
        admitted=frozenset(map(InstanceId, item.get("instances", {}).get("SS", []))),
    )


def _slot(key: str) -> DeviceSlot:
    card, index = key.removeprefix(SLOT).split("#")
    return DeviceSlot(int(card), int(index))


def _holder(item: items.Item) -> Holder:
    return Holder(InstanceId(item["instance"]), TargetName(item["target"]))
