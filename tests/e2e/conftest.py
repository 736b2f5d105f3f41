"""
Four deployed stacks for all tests, each of which has a world of its own on one of them.

What a test says of a stack as a whole, it says of ``apart``: on the others it would depend on what
tests before it have left.
"""

from collections.abc import Generator, Iterable, Iterator

import pytest

from localcloud.packets.commands import missing
from tests.support.deployed.account import comes_to_rest
from tests.support.deployed.attachments import Attached
from tests.support.deployed.events import Inbox
from tests.support.deployed.stack import Stack, as_found, deployed
from tests.support.deployed.world import World

PASSED = pytest.StashKey[bool]()
CROWDS = {"test_budget", "test_crowd", "test_status_tags"}
"""Each leaves dozens of instances, which every sweep and every `doctor` afterwards reads."""


@pytest.fixture(scope="session")
def stack_of_all(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """``stack``, for what lasts longer than a module."""
    folder = tmp_path_factory.mktemp("localcloud")
    with deployed(folder, attach_seconds=0.1, detach_seconds=0.1) as it:
        yield it


@pytest.fixture(scope="session")
def guarded_of_all(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """``guarded``, likewise."""
    folder = tmp_path_factory.mktemp("guarded")
    with deployed(folder, attach_seconds=0.1, detach_seconds=0.1, auth=True) as it:
        yield it


@pytest.fixture(scope="session")
def apart_of_all(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """``apart``, likewise."""
    folder = tmp_path_factory.mktemp("apart")
    with deployed(folder, attach_seconds=0.1, detach_seconds=0.1) as it:
        yield it


@pytest.fixture(scope="session")
def carrying_of_all(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The template on a local cloud that carries packets."""
    if lacking := missing():
        pytest.skip(lacking)
    folder = tmp_path_factory.mktemp("carrying")
    with deployed(folder, attach_seconds=0.1, detach_seconds=0.1, packets=True) as it:
        yield it


@pytest.fixture(scope="module")
def stack(stack_of_all: Stack) -> Iterator[Stack]:
    """The template on a local cloud that attaches quickly."""
    with as_found(stack_of_all):
        yield stack_of_all


@pytest.fixture(scope="module")
def guarded(guarded_of_all: Stack) -> Iterator[Stack]:
    """The template on a local cloud that asks its IAM policies about every call."""
    with as_found(guarded_of_all):
        yield guarded_of_all


@pytest.fixture(scope="module")
def apart(apart_of_all: Stack) -> Iterator[Stack]:
    """A stack on which little is left, for tests about all that there is; they may pause it."""
    with as_found(apart_of_all):
        yield apart_of_all


@pytest.fixture(scope="session")
def inbox(stack_of_all: Stack) -> Inbox:
    """A subscriber of dualhome's events."""
    return Inbox.subscribe(stack_of_all)


@pytest.fixture
def world(stack: Stack) -> World:
    """Networks of this test's own."""
    return World(stack)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the crowds come last."""
    items.sort(key=lambda item: item.path.stem in CROWDS)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Remember which tests pass: only what they leave is checked."""
    report = yield
    item.stash[PASSED] = call.when == "call" and report.passed
    return report


@pytest.fixture(autouse=True)
def comes_to_rest_in_the_end(request: pytest.FixtureRequest) -> Iterator[None]:
    """Whatever a test is about: once its part of the account is quiet, the invariants hold."""
    before = len(World.made)
    yield
    if request.node.stash.get(PASSED, False):
        for world in _worlds(request.node.funcargs.values(), World.made[before:]):
            comes_to_rest(world.stack, world.instances, world.by_hand)


def _worlds(arguments: Iterable[object], made: Iterable[World]) -> list[World]:
    shared = [it.world if isinstance(it, Attached) else it for it in arguments]
    return list({id(it): it for it in (*shared, *made) if isinstance(it, World)}.values())
