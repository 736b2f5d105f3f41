"""A queue that gets what EC2 publishes."""

import json
from dataclasses import dataclass, field
from typing import Any

from tests.integration.localcloud.cloud import Lab, eventually


@dataclass
class Inbox:
    """A queue behind a rule for all of EC2's events."""

    lab: Lab
    url: str
    got: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def of(cls, lab: Lab) -> "Inbox":
        """Listen from now on."""
        sqs, events = lab.client("sqs"), lab.client("events")
        url = sqs.create_queue(QueueName="inbox")["QueueUrl"]
        asked = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
        target = {"Id": "1", "Arn": asked["Attributes"]["QueueArn"]}
        pattern = {"source": ["aws.ec2", "aws.tag"]}
        events.put_rule(Name="ec2", EventPattern=json.dumps(pattern))
        events.put_targets(Rule="ec2", Targets=[target])
        return cls(lab, url)

    def wait_for(self, number: int) -> list[dict[str, Any]]:
        """Return the events once there are ``number`` of them."""
        assert eventually(lambda: self._receive() >= number), self.got
        return self.got

    def details(self, number: int) -> list[dict[str, Any]]:
        """Return the events' details once there are ``number`` of them."""
        return [event["detail"] for event in self.wait_for(number)]

    def _receive(self) -> int:
        sqs = self.lab.client("sqs")
        answer = sqs.receive_message(QueueUrl=self.url, MaxNumberOfMessages=10)
        for message in answer.get("Messages", []):
            self.got.append(json.loads(message["Body"]))
            sqs.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])
        return len(self.got)
