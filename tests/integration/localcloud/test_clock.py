"""A faster clock: what waits for minutes on AWS waits for seconds, and tells the time it saw."""

import io
import json
import time
import zipfile
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from tests.integration.localcloud.cloud import AT_ONCE, Lab, eventually, running_cloud
from tests.support.readers.processes import comes_true

SPEED = 20.0
SLACK = 0.02
"""Seconds by which two clocks of one machine may drift apart while a test lasts."""
CODE = """
from datetime import UTC, datetime

def handler(event, context):
    now = datetime.now(UTC)
    return [now.isoformat(), isinstance(now, datetime), isinstance(now - now, datetime)]
"""


@pytest.fixture(scope="module")
def fast() -> Iterator[Lab]:
    """A local AWS on which a minute takes three seconds."""
    with running_cloud(*AT_ONCE, "--clock-speed", str(SPEED)) as cloud:
        yield Lab(cloud, "400000000001")


def now(lab: Lab) -> datetime:
    """Return the time on its clock."""
    return datetime.fromisoformat(lab.cloud.control("GET", "clock")["now"])


def test_the_clock_runs_faster(fast: Lab) -> None:
    """By the factor it was given."""
    earliest, before, latest = time.monotonic(), now(fast), time.monotonic()

    time.sleep(0.5)

    soonest, after, last = time.monotonic(), now(fast), time.monotonic()
    passed = (after - before).total_seconds() / SPEED
    assert soonest - latest - SLACK <= passed <= last - earliest + SLACK


def test_a_function_sees_the_faster_time(fast: Lab) -> None:
    """What it leaves alone for a minute it leaves alone for three seconds."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as code:
        code.writestr("app.py", CODE)
    functions = fast.client("lambda")
    functions.create_function(
        FunctionName="clock",
        Runtime="python3.13",
        Role="arn:aws:iam::400000000001:role/clock",
        Handler="app.handler",
        Code={"ZipFile": archive.getvalue()},
    )

    earliest = now(fast)
    answer = json.load(functions.invoke(FunctionName="clock", Payload=b"{}")["Payload"])

    seen, is_datetime, difference_is = answer
    assert earliest <= datetime.fromisoformat(seen) <= now(fast)
    assert (is_datetime, difference_is) == (True, False)


def test_a_delayed_message_comes_sooner(fast: Lab) -> None:
    """The delay is measured on the faster clock."""
    sqs = fast.client("sqs")
    queue = sqs.create_queue(QueueName="delayed")["QueueUrl"]
    began = now(fast)
    sqs.send_message(QueueUrl=queue, MessageBody="late", DelaySeconds=200)

    assert "Messages" not in sqs.receive_message(QueueUrl=queue)
    assert comes_true(lambda: "Messages" in sqs.receive_message(QueueUrl=queue))
    assert now(fast) - began >= timedelta(seconds=200)


def test_a_state_machine_waits_less(fast: Lab) -> None:
    """Sixty seconds of a Wait state are three."""
    states = {"Wait": {"Type": "Wait", "Seconds": 60, "End": True}}
    sfn = fast.client("stepfunctions")
    machine = sfn.create_state_machine(
        name="waiting",
        definition=json.dumps({"StartAt": "Wait", "States": states}),
        roleArn="arn:aws:iam::400000000001:role/machine",
    )["stateMachineArn"]

    run = sfn.start_execution(stateMachineArn=machine)["executionArn"]

    assert sfn.describe_execution(executionArn=run)["status"] == "RUNNING"
    assert eventually(lambda: sfn.describe_execution(executionArn=run)["status"] == "SUCCEEDED")
