"""Records each tag event that asks for targets, from the event bus."""

import json
from typing import TYPE_CHECKING

from localcloud.client.lifecycle import LocalCloud

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_sqs import SQSClient

NAME = "demo-recorder"
PATTERN = {
    "source": ["aws.tag"],
    "detail-type": ["Tag Change on Resource"],
    "detail": {"resource-type": ["instance"], "changed-tag-keys": ["dualhome:targets"]},
}


class EventRecorder:
    """A queue of the demo's own, fed by a rule of its own."""

    def __init__(self, cloud: LocalCloud) -> None:
        """Copy events from now on."""
        self._sqs: SQSClient = cloud.client("sqs")
        events: EventBridgeClient = cloud.client("events")
        self._queue = self._sqs.create_queue(QueueName=NAME)["QueueUrl"]
        shown = self._sqs.get_queue_attributes(QueueUrl=self._queue, AttributeNames=["QueueArn"])
        events.put_rule(Name=NAME, EventPattern=json.dumps(PATTERN))
        events.put_targets(
            Rule=NAME, Targets=[{"Id": NAME, "Arn": shown["Attributes"]["QueueArn"]}]
        )

    def event_about(self, instance: str) -> str | None:
        """Return the text of an event about ``instance``, as a target of a rule gets it."""
        while messages := self._sqs.receive_message(
            QueueUrl=self._queue, MaxNumberOfMessages=10
        ).get("Messages"):
            for body in (message["Body"] for message in messages):
                if json.loads(body)["resources"][0].endswith(f"/{instance}"):
                    return body
        return None
