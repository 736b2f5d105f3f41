"""Where the answer goes: to a full disk, or to a terminal that knows no foreign letters."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

FULL = Path("/dev/full")

SCRIPT = """
import sys
from dataclasses import replace
from dualhome.domain.states import State
from dualhome_cli.main import dualhome
from tests.support.builders.values import a_record
from tests.support.scenarios.stack import WAITING, a_stack_with
dualhome(sys.argv[1:], obj=a_stack_with(replace(WAITING, detail="caf\\u00e9")))
"""


def start(*words: str, output: int, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run `dualhome WORDS` in a process of its own, over a record with an accent."""
    return subprocess.run(
        [sys.executable, "-c", SCRIPT, *words],
        env={"PYTHONPATH": ":".join(sys.path), **variables},
        stdout=output,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )


@pytest.mark.skipif(not FULL.exists(), reason="only Linux has a disk always full")
@pytest.mark.parametrize("form", ["table", "json", "csv"])
def test_what_cannot_be_written_is_one_sentence(form: str) -> None:
    """A full disk is no defect of ours, and half an answer no success."""
    with FULL.open("w", encoding="utf-8") as full:
        done = start("status", "-o", form, output=full.fileno())

    said = "Error: The answer cannot be written: No space left on device."
    assert (3, said) == (done.returncode, done.stderr.splitlines()[-1])
    assert "Traceback" not in done.stderr
    assert "Exception" not in done.stderr


@pytest.mark.parametrize("form", ["table", "csv"])
def test_a_letter_that_the_terminal_does_not_know_is_escaped(form: str) -> None:
    """Tags have the letters of every language."""
    done = start("status", "-o", form, output=subprocess.PIPE, PYTHONIOENCODING="ascii")

    assert 0 == done.returncode, done.stderr
    assert r"caf\xe9" in done.stdout


@pytest.mark.parametrize("encoding", ["ascii", "utf-8"])
def test_json_is_json_in_any_encoding(encoding: str) -> None:
    """It has escapes of its own."""
    done = start("status", "-o", "json", output=subprocess.PIPE, PYTHONIOENCODING=encoding)

    (row,) = json.loads(done.stdout)
    assert "café" in row["detail"]
