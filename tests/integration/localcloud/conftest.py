"""One local AWS for all tests that need no special one, and an account for each test."""

from collections.abc import Iterator
from itertools import count

import pytest

from tests.integration.localcloud.cloud import AT_ONCE, Cloud, Lab, running_cloud
from tests.integration.localcloud.guarded import Scene
from tests.integration.localcloud.inbox import Inbox

ACCOUNTS = count(100_000_000_001)


@pytest.fixture(scope="session")
def shared_cloud() -> Iterator[Cloud]:
    """A local AWS in which nothing takes time."""
    with running_cloud(*AT_ONCE) as cloud:
        yield cloud


@pytest.fixture
def cloud(shared_cloud: Cloud) -> Iterator[Cloud]:
    """The shared local AWS; settings, alternatives, faults and stale reads last for one test."""
    settings = shared_cloud.control("GET", "settings")
    alternatives = shared_cloud.control("GET", "alternatives")
    yield shared_cloud
    shared_cloud.control("PUT", "settings", settings)
    shared_cloud.control("PUT", "alternatives", alternatives)
    shared_cloud.control("DELETE", "faults")
    shared_cloud.control("DELETE", "stale-reads")


@pytest.fixture
def lab(cloud: Cloud) -> Lab:
    """An account of the test's own."""
    return Lab(cloud, str(next(ACCOUNTS)))


@pytest.fixture
def inbox(lab: Lab) -> Inbox:
    """Listen to what EC2 publishes from now on."""
    return Inbox.of(lab)


@pytest.fixture(scope="session")
def guarded_cloud() -> Iterator[Cloud]:
    """A local AWS that enforces IAM."""
    with running_cloud(*AT_ONCE, "--auth") as cloud:
        yield cloud


@pytest.fixture
def scene(guarded_cloud: Cloud) -> Scene:
    """An account of the test's own, under IAM enforcement."""
    return Scene(guarded_cloud, str(next(ACCOUNTS)))
