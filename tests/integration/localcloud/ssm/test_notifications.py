"""Events of commands on the default bus, and the switch that loses them."""

import json
from typing import Any

import pytest

from tests.integration.localcloud.cloud import eventually
from tests.integration.localcloud.ssm.managed import NAME, ManagedLab

COMMAND = "EC2 Command Status-change Notification"
INVOCATION = "EC2 Command Invocation Status-change Notification"


@pytest.fixture
def inbox(account: ManagedLab) -> str:
    """A queue behind a rule for the events of Systems Manager; its URL."""
    sqs, events = account.client("sqs"), account.client("events")
    url = str(sqs.create_queue(QueueName="inbox")["QueueUrl"])
    asked = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    events.put_rule(Name="ssm", EventPattern=json.dumps({"source": ["aws.ssm"]}))
    target = {"Id": "1", "Arn": asked["Attributes"]["QueueArn"]}
    events.put_targets(Rule="ssm", Targets=[target])
    return url


def received(account: ManagedLab, inbox: str) -> list[dict[str, Any]]:
    """Return what is in the queue, and leave it there."""
    asked = {"QueueUrl": inbox, "MaxNumberOfMessages": 10, "VisibilityTimeout": 0}
    answer = account.client("sqs").receive_message(**asked)
    return [json.loads(message["Body"]) for message in answer.get("Messages", [])]


def test_each_status_of_a_command_and_its_invocations_is_announced(
    account: ManagedLab, inbox: str
) -> None:
    """With what a rule filters by: the document's name, the instance, the status."""
    instance = account.managed()
    account.document("exit 1", parameters={"mac": {"type": "String"}})
    command = account.send(instance, Parameters={"mac": ["02:00"]})

    assert eventually(lambda: len(received(account, inbox)) == 4)
    events = received(account, inbox)

    statuses = {
        kind: {e["detail"]["status"] for e in events if e["detail-type"] == kind}
        for kind in (COMMAND, INVOCATION)
    }
    both = {"InProgress", "Failed"}
    assert statuses == {COMMAND: both, INVOCATION: both}
    arn = f"arn:aws:ec2:us-east-1:{account.account}:instance/{instance}"
    assert {tuple(e["resources"]) for e in events} == {(arn,)}
    common = {"command-id": command, "document-name": NAME}
    for event in events:
        detail = event["detail"]
        own = (
            {"instance-id": instance}
            if event["detail-type"] == INVOCATION
            else {"parameters": {"mac": ["02:00"]}, "expire-after": detail["expire-after"]}
        )
        assert detail == {
            **common,
            **own,
            "requested-date-time": detail["requested-date-time"],
            "status": detail["status"],
        }


def test_events_can_be_lost(account: ManagedLab, inbox: str) -> None:
    """They are best effort: to wait for one alone may be to wait forever."""
    account.cloud.control("PUT", "settings", {"ssm_events": False})
    instance = account.managed()
    account.document("true")
    command = account.send(instance)
    account.ended(command, instance)
    account.cloud.control("PUT", "settings", {"ssm_events": True})

    second = account.send(instance)

    def commands() -> set[str]:
        return {event["detail"]["command-id"] for event in received(account, inbox)}

    assert eventually(lambda: commands() == {second})
