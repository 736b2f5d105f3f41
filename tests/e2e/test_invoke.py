"""`make invoke`: a function of the checkout on a file of `events/`, as the deployed one runs."""

import fcntl
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.deployed.stack import Stack
from tests.support.readers.template import ROOT


@pytest.fixture
def directory(stack: Stack, tmp_path: Path) -> Iterator[Path]:
    """Where a local cloud in the background would say that it runs; here it is the tests' own."""
    here = {"pid": os.getpid(), "endpoint": stack.cloud.endpoint, "region": stack.cloud.region}
    with (tmp_path / "localcloud.json").open("w") as state:
        fcntl.flock(state, fcntl.LOCK_EX)
        json.dump(here, state)
        state.flush()
        yield tmp_path


@pytest.mark.parametrize(
    ("function", "event", "logged", "failed"),
    [
        ("reconcile_instances", "instance-running.json", '"message":"reconcile"', 0),
        ("reconcile_instances", "reconcile-batch.json", "not an event in JSON", 1),
        ("publish_changes", "publish-batch.json", '"Moves"', 0),
        ("write_status", "status-request.json", '"Ec2Calls"', 0),
    ],
)
def test_a_function_handles_a_file_of_events(
    directory: Path, function: str, event: str, logged: str, failed: int
) -> None:
    """The author of a handler can try it on a payload of AWS's own shape."""
    words = ["--function", function, "--event", f"events/{event}", "--directory", str(directory)]

    done = subprocess.run(
        [sys.executable, "-m", "localcloud.invoke", *words],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": "tools"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    said, answer, failures = done.stdout.rpartition('"batchItemFailures": ')
    assert logged in said
    assert answer
    assert failed == len(json.loads(failures.rstrip()[:-1]))
