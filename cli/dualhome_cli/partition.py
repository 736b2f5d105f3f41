"""All that the ledger holds of one instance now: its records, and who holds its slots."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dualhome.adapters import ledger_items as items
from dualhome.adapters.aws_errors import domain_errors
from dualhome.domain.attachment import Attachment
from dualhome.domain.identifiers import InstanceId, TargetName
from dualhome.domain.network import DeviceSlot
from dualhome.domain.view import Holder

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

RECORD, SLOT = "TARGET#", "SLOT#"


@dataclass(frozen=True, slots=True)
class Partition:
    """One instance's part of the table of attachments."""

    instance: InstanceId
    records: tuple[Attachment, ...]
    slots: Mapping[tuple[InstanceId, DeviceSlot], Holder]


def read_partition(dynamodb: "DynamoDBClient", table: str, instance: InstanceId) -> Partition:
    """Return the part of ``instance`` as last written, by one read."""
    found = list(_query(dynamodb, table, instance))
    records = (item for item in found if item["sk"]["S"].startswith(RECORD))
    slots = (items.plain(item) for item in found if item["sk"]["S"].startswith(SLOT))
    return Partition(
        instance=instance,
        records=tuple(map(items.read_record, records)),
        slots={(instance, _slot(it["sk"])): _holder(it) for it in slots},
    )


def _query(
    dynamodb: "DynamoDBClient", table: str, instance: InstanceId
) -> Iterator[Mapping[str, Any]]:
    pages = dynamodb.get_paginator("query").paginate(
        TableName=table,
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues=items.wire({":pk": items.instance_key(instance)}),
        ConsistentRead=True,
    )
    with domain_errors():
        for page in pages:
            yield from page["Items"]


def _slot(key: str) -> DeviceSlot:
    card, index = key.removeprefix(SLOT).split("#")
    return DeviceSlot(int(card), int(index))


def _holder(item: items.Item) -> Holder:
    return Holder(InstanceId(item["instance"]), TargetName(item["target"]))
