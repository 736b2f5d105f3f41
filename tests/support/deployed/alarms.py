"""What is called when an alarm begins or ends: a subscriber of the stack's topic."""

import json
from dataclasses import dataclass, field

from tests.support.deployed.stack import Item, Stack
from tests.support.deployed.waiting import until

ALARM_SECONDS = 90.0
"""An alarm ends a period after its cause, which is 15 s on the faster clock."""


@dataclass
class Pager:
    """A queue that has subscribed to the topic; ``received`` is what came, oldest first."""

    stack: Stack
    queue_url: str
    received: list[Item] = field(default_factory=list)

    @staticmethod
    def subscribe(stack: Stack) -> "Pager":
        """Hear of every alarm from now on."""
        queue_url = stack.sqs.create_queue(QueueName="pager")["QueueUrl"]
        found = stack.sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=["QueueArn"])
        stack.cloud.client("sns").subscribe(
            TopicArn=stack.outputs["AlarmTopicArn"],
            Protocol="sqs",
            Endpoint=found["Attributes"]["QueueArn"],
        )
        return Pager(stack, queue_url)

    def receives(self, alarm: str, state: str) -> Item:
        """Wait for the message that ``alarm`` is in ``state``; sweep, for time to pass."""

        def received() -> Item | None:
            sweep(self.stack)
            self._receive()
            about = [it for it in self.received if it["AlarmName"] == alarm]
            return about[-1] if about and about[-1]["NewStateValue"] == state else None

        found = until(received, lambda: str(self.received), seconds=ALARM_SECONDS)
        assert found
        return found

    def _receive(self) -> None:
        while messages := self.stack.sqs.receive_message(
            QueueUrl=self.queue_url, MaxNumberOfMessages=10
        ).get("Messages"):
            for message in messages:
                self.received.append(json.loads(json.loads(message["Body"])["Message"]))
                self.stack.sqs.delete_message(
                    QueueUrl=self.queue_url, ReceiptHandle=message["ReceiptHandle"]
                )


def sweep(stack: Stack) -> None:
    """Run the sweep once, as the schedule would."""
    answer = stack.cloud.client("lambda").invoke(
        FunctionName=stack.outputs["SweepAccountFunctionName"], Payload=json.dumps({})
    )
    assert "FunctionError" not in answer, answer["Payload"].read()
