"""Records without attachments behind them, to measure reading; they are removed at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bench.stage import Stage
from dualhome.adapters.dynamodb.items import record_item, wire
from dualhome.domain.attachment import Attachment, Cause
from dualhome.domain.ec2 import DeviceSlot
from dualhome.domain.identifiers import (
    AttachmentId,
    InstanceId,
    InterfaceId,
    SubnetId,
    TargetName,
    VpcId,
    Zone,
)
from dualhome.domain.states import State

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import WriteRequestUnionTypeDef

TARGET = TargetName("many")
AT_ONCE = 25
"""Items that one BatchWriteItem takes (DynamoDB API Reference)."""


@contextmanager
def many_records(stage: Stage, count: int) -> Iterator[TargetName]:
    """Write ``count`` attached records of a target that no VPC serves."""
    items = [record_item(_record(number)) for number in range(count)]
    keys = [{name: item[name] for name in ("pk", "sk")} for item in items]
    try:
        _write(stage, [{"PutRequest": {"Item": wire(item)}} for item in items])
        yield TARGET
    finally:
        _write(stage, [{"DeleteRequest": {"Key": wire(key)}} for key in keys])


def _write(stage: Stage, requests: "list[WriteRequestUnionTypeDef]") -> None:
    dynamodb = stage.cloud.client("dynamodb")
    for start in range(0, len(requests), AT_ONCE):
        some = requests[start : start + AT_ONCE]
        dynamodb.batch_write_item(RequestItems={stage.outputs["AttachmentsTableName"]: some})


def _record(number: int) -> Attachment:
    now = datetime.now(UTC)
    return Attachment(
        instance=InstanceId(f"i-{number:017x}"),
        target=TARGET,
        state=State.ATTACHED,
        since=now,
        cause=Cause("bench", "aws.tag", "Tag Change on Resource", now, tag_version=1),
        version=3,
        attempt=1,
        interface=InterfaceId(f"eni-{number:017x}"),
        vpc=VpcId(f"vpc-{0:017x}"),
        subnet=SubnetId(f"subnet-{0:017x}"),
        zone=Zone("us-east-1a"),
        slot=DeviceSlot(card=0, index=1),
        attachment_id=AttachmentId(f"eni-attach-{number:017x}"),
        requested_at=now,
    )
