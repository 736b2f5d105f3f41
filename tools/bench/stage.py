"""The deployed stack on a local cloud, and what the benchmark reads of it."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from dualhome.adapters.dynamodb_ledger import DynamoDbLedger
from dualhome.adapters.ledger_items import instance_key, read_audit
from dualhome.domain.audit import AuditEntry
from dualhome.domain.identifiers import InstanceId
from localcloud.lifecycle import LocalCloud

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_sqs import SQSClient

STACK = "dualhome"
DEADLINE_SECONDS = 180.0


@dataclass(frozen=True)
class Stage:
    """A local cloud with the stack on it; ``outputs`` are the stack's."""

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
    def functions(self) -> "LambdaClient":
        """The user's Lambda."""
        client: LambdaClient = self.cloud.client("lambda")
        return client

    @cached_property
    def ledger(self) -> DynamoDbLedger:
        """The ledger, to read."""
        tables = (self.outputs["AttachmentsTableName"], self.outputs["AuditTableName"])
        return DynamoDbLedger(self.cloud.client("dynamodb"), *tables, new_id=str)

    def trail(self, instance: InstanceId) -> list[AuditEntry]:
        """Return the past of ``instance``, oldest first."""
        pages = (
            self.cloud.client("dynamodb")
            .get_paginator("query")
            .paginate(
                TableName=self.outputs["AuditTableName"],
                KeyConditionExpression="pk = :pk",
                ExpressionAttributeValues={":pk": {"S": instance_key(instance)}},
            )
        )
        return [read_audit(item) for page in pages for item in page["Items"]]

    def changes_source(self) -> Mapping[str, Any]:
        """Return the event source mapping that feeds the reconciler."""
        function = self.outputs["ReconcileInstancesFunctionName"]
        answer = self.functions.list_event_source_mappings(FunctionName=function)
        (mapping,) = answer["EventSourceMappings"]
        return dict(mapping)

    def changes(self, *, delayed: bool = True) -> int:
        """Return how many changes wait, are being handled or, if ``delayed``, are yet to come."""
        shown = self.sqs.get_queue_attributes(
            QueueUrl=self.outputs["ChangesQueueUrl"], AttributeNames=["All"]
        )["Attributes"]
        waiting = int(shown["ApproximateNumberOfMessages"])
        handled = int(shown["ApproximateNumberOfMessagesNotVisible"])
        return waiting + handled + delayed * int(shown["ApproximateNumberOfMessagesDelayed"])


def wait(fact: Callable[[], bool], every: float = 0.1) -> bool:
    """Wait until ``fact`` is true; return whether it became so within the deadline."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not (true := fact()) and time.monotonic() < deadline:
        time.sleep(every)
    return true
