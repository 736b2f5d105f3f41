"""The deployed template on a local cloud, as one sees it from outside."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from boto3.dynamodb.types import TypeDeserializer

from localcloud.client.deployment import Deployment
from localcloud.client.lifecycle import LocalCloud
from localcloud.client.server_process import ServerOptions
from tests.support.readers.template import ROOT

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient

Item = dict[str, Any]

SHARED: Mapping[str, str] = {"MaxReleasesPerSweep": "10000", "ReleaseDelaySeconds": "1"}
"""
A stack that many tests share releases any number: how many release between two sweeps is chance.

The breaker, and the wait before a release, have tests of their own.
"""

_from_wire = TypeDeserializer().deserialize


class Stack(Deployment):
    """The template on a local cloud, and what its tables, tags and queues say."""

    @cached_property
    def events(self) -> "EventBridgeClient":
        """The administrator's EventBridge."""
        client: EventBridgeClient = self.cloud.client("events")
        return client

    def statuses_to_write(self) -> int:
        """Return how many messages are on the status queue, hidden ones too."""
        found = self.sqs.get_queue_attributes(
            QueueUrl=self.outputs["StatusQueueUrl"], AttributeNames=["All"]
        )["Attributes"]
        waiting = int(found["ApproximateNumberOfMessages"])
        return waiting + int(found["ApproximateNumberOfMessagesNotVisible"])

    def records(self, instance: str) -> dict[str, Item]:
        """Return the records of ``instance`` by target."""
        found = self._partition("AttachmentsTableName", f"INSTANCE#{instance}", "TARGET#")
        return {item["target"]: item for item in found}

    def slots(self, instance: str) -> dict[str, str]:
        """Return the target that holds each slot of ``instance``, by ``card#index``."""
        found = self._partition("AttachmentsTableName", f"INSTANCE#{instance}", "SLOT#")
        return {item["sk"].removeprefix("SLOT#"): item["target"] for item in found}

    def holder(self, interface: str) -> tuple[str, str] | None:
        """Return the instance and the target that hold the claim of ``interface``."""
        found = self._partition("AttachmentsTableName", f"INTERFACE#{interface}", "CLAIM")
        return next(((item["instance"], item["target"]) for item in found), None)

    def audit(self, instance: str) -> list[Item]:
        """Return the audit entries of ``instance``, oldest first."""
        return self._partition("AuditTableName", f"INSTANCE#{instance}", "")

    def items_of_target(self, target: str) -> list[Item]:
        """Return the records of every instance for ``target``."""
        pages = self.dynamodb.get_paginator("query").paginate(
            TableName=self.outputs["AttachmentsTableName"],
            IndexName="by-target",
            KeyConditionExpression="target = :target",
            ExpressionAttributeValues={":target": {"S": target}},
        )
        return [_plain(item) for page in pages for item in page["Items"]]

    def raw_audit(self, instance: str) -> list[Item]:
        """Return the audit entries of ``instance`` as DynamoDB's stream carries them."""
        found = self._query("AuditTableName", f"INSTANCE#{instance}", "")
        return [dict(item) for item in found]

    def items(self) -> list[Item]:
        """Return every item of both tables, in an order of their own."""
        found = []
        for table in ("AttachmentsTableName", "AuditTableName"):
            pages = self.dynamodb.get_paginator("scan").paginate(TableName=self.outputs[table])
            found += [_plain(item) for page in pages for item in page["Items"]]
        return sorted(found, key=lambda item: (item["pk"], item["sk"]))

    def age(self, instance: str, target: str, by: timedelta) -> None:
        """Let a record be older by ``by`` than it is, also as its last move left it."""
        since = datetime.fromisoformat(self.records(instance)[target]["since"]) - by
        last = [it["sk"] for it in self.audit(instance) if it["target"] == target][-1]
        places = (
            ("AttachmentsTableName", f"TARGET#{target}", ("since",)),
            ("AuditTableName", last, ("after", "since")),
        )
        for table, key, path in places:
            self.dynamodb.update_item(
                TableName=self.outputs[table],
                Key={"pk": {"S": f"INSTANCE#{instance}"}, "sk": {"S": key}},
                UpdateExpression=f"SET {'.'.join(f'#{it}' for it in path)} = :since",
                ExpressionAttributeNames={f"#{it}": it for it in path},
                ExpressionAttributeValues={":since": {"S": since.isoformat()}},
            )

    def tags(self, resource: str) -> dict[str, str]:
        """Return the tags of an EC2 resource."""
        found = self.ec2.describe_tags(Filters=[{"Name": "resource-id", "Values": [resource]}])
        return {tag["Key"]: tag["Value"] for tag in found["Tags"]}

    def attachments(self, instance: str) -> dict[int, tuple[str, str]]:
        """Return interface and attachment status at each device index that EC2 shows."""
        (group,) = self.ec2.describe_instances(InstanceIds=[instance])["Reservations"]
        return {
            shown["Attachment"]["DeviceIndex"]: (
                shown["NetworkInterfaceId"],
                shown["Attachment"]["Status"],
            )
            for shown in group["Instances"][0].get("NetworkInterfaces", [])
        }

    def role(self, logical_id: str) -> str:
        """Return the deployed name of a resource of the template, such as a role's."""
        found = self.cloud.client("cloudformation").describe_stack_resource(
            StackName="dualhome", LogicalResourceId=logical_id
        )
        return str(found["StackResourceDetail"]["PhysicalResourceId"])

    def log_lines(self, function: str = "reconcile-instances") -> list[str]:
        """Return what a function has logged so far, oldest first."""
        pages = self.cloud.client("logs").get_paginator("filter_log_events")
        group = f"/aws/lambda/dualhome/{function}"
        found = pages.paginate(logGroupName=group)
        return [str(event["message"]) for page in found for event in page["events"]]

    def reconciliations(self, instance: str) -> list[int]:
        """Return the attempt of each reconciliation, oldest first: 0 if an event asked."""
        lines = [it for it in self.log_lines() if '"message":"reconcile"' in it and instance in it]
        return [int(json.loads(it[it.index("{") :])["attempt"]) for it in lines]

    def capacity_changes(self, target: str) -> int:
        """Return how often the instances that lack ``target`` were searched."""
        wanted = ('"message":"capacity changed"', f'"target":"{target}"')
        return sum(all(word in line for word in wanted) for line in self.log_lines())

    def _partition(self, table: str, key: str, prefix: str) -> list[Item]:
        return [_plain(item) for item in self._query(table, key, prefix)]

    def _query(self, table: str, key: str, prefix: str) -> list[Mapping[str, Any]]:
        pages = self.dynamodb.get_paginator("query").paginate(
            TableName=self.outputs[table],
            KeyConditionExpression="pk = :pk AND sk >= :sk",
            ExpressionAttributeValues={":pk": {"S": key}, ":sk": {"S": prefix or " "}},
            ConsistentRead=True,
        )
        found = [item for page in pages for item in page["Items"]]
        return [item for item in found if item["sk"]["S"].startswith(prefix)]


@contextmanager
def deployed(
    directory: Path,
    parameters: Mapping[str, str] = SHARED,
    **options: Unpack[ServerOptions],
) -> Iterator[Stack]:
    """Start a local cloud, deploy the template to it, and stop it in the end."""
    with LocalCloud.start(directory, **options) as cloud:
        yield Stack(cloud, cloud.deploy(ROOT / "template.yaml", "dualhome", parameters))


@contextmanager
def as_found(stack: Stack) -> Iterator[None]:
    """In the end restore the local cloud's settings, and call off what is ordered and unmet."""
    settings = stack.cloud.settings()
    try:
        yield
    finally:
        stack.cloud.call_off()
        stack.cloud.clear_faults()
        stack.cloud.settings(**settings)


def _plain(item: Mapping[str, Any]) -> Item:
    return {key: _whole(_from_wire(value)) for key, value in item.items()}


def _whole(value: Any) -> Any:  # noqa: ANN401 - whatever DynamoDB holds
    match value:
        case Decimal():
            return int(value) if value == int(value) else float(value)
        case dict():
            return {key: _whole(part) for key, part in value.items()}
        case list():
            return [_whole(part) for part in value]
        case _:
            return value
