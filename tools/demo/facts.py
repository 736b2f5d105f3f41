"""What can be seen from outside: EC2, the two tables, the queues, the call log."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from dualhome.adapters.ledger_items import read_audit, read_record
from dualhome.domain.attachment import Attachment
from dualhome.domain.audit import AuditEntry
from localcloud.lifecycle import LocalCloud

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_ec2 import EC2Client
    from mypy_boto3_ec2.type_defs import TagTypeDef
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.literals import QueueAttributeNameType

STATUS = "dualhome-status"


@dataclass(frozen=True)
class Attached:
    """An interface on an instance, as EC2 describes it; ``tag`` is its status tag."""

    interface: str
    address: str
    vpc: str
    zone: str
    index: int
    status: str
    tag: str


@dataclass(frozen=True)
class Facts:
    """Reads a local cloud with the stack on it."""

    cloud: LocalCloud
    outputs: Mapping[str, str]

    @cached_property
    def ec2(self) -> "EC2Client":
        """The user's EC2."""
        client: EC2Client = self.cloud.client("ec2")
        return client

    @cached_property
    def sqs(self) -> "SQSClient":
        """The user's SQS."""
        client: SQSClient = self.cloud.client("sqs")
        return client

    @cached_property
    def _dynamodb(self) -> "DynamoDBClient":
        client: DynamoDBClient = self.cloud.client("dynamodb")
        return client

    def records(self, instance: str) -> dict[str, Attachment]:
        """Return the records of ``instance`` by target, from table Attachments."""
        items = self._items("AttachmentsTableName", instance)
        found = [read_record(item) for item in items if item["sk"]["S"].startswith("TARGET#")]
        return {record.target: record for record in found}

    def trail(self, instance: str) -> list[AuditEntry]:
        """Return the past of ``instance``, oldest first, from table Audit."""
        return [read_audit(item) for item in self._items("AuditTableName", instance)]

    def _items(self, table: str, instance: str) -> list[dict[str, Any]]:
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self.outputs[table],
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": f"INSTANCE#{instance}"}},
            ConsistentRead=True,
        )
        return [item for page in pages for item in page["Items"]]

    def interfaces(self, instance: str) -> list[Attached]:
        """Return what EC2 shows on ``instance``, by device index."""
        shown = self.ec2.describe_network_interfaces(
            Filters=[{"Name": "attachment.instance-id", "Values": [instance]}]
        )["NetworkInterfaces"]
        found = [
            Attached(
                interface=it["NetworkInterfaceId"],
                address=it["PrivateIpAddress"],
                vpc=it["VpcId"],
                zone=it["AvailabilityZone"],
                index=it["Attachment"]["DeviceIndex"],
                status=it["Attachment"]["Status"],
                tag=_status(it["TagSet"]),
            )
            for it in shown
        ]
        return sorted(found, key=lambda it: it.index)

    def status(self, instance: str) -> str:
        """Return the status tag of ``instance``; empty without one."""
        (group,) = self.ec2.describe_instances(InstanceIds=[instance])["Reservations"]
        return _status(group["Instances"][0].get("Tags", []))

    def messages(self, queue: str) -> int:
        """Return how many messages are in a queue, being handled or not; ``queue`` is an output."""
        counts: list[QueueAttributeNameType] = [
            "ApproximateNumberOfMessages",
            "ApproximateNumberOfMessagesNotVisible",
        ]
        shown = self.sqs.get_queue_attributes(QueueUrl=self.outputs[queue], AttributeNames=counts)[
            "Attributes"
        ]
        return sum(int(shown[count]) for count in counts)


def _status(tags: "Iterable[TagTypeDef]") -> str:
    return next((tag["Value"] for tag in tags if tag["Key"] == STATUS), "")
