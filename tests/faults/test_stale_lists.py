"""EC2's lists lag, lose tags and leave resources out while nothing changes."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.support.deployed.faults.runs import Run, Survived, attached, outcome
from tests.support.deployed.faults.stack import rests, sweep
from tests.support.deployed.faults.stale_lists import VERY_STALE, fresh_lists, stale_lists
from tests.support.deployed.stack import Stack
from tests.support.deployed.world import World
from tests.support.samples import size

pytestmark = pytest.mark.timeout(400)

SWEEPS = size(3, whole=6)
CASES = [f"attached {number}" for number in range(6)]


@pytest.fixture(scope="module")
def kept(world: World) -> Mapping[str, Survived]:
    """Sweep again and again over instances that ask for what they have."""
    with fresh_lists(world.stack.cloud):
        runs = attached(world, CASES)  # else a VPC whose tag is dropped refuses some at first
    with stale_lists(world.stack.cloud, **VERY_STALE):
        for _ in range(SWEEPS):
            sweep(world.stack)
            touch(runs)
            rests(world.stack)
    return outcome("EC2's lists are stale", runs)


def touch(runs: Mapping[str, Run]) -> None:
    """Let events request them all, without asking for anything else."""
    for run in runs.values():
        run.world.tag(run.instance, targets=run.target.name, policy="each")
        run.world.stack.ec2.delete_tags(Resources=[run.instance], Tags=[{"Key": "dualhome:policy"}])


@pytest.mark.parametrize("case", CASES)
def test_nothing_is_released_because_of_a_stale_list(
    kept: Mapping[str, Survived], case: str
) -> None:
    """Traffic of an instance must not end because one answer of EC2 lacked its tags."""
    it = kept[case]

    assert it.broken == []
    states = {move["to_state"] for move in it.run.stack.audit(it.run.instance)}
    assert states == {"claimed", "attaching", "attached"}, it.run.story()
    assert it.state == "attached"


def test_lists_are_stale_in_every_run(kept: Mapping[str, Survived], stack: Stack) -> None:
    """Otherwise all that is survived here is survived without them."""
    reads: dict[str, Any] = stack.cloud.stale_reads()

    assert kept
    assert min(reads["lagged"], reads["tags_dropped"], reads["resources_omitted"]) > 0, reads
