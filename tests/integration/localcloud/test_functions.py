"""Functions: errors keep their class names, calls are made with the role, nothing stays behind."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.integration.localcloud.cloud import AT_ONCE, Cloud, Lab, eventually, running_cloud
from tests.support.readers.processes import is_alive

CODE = '''
import os
import time
import boto3

class SlotTakenError(Exception):
    """An error of the function's own."""

def raises(event, context):
    raise SlotTakenError("index 1")

def describes(event, context):
    boto3.client("ec2").describe_vpcs()

def sleeps(event, context):
    with open(event["file"], "w") as file:
        file.write(str(os.getpid()))
    time.sleep(300)
'''


def make_function(lab: Lab, handler: str) -> str:
    """Make a function of this module's code; return its ARN."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as code:
        code.writestr("app.py", CODE)
    made = lab.client("lambda").create_function(
        FunctionName=handler,
        Runtime="python3.13",
        Role=f"arn:aws:iam::{lab.account}:role/reconciler",
        Handler=f"app.{handler}",
        Code={"ZipFile": archive.getvalue()},
        Timeout=300,
    )
    return str(made["FunctionArn"])


def invoke(lab: Lab, handler: str) -> Any:  # noqa: ANN401 - what the function answers
    """Call a function of this module's code; return its payload."""
    make_function(lab, handler)
    answer = lab.client("lambda").invoke(FunctionName=handler, Payload=b"{}")
    return json.load(answer["Payload"])


def start_sleeper(lab: Lab, note: Path) -> int:
    """Start a function that takes minutes; return its process id."""
    make_function(lab, "sleeps")
    lab.client("lambda").invoke(
        FunctionName="sleeps", InvocationType="Event", Payload=json.dumps({"file": str(note)})
    )
    assert eventually(lambda: note.exists() and bool(note.read_text()))
    return int(note.read_text())


def test_an_error_is_reported_by_its_class_name(lab: Lab) -> None:
    """Plain ministack calls every error Runtime.HandlerError."""
    answer = invoke(lab, "raises")

    assert (answer["errorType"], answer["errorMessage"]) == ("SlotTakenError", "index 1")


def test_a_state_machine_catches_an_error_by_its_class_name(lab: Lab) -> None:
    """Retry and Catch know names, not inheritance."""
    states = {
        "Try": {
            "Type": "Task",
            "Resource": make_function(lab, "raises"),
            "Catch": [{"ErrorEquals": ["SlotTakenError"], "Next": "Caught"}],
            "End": True,
        },
        "Caught": {"Type": "Succeed"},
    }
    sfn = lab.client("stepfunctions")
    machine = sfn.create_state_machine(
        name="machine",
        definition=json.dumps({"StartAt": "Try", "States": states}),
        roleArn=f"arn:aws:iam::{lab.account}:role/machine",
    )["stateMachineArn"]

    run = sfn.start_execution(stateMachineArn=machine)["executionArn"]

    assert eventually(lambda: sfn.describe_execution(executionArn=run)["status"] != "RUNNING")
    ended = sfn.describe_execution(executionArn=run)
    assert (ended["status"], json.loads(ended["output"])["Error"]) == (
        "SUCCEEDED",
        "SlotTakenError",
    )


def test_a_functions_calls_are_noted_with_its_role(lab: Lab) -> None:
    """Else the calls of one function could not be counted."""
    invoke(lab, "describes")

    calls = lab.cloud.control("GET", "calls?since=0")["calls"]
    mine = [call for call in calls if call["account"] == lab.account]
    assert ("DescribeVpcs", "reconciler") in {(c["action"], c["principal"]) for c in mine}


@pytest.mark.parametrize("shown", [True, False])
def test_no_process_and_no_file_outlives_the_server(
    shown: bool,  # noqa: FBT001 - pytest passes parameters by name
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whether it is told to stop or its parent crashed, and although a function runs."""
    scratch, note = tmp_path / "scratch", tmp_path / "note"
    scratch.mkdir()
    monkeypatch.setenv("TMPDIR", str(scratch))
    with running_cloud(*AT_ONCE) as cloud:
        worker = start_sleeper(Lab(cloud, "300000000001"), note)

        if shown:
            cloud.process.terminate()
        else:
            assert cloud.process.stdin
            cloud.process.stdin.close()

        assert cloud.process.wait(60) == 0
        assert not is_alive(worker)
        assert list(scratch.iterdir()) == []


@pytest.mark.skipif(
    not Path("/proc/net/tcp").exists(), reason="only Linux has a table of its sockets"
)
def test_a_server_listens_on_loopback_only(cloud: Cloud) -> None:
    """It hands out administrator's rights to any client that reaches it."""
    tables = [Path(f"/proc/{cloud.process.pid}/net/{name}") for name in ("tcp", "tcp6")]
    port = f":{int(cloud.url.rpartition(':')[2]):04X}"
    lines = [line.split() for table in tables for line in table.read_text().splitlines()[1:]]
    listening = [line[1] for line in lines if line[3] == "0A" and line[1].endswith(port)]

    assert listening == [f"0100007F{port}"]
