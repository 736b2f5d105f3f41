"""Events of EC2 and of tags, caught by a rule without conditions and kept in a queue."""

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from live.account import Account
from live.tagging import RUN_TAG, Run

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

SOURCES = ["aws.ec2", "aws.tag"]


@dataclass
class EventWatch:
    """The queue, and what has been read from it so far."""

    sqs: "SQSClient"
    queue: str
    _read: list[dict[str, Any]] = field(default_factory=list)

    def about(self, resource: str, source: str = "aws.tag") -> list[dict[str, Any]]:
        """Return the events of ``source`` on ``resource`` (its id) that have come so far."""
        self._read_on()
        return [
            event
            for event in self._read
            if event["source"] == source
            and any(arn.endswith(f"/{resource}") for arn in event["resources"])
        ]

    def _read_on(self) -> None:
        while messages := self.sqs.receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10).get(
            "Messages", []
        ):
            self._read += [json.loads(message["Body"]) for message in messages]
            self.sqs.delete_message_batch(
                QueueUrl=self.queue,
                Entries=[
                    {"Id": f"{number}", "ReceiptHandle": message["ReceiptHandle"]}
                    for number, message in enumerate(messages)
                ],
            )


def watch(account: Account, run: Run) -> EventWatch:
    """Make queue and rule, which carry the run's tag; SQS keeps a name for a minute after all."""
    sqs, rules = account.client("sqs"), account.client("events")
    name = f"{run.stack}-events-{run.id[-10:]}"
    queue = sqs.create_queue(QueueName=name, tags={RUN_TAG: run.id})["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"][
        "QueueArn"
    ]
    rule = rules.put_rule(Name=name, EventPattern=json.dumps({"source": SOURCES}), Tags=run.tags())[
        "RuleArn"
    ]
    may_send = {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn,
        "Condition": {"ArnEquals": {"aws:SourceArn": rule}},
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [may_send]})
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": policy})
    rules.put_targets(Rule=name, Targets=[{"Id": "queue", "Arn": arn}])
    return EventWatch(sqs, queue)
