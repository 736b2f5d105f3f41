"""Tests that share what is slow stay together when they run side by side."""

import re
import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import pytest

from tests.support.groups import FILES as GROUPED
from tests.support.groups import arrange, group_of
from tests.support.readers.template import ROOT

FILES = ("tests/unit/cli/test_terminal.py", "tests/unit/cli/test_times.py")
PASSED = re.compile(r"^\[(gw\d)\].* PASSED (\S+?)::", re.MULTILINE)


def an_item(nodeid: str, *fixtures: str) -> Any:  # noqa: ANN401 - what is needed of one
    """Return a test as pytest collects it."""
    return SimpleNamespace(nodeid=nodeid, fixturenames=fixtures)


def test_the_tests_of_a_file_run_on_one_worker() -> None:
    """Else each worker makes each fixture of a module, and deploys each stack, again."""
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", *FILES, "-v", "-p", "no:cacheprovider"),
            *("--numprocesses", "2", "--dist", "loadgroup"),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    places = PASSED.findall(done.stdout)
    assert 0 == done.returncode, done.stdout
    assert {*FILES} == {file for _, file in places}
    assert len(FILES) == len(set(places))


def test_longest_groups_come_first_each_in_its_own_order() -> None:
    """Else one worker works through them alone, when the others have nothing left to do."""
    unit, plan, denied = (
        "tests/unit/test_x.py::a",
        "tests/e2e/test_x.py::a",
        "tests/e2e/test_x.py::b",
    )
    items = [an_item(it) for it in (unit, denied, "tests/faults/test_x.py::a", plan)]

    arrange(items)

    assert ["tests/faults/test_x.py::a", denied, plan, unit] == [it.nodeid for it in items]


def test_a_test_that_uses_the_stack_of_another_group_is_refused() -> None:
    """It would be deployed once more, and only the clock would show it."""
    stray = an_item("tests/e2e/test_attach.py::a", "guarded_of_all")

    with pytest.raises(pytest.UsageError, match="group e2e and uses guarded_of_all"):
        arrange([stray])


def test_every_file_of_a_group_exists() -> None:
    """A file that was renamed would silently be in the group of its folder."""
    assert all((ROOT / file).exists() for file in GROUPED)
    assert "tests/unit/test_x.py" == group_of("tests/unit/test_x.py::test_a[::]")
