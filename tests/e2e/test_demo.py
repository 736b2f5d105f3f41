"""`make demo`, as a user runs it: its steps are shown, checked, and leave nothing behind."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.readers.processes import comes_true, is_listening
from tests.support.readers.template import ROOT

LINES = (
    r"\$ dualhome targets",
    r"\(a\) Launched with the tag",
    r"\$ dualhome status i-\w+\n +Instance +Target +State +Interface",
    r"mgmt, as in EC2 +attached at index 1, us-east-1b",
    r"\(b\) Tagged later",
    r"\$ dualhome plan i-\w+ --targets 'mgmt data@2'",
    r"data@2: would attach eni-\w+ at index 2",
    r"data, as planned +eni-",
    r"data, as in EC2 +attached at index 2, us-east-1a",
    r"data, warning +OVERLAPPING_CIDR",
    r"\(c\) No pool in its zone",
    r"mgmt: would be refused: NO_INTERFACE_IN_ZONE",
    r"tag on batch-1 +mgmt=refused:NO_INTERFACE_IN_ZONE",
    r"\(d\) A VPC that the target does not admit",
    r"mgmt: would be refused: NOT_ALLOWED",
    r"tag on guest-1 +mgmt=refused:NOT_ALLOWED",
    r"\(e\) The same event again",
    r"watched for +5 s",
    r"\(f\) Target removed",
    r"free again, in EC2 +eni-",
    r"\(g\) The history of web-2",
    r"data +released +tag change",
    r"\(h\) Times, calls",
    r"dead letters +0 in 5 queues",
    r"\$ dualhome report --html .local/demo/report.html\n +4 attachments",
    r"expectations met in \d+ s; nothing is left running",
)
"""Lines of the demo, in this order or another."""


@pytest.fixture
def demo() -> Iterator[subprocess.Popen[str]]:
    """Start the demo; end it if the test does not."""
    with subprocess.Popen(
        [sys.executable, "-m", "demo"],
        env=os.environ | {"PYTHONPATH": f"{ROOT}/layers/dualhome:{ROOT}/tools", "COLUMNS": "80"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        yield process
        process.terminate()


def test_the_demo_meets_its_expectations_and_leaves_nothing_running(
    demo: subprocess.Popen[str],
) -> None:
    """It is the first thing that a newcomer sees, and a promise about all that it shows."""
    before = running()

    said, _ = demo.communicate()

    assert demo.returncode == 0, said
    for line in LINES:
        assert re.search(line, said), f"{line}\n{said}"
    assert "\x1b" not in said
    assert max(len(line) for line in said.splitlines()) <= 80
    assert not is_listening(address_in(said))
    assert comes_true(lambda: not running() - before)


def test_an_interrupted_demo_leaves_nothing_running(demo: subprocess.Popen[str]) -> None:
    """Ctrl-C is how most people end what they have seen enough of."""
    before = running()
    assert demo.stdout is not None
    said = ""
    while "a local AWS at" not in said:
        line = demo.stdout.readline()
        assert line, said
        said += line

    demo.send_signal(signal.SIGINT)
    rest, _ = demo.communicate()

    assert demo.returncode == 128 + signal.SIGINT
    assert "interrupted; nothing is left running" in rest
    assert not is_listening(address_in(said))
    assert comes_true(lambda: not running() - before)


def address_in(said: str) -> str:
    """Return where the demo's local cloud was."""
    found = re.search(r"http://127\.0\.0\.1:\d+", said)
    assert found, said
    return found[0]


def running() -> set[int]:
    """Return the processes that work in the demo's folder; none outside Linux."""
    return {
        int(entry.name)
        for entry in Path("/proc").glob("[0-9]*")
        if str(ROOT / ".local" / "demo") in _command(entry)
    }


def _command(entry: Path) -> str:
    try:
        return (entry / "cmdline").read_bytes().decode(errors="replace")
    except OSError:  # it has ended meanwhile
        return ""
