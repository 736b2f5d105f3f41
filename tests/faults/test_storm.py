"""Hundreds of attachments are asked for at once, under EC2's published request limits."""

import time
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.support.deployed.account import broken
from tests.support.deployed.calls import RECONCILER, Calls
from tests.support.deployed.faults.counts import COUNTS
from tests.support.deployed.faults.stack import breakable, comes_to_rest
from tests.support.deployed.stack import Stack
from tests.support.deployed.waiting import until
from tests.support.deployed.world import World
from tests.support.samples import size

INSTANCES, TARGETS = size(70, whole=200), ("mgmt", "data", "store")

SPEED, BATCH = 4.0, 50
REST_SECONDS = 400
POLL_SECONDS = 2

TIGHT, MANY = 0.1, 30
"""A tenth of EC2's limits refuses calls on the slowest machine; after so many the whole holds."""

pytestmark = pytest.mark.timeout(900)


@pytest.fixture
def storm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A stack of its own, with batches as deployed; its clock leaves time for them."""
    with breakable(tmp_path_factory.mktemp("storm"), batch=BATCH, speed=SPEED) as it:
        yield it


def test_a_storm_under_ec2s_limits_ends_with_every_target_attached(storm: Stack) -> None:
    """EC2 accepts five attaches a second; what is refused is requeued, and no instance is lost."""
    world = World(storm)
    targets = [world.target(name) for name in TARGETS]
    for target in targets * INSTANCES:
        target.interface()
    comes_to_rest(storm)
    calls, began = Calls.from_now(storm), storm.cloud.now()
    storm.cloud.settings(throttle_scale=TIGHT)

    words = " ".join(target.name for target in targets)
    world.launch(targets=words, count=INSTANCES, type_="m5.xlarge")
    until(lambda: _throttled(calls) >= MANY, seconds=REST_SECONDS)
    storm.cloud.settings(throttle_scale=1)
    until(lambda: _are_attached(storm, world), seconds=REST_SECONDS)
    seconds = (storm.cloud.now() - began).total_seconds()
    storm.cloud.settings(throttle_scale=0)
    comes_to_rest(storm, seconds=REST_SECONDS)

    found = broken(storm, instances=world.instances)
    COUNTS.note("storm, throttled", faults=_throttled(calls), seconds=seconds, broken=bool(found))
    assert found == []


def _throttled(calls: Calls) -> int:
    time.sleep(POLL_SECONDS)
    return Counter(it["outcome"] for it in calls.of(RECONCILER))["RequestLimitExceeded"]


def _are_attached(stack: Stack, world: World) -> bool:
    time.sleep(POLL_SECONDS)
    names = [world.named(name) for name in TARGETS]
    records = [it for name in names for it in stack.items_of_target(name)]
    return Counter(it["state"] for it in records) == {"attached": INSTANCES * len(TARGETS)}
