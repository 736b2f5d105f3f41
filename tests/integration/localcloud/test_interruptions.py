"""Interruptions on order: errors, cuts, kills and holds at the n-th call, before it or after."""

import io
import json
import time
import zipfile
from collections.abc import Iterator
from threading import Thread
from typing import Any
from urllib.error import HTTPError

import pytest
from botocore.exceptions import ConnectionClosedError

from tests.integration.localcloud.cloud import Lab, eventually, refusal

CODE = """
import os
import boto3

def handler(event, context):
    sqs = boto3.client("sqs")
    sqs.send_message(QueueUrl=event["queue"], MessageBody=event["text"])
    return os.getpid()
"""


def order(lab: Lab, **fields: Any) -> int:
    """Order an interruption; return its number."""
    (number,) = lab.cloud.control("POST", "interruptions", [fields])["ordered"]
    return int(number)


def met(lab: Lab, number: int) -> int:
    """Return how many calls an order has met."""
    return int(lab.cloud.control("GET", "interruptions")[str(number)]["done"])


@pytest.fixture(autouse=True)
def nothing_left(lab: Lab) -> Iterator[None]:
    """Orders last for one test."""
    yield
    lab.cloud.control("DELETE", "interruptions")


@pytest.fixture
def queue(lab: Lab) -> str:
    """A queue of the account."""
    return str(lab.client("sqs").create_queue(QueueName="queue")["QueueUrl"])


def messages(lab: Lab, queue: str) -> int:
    """Return how many messages wait."""
    attributes = lab.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])
    return int(attributes["Attributes"]["ApproximateNumberOfMessages"])


def sender(lab: Lab, queue: str, text: str) -> Any:  # noqa: ANN401 - Lambda's answer
    """Run a function that sends ``text``; return its payload."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as code:
        code.writestr("app.py", CODE)
    functions = lab.client("lambda")
    if not functions.list_functions()["Functions"]:
        functions.create_function(
            FunctionName="sender",
            Runtime="python3.13",
            Role=f"arn:aws:iam::{lab.account}:role/sender",
            Handler="app.handler",
            Code={"ZipFile": archive.getvalue()},
            Timeout=60,
        )
    payload = json.dumps({"queue": queue, "text": text})
    return json.load(functions.invoke(FunctionName="sender", Payload=payload)["Payload"])


def test_an_error_is_worded_as_its_service_words_it(lab: Lab, queue: str) -> None:
    """SDKs read the code out of XML or JSON, and retry by it."""
    order(lab, do="error", code="RequestLimitExceeded", status=503, about="vpc-0123456789abcdef0")
    order(lab, do="error", service="sqs", action="SendMessage", code="RequestThrottled")

    ec2 = refusal(lab.ec2.describe_vpcs, VpcIds=["vpc-0123456789abcdef0"])
    sqs = refusal(lab.client("sqs").send_message, QueueUrl=queue, MessageBody="one")

    assert ("RequestLimitExceeded", "An interruption on order.") == ec2
    assert ("RequestThrottled", "An interruption on order.") == sqs
    assert messages(lab, queue) == 0


def test_an_errors_own_members_reach_the_caller(lab: Lab) -> None:
    """A cancelled transaction says why, item by item."""
    reasons = [{"Code": "TransactionConflict"}]
    code, fields = "TransactionCanceledException", {"CancellationReasons": reasons}
    order(lab, do="error", service="dynamodb", code=code, status=400, fields=fields)
    dynamodb = lab.client("dynamodb")

    with pytest.raises(dynamodb.exceptions.TransactionCanceledException) as caught:
        dynamodb.transact_write_items(TransactItems=[{"Delete": {"TableName": "t", "Key": {}}}])

    assert reasons == caught.value.response["CancellationReasons"]


@pytest.mark.parametrize(("when", "sent"), [("before", 0), ("after", 1)])
def test_a_cut_ends_the_connection_before_or_after_the_call_is_carried_out(
    lab: Lab, queue: str, when: str, sent: int
) -> None:
    """The caller cannot tell one from the other, and must ask."""
    order(lab, do="cut", when=when, service="sqs", action="SendMessage")

    with pytest.raises(ConnectionClosedError):
        lab.client("sqs").send_message(QueueUrl=queue, MessageBody="one")

    assert messages(lab, queue) == sent


@pytest.mark.parametrize(("when", "sent"), [("before", 0), ("after", 1)])
def test_a_kill_ends_the_function_that_calls(lab: Lab, queue: str, when: str, sent: int) -> None:
    """As Lambda does when memory or time is out; the error has the name that AWS gives it."""
    order(lab, do="kill", when=when, principal="sender", service="sqs")

    answer = sender(lab, queue, "one")

    assert answer["errorType"] == "Runtime.ExitError"
    assert messages(lab, queue) == sent


def test_the_next_invocation_runs_in_a_new_process(lab: Lab, queue: str) -> None:
    """Only what was killed is dead."""
    before = sender(lab, queue, "one")
    order(lab, do="kill", principal="sender", service="sqs")
    sender(lab, queue, "two")

    after = sender(lab, queue, "three")

    assert isinstance(after, int)
    assert before != after


def test_a_hold_lasts_until_it_is_called_off(lab: Lab, queue: str) -> None:
    """Meanwhile a test can do what an operator might have done."""
    number = order(lab, do="hold", service="sqs", action="SendMessage")
    sending = Thread(
        target=lab.client("sqs").send_message, kwargs={"QueueUrl": queue, "MessageBody": "one"}
    )

    sending.start()
    assert eventually(lambda: met(lab, number) == 1)
    time.sleep(0.2)
    held = messages(lab, queue)
    ended = lab.cloud.control("DELETE", f"interruptions/{number}")
    sending.join(60)

    assert (held, messages(lab, queue)) == (0, 1)
    assert ended[str(number)]["done"] == 1


def test_the_nth_call_is_met_and_as_many_after_it_as_ordered(lab: Lab) -> None:
    """A test reaches each step of a flow by its number."""
    number = order(lab, do="error", action="DescribeVpcs", code="Unavailable", nth=2, times=2)

    answers = []
    for _ in range(4):
        try:
            lab.ec2.describe_vpcs()
            answers.append("ok")
        except lab.ec2.exceptions.ClientError as error:
            answers.append(error.response["Error"]["Code"])

    assert ["ok", "Unavailable", "Unavailable", "ok"] == answers
    assert met(lab, number) == 2


def test_calls_of_a_function_are_met_by_what_its_event_is_about(lab: Lab, queue: str) -> None:
    """Also calls that do not name it themselves, and no call of another invocation."""
    number = order(lab, do="error", code="InternalError", about="first", service="sqs", times=9)

    second = sender(lab, queue, "second")
    first = sender(lab, queue, "first")

    assert isinstance(second, int)
    assert first["errorType"] == "ClientError"
    assert met(lab, number) >= 1


@pytest.mark.parametrize(
    "wrong", [{}, {"do": "explode"}, {"do": "cut", "when": "never"}, {"do": "cut", "nth": 0}]
)
def test_a_wrong_order_is_refused(lab: Lab, wrong: dict[str, Any]) -> None:
    """A fault that is never met would prove nothing."""
    with pytest.raises(HTTPError) as caught:
        lab.cloud.control("POST", "interruptions", [wrong])

    with caught.value as answer:
        assert answer.status == 400
