"""One deployed stack for all tests; each test has a world of its own on it."""

from collections.abc import Iterator

import pytest

from tests.support.e2e_events import Inbox
from tests.support.e2e_stack import Stack, deployed
from tests.support.e2e_world import World


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The template on a local cloud that attaches quickly."""
    folder = tmp_path_factory.mktemp("localcloud")
    with deployed(folder, attach_seconds=0.1, detach_seconds=0.1) as it:
        yield it


@pytest.fixture(scope="session")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The template on a local cloud that asks its IAM policies about every call."""
    folder = tmp_path_factory.mktemp("guarded")
    with deployed(folder, attach_seconds=0.1, detach_seconds=0.1, auth=True) as it:
        yield it


@pytest.fixture(scope="session")
def inbox(stack: Stack) -> Inbox:
    """A subscriber of dualhome's events."""
    return Inbox.subscribe(stack)


@pytest.fixture
def world(stack: Stack) -> World:
    """Networks of this test's own."""
    return World(stack)
