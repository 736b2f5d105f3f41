"""The implementations that each port is held against."""

from collections.abc import Iterator
from functools import partial
from itertools import count
from pathlib import Path

import pytest

from localcloud.client.lifecycle import LocalCloud
from tests.support.readers.template import load
from tests.support.worlds.ec2 import Ec2World
from tests.support.worlds.in_memory import InMemoryWorld
from tests.support.worlds.ledgers import (
    Books,
    MakeBooks,
    dynamodb_books,
    ids,
    in_memory_books,
    tables,
)
from tests.support.worlds.local import LocalWorld

ACCOUNTS = count(200_000_000_001)


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    """A local cloud in which nothing takes time."""
    directory: Path = tmp_path_factory.mktemp("cloud")
    with LocalCloud.start(directory, attach_seconds=0, detach_seconds=0) as cloud:
        cloud.settings(instance_seconds=0)
        yield cloud


@pytest.fixture
def local_world(cloud: LocalCloud) -> Iterator[LocalWorld]:
    """An account of the test's own in the local cloud."""
    yield LocalWorld(cloud, str(next(ACCOUNTS)))
    cloud.clear_faults()


@pytest.fixture(params=["in memory", "local EC2"])
def world(request: pytest.FixtureRequest) -> Ec2World:
    """Each EC2 in turn."""
    if request.param == "in memory":
        return InMemoryWorld()
    local: LocalWorld = request.getfixturevalue("local_world")
    return local


@pytest.fixture(params=["in memory", "DynamoDB"])
def make_books(request: pytest.FixtureRequest) -> Iterator[MakeBooks]:
    """Each ledger in turn, to be made with a source of ids."""
    if request.param == "in memory":
        yield in_memory_books
    else:
        with tables() as client:
            yield partial(dynamodb_books, client)


@pytest.fixture
def books(make_books: MakeBooks) -> Books:
    """Each ledger in turn, empty."""
    return make_books(ids())


@pytest.fixture
def environment_of_functions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set what the template tells Powertools: the metrics' namespace and service."""
    variables = load()["Globals"]["Function"]["Environment"]["Variables"]
    for name, value in variables.items():
        if name.startswith("POWERTOOLS_"):
            monkeypatch.setenv(name, value)
