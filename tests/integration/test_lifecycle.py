"""A local cloud of one's own lives as long as its owner, however the owner ends."""

import io
import signal
import socket
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import pytest

from localcloud.client.environment import client_environment
from localcloud.client.lifecycle import LocalCloud
from localcloud.client.server_process import ServerError
from tests.support.readers.processes import comes_true, is_alive, is_listening

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

TOOLS = Path(__file__).parents[2] / "tools"
OWNER = """
import sys, time
from pathlib import Path
from localcloud.client.lifecycle import LocalCloud

with LocalCloud.start(Path(sys.argv[1])) as cloud:
    print(cloud.endpoint, flush=True)
    time.sleep(600)
"""
HANDLER = "import os\ndef handler(event, context):\n    return os.getpid()\n"


def worker_of(functions: "LambdaClient") -> int:
    """Invoke a function; return the id of the process that ran it and waits for more."""
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as files:
        files.writestr("app.py", HANDLER)
    functions.create_function(
        FunctionName="worker",
        Role="arn:aws:iam::111122223333:role/worker",
        Runtime="python3.13",
        Handler="app.handler",
        Code={"ZipFile": package.getvalue()},
    )
    return int(functions.invoke(FunctionName="worker")["Payload"].read())


def test_leaving_the_block_ends_the_server_and_its_workers(tmp_path: Path) -> None:
    """A test that is over leaves no process behind."""
    with LocalCloud.start(tmp_path) as cloud:
        worker = worker_of(cloud.client("lambda"))
        assert is_alive(worker)

    assert not is_listening(cloud.endpoint)
    assert comes_true(lambda: not is_alive(worker))


def test_a_killed_owner_takes_the_server_and_its_workers_with_it(tmp_path: Path) -> None:
    """`kill -9` of a test run or of the demo leaves no process behind either."""
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER, str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        env={"PYTHONPATH": str(TOOLS)},
    )
    with owner:
        assert owner.stdout is not None
        endpoint = owner.stdout.readline().strip()
        worker = worker_of(client_at(endpoint))
        owner.send_signal(signal.SIGKILL)

    assert comes_true(lambda: not is_listening(endpoint))
    assert comes_true(lambda: not is_alive(worker))


def client_at(endpoint: str) -> "LambdaClient":
    """Return a client that was given what `.local/env` would give it."""
    given = client_environment(endpoint)
    return boto3.client(
        "lambda",
        endpoint_url=given["AWS_ENDPOINT_URL"],
        aws_access_key_id=given["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=given["AWS_SECRET_ACCESS_KEY"],
        region_name=given["AWS_REGION"],
    )


def test_a_taken_port_is_replaced_by_a_free_one(tmp_path: Path) -> None:
    """Two checkouts run side by side, and no developer's own server is disturbed."""
    with socket.create_server(("127.0.0.1", 0)) as theirs:
        taken = theirs.getsockname()[1]

        with LocalCloud.start(tmp_path, port=taken) as cloud:
            assert cloud.endpoint != f"http://127.0.0.1:{taken}"
            assert cloud.client("sts").get_caller_identity()["Account"] == "111122223333"


def test_a_server_that_does_not_start_says_why(tmp_path: Path) -> None:
    """No log file has to be searched for to learn what was wrong."""
    with (
        pytest.raises(ServerError, match=r"ended with status 2(.|\n)*invalid float value: 'soon'"),
        LocalCloud.start(tmp_path, attach_seconds="soon"),  # type: ignore[arg-type]
    ):
        pytest.fail("it started")
