"""A stack that is deployed to a local cloud, as its administrator sees it from outside."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from localcloud.client.lifecycle import LocalCloud

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_ec2 import EC2Client
    from mypy_boto3_sqs import SQSClient


@dataclass(frozen=True)
class Deployment:
    """A local cloud with a stack on it; ``outputs`` are the stack's."""

    cloud: LocalCloud
    outputs: Mapping[str, str]

    @cached_property
    def ec2(self) -> "EC2Client":
        """The administrator's EC2."""
        client: EC2Client = self.cloud.client("ec2")
        return client

    @cached_property
    def sqs(self) -> "SQSClient":
        """The administrator's SQS."""
        client: SQSClient = self.cloud.client("sqs")
        return client

    @cached_property
    def dynamodb(self) -> "DynamoDBClient":
        """The administrator's DynamoDB."""
        client: DynamoDBClient = self.cloud.client("dynamodb")
        return client

    def queue_depth(self, *, delayed: bool = True) -> int:
        """Return how many changes wait, are being handled or, if ``delayed``, are yet to come."""
        found = self.sqs.get_queue_attributes(
            QueueUrl=self.outputs["ChangesQueueUrl"], AttributeNames=["All"]
        )["Attributes"]
        waiting = int(found["ApproximateNumberOfMessages"])
        handled = int(found["ApproximateNumberOfMessagesNotVisible"])
        return waiting + handled + delayed * int(found["ApproximateNumberOfMessagesDelayed"])
