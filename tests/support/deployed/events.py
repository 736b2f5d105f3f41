"""What dualhome announces on the event bus, caught by a rule of a subscriber's own."""

import json
from dataclasses import dataclass, field

from tests.support.deployed.stack import Item, Stack


@dataclass
class Inbox:
    """A subscriber's queue; what is read once is kept."""

    stack: Stack
    queue_url: str
    received: list[Item] = field(default_factory=list)

    @staticmethod
    def subscribe(stack: Stack) -> "Inbox":
        """Catch every event of the source ``dualhome`` from now on."""
        queue_url = stack.sqs.create_queue(QueueName="subscriber")["QueueUrl"]
        attributes = stack.sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=["QueueArn"])
        arn = attributes["Attributes"]["QueueArn"]
        allow = {
            "Effect": "Allow",
            "Principal": {"Service": "events.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": arn,
        }
        policy = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
        stack.sqs.set_queue_attributes(QueueUrl=queue_url, Attributes={"Policy": policy})
        stack.events.put_rule(Name="subscriber", EventPattern='{"source": ["dualhome"]}')
        stack.events.put_targets(Rule="subscriber", Targets=[{"Id": "queue", "Arn": arn}])
        return Inbox(stack, queue_url)

    def events(self, instance: str) -> list[Item]:
        """Return the events about ``instance`` that have arrived so far, in their order."""
        self._take()
        about = [it for it in self.received if it["detail"].get("instance") == instance]
        return sorted(about, key=lambda it: str(it["detail"]["id"]))

    def pauses(self) -> list[Item]:
        """Return the details of the pauses and resumes that have arrived so far, in their order."""
        self._take()
        found = [it["detail"] for it in self.received if it["detail-type"] == "Pause Change"]
        return sorted(found, key=lambda it: int(it["after"]["version"]))

    def _take(self) -> None:
        while messages := self._receive():
            self.received += messages

    def _receive(self) -> list[Item]:
        answer = self.stack.sqs.receive_message(QueueUrl=self.queue_url, MaxNumberOfMessages=10)
        messages = answer.get("Messages", [])
        for message in messages:
            self.stack.sqs.delete_message(
                QueueUrl=self.queue_url, ReceiptHandle=message["ReceiptHandle"]
            )
        return [json.loads(message["Body"]) for message in messages]
