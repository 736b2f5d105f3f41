"""The deployed queues: putting messages on, and finding dead letters."""

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from tests.support.deployed.stack import Item, Stack

ACCOUNT, REGION = "111122223333", "us-east-1"


def state_change(instance: str, state: str = "running", **fields: object) -> Item:
    """Return EC2's event of an instance's state; ``fields`` replace the envelope's."""
    event = {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "EC2 Instance State-change Notification",
        "source": "aws.ec2",
        "account": ACCOUNT,
        "time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": REGION,
        "resources": [f"arn:aws:ec2:{REGION}:{ACCOUNT}:instance/{instance}"],
        "detail": {"instance-id": instance, "state": state},
    }
    return event | fields


def tag_change(instance: str, *, version: float = 1, **tags: str) -> Item:
    """Return the event of changed tags on an instance, which may say what is not so."""
    detail = {
        "changed-tag-keys": sorted(tags),
        "service": "ec2",
        "resource-type": "instance",
        "version": version,
        "tags": tags,
    }
    return state_change(instance) | {
        "source": "aws.tag",
        "detail-type": "Tag Change on Resource",
        "detail": detail,
    }


def send(stack: Stack, *bodies: Item | str) -> None:
    """Put messages on the changes queue in one call, so that they make one batch."""
    texts = [body if isinstance(body, str) else json.dumps(body) for body in bodies]
    answer = stack.sqs.send_message_batch(
        QueueUrl=stack.outputs["ChangesQueueUrl"],
        Entries=[{"Id": str(n), "MessageBody": text} for n, text in enumerate(texts)],
    )
    assert not answer.get("Failed"), answer


def dead_letters(stack: Stack, queue: str = "ChangesDeadLetterQueueUrl") -> list[str]:
    """Return the bodies of the messages in a dead-letter queue; they stay there."""
    bodies: list[str] = []
    while found := stack.sqs.receive_message(
        QueueUrl=stack.outputs[queue], MaxNumberOfMessages=10, VisibilityTimeout=1
    ).get("Messages"):
        bodies += [message["Body"] for message in found]
    return bodies


@contextmanager
def short_visibility(stack: Stack, seconds: int = 1) -> Iterator[None]:
    """Let a message that failed come back after ``seconds``, not after six minutes."""
    url = stack.outputs["ChangesQueueUrl"]
    (before,) = stack.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])[
        "Attributes"
    ].values()
    try:
        _set_visibility(stack, str(seconds))
        yield
    finally:
        _set_visibility(stack, before)


def _set_visibility(stack: Stack, seconds: str) -> None:
    stack.sqs.set_queue_attributes(
        QueueUrl=stack.outputs["ChangesQueueUrl"], Attributes={"VisibilityTimeout": seconds}
    )
