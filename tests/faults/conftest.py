"""One stack to break for all tests here but the storm, which has its own; its clock runs fast."""

from collections.abc import Iterator, Mapping

import pytest

from tests.support.deployed.faults.counts import COUNTS
from tests.support.deployed.faults.runs import Run, attached, prepare
from tests.support.deployed.faults.stack import LEFT_ALONE, breakable
from tests.support.deployed.stack import Stack, as_found
from tests.support.deployed.world import World

NEVER = 100_000.0


@pytest.fixture(scope="session")
def breakable_of_all(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """``stack``, for what lasts longer than a module."""
    with breakable(tmp_path_factory.mktemp("faults")) as it:
        yield it


@pytest.fixture(scope="session")
def never_ending(breakable_of_all: Stack) -> Mapping[str, Run]:
    """An attach and a detach that EC2 never ends; they take minutes, so they begin first."""
    world = World(breakable_of_all)
    runs = attached(world, ["detaching"]) | prepare(world, ["attaching"])
    with as_found(world.stack):
        world.stack.cloud.settings(attach_seconds=NEVER, detach_seconds=NEVER)
        runs["attaching"].ask()
        runs["detaching"].leave()
        for status, run in runs.items():
            shown = world.stack.attachments
            world.until(lambda: shown(run.instance).get(1, ("", ""))[1] == status)  # noqa: B023
    LEFT_ALONE.add(runs["detaching"].instance)
    return runs


@pytest.fixture(scope="module")
def stack(breakable_of_all: Stack, never_ending: Mapping[str, Run]) -> Iterator[Stack]:
    """The deployed template, one message to an invocation; what a module orders ends with it."""
    assert never_ending
    with as_found(breakable_of_all):
        yield breakable_of_all


@pytest.fixture(scope="module")
def world(stack: Stack) -> World:
    """Networks of the module's own."""
    return World(stack)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """
    Ask last for what began first; list an account first while there is little in it.

    Each stale list of many instances leaves out some: every sweep has more to read again.
    """
    order = {"test_stale_lists": -1, "test_never_ending": 1}
    items.sort(key=lambda item: order.get(item.path.stem, 0))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show what was broken, and how long the stack took to recover, on its own clock."""
    if COUNTS.rows:
        terminalreporter.write_sep("=", "faults survived")
        for line in COUNTS.lines():
            terminalreporter.write_line(line)
