"""Rounds of `make soak`: everything at once, from one known seed and from the commit's own."""

from collections.abc import Iterator

import pytest

from tests.support import samples
from tests.support.deployed.faults.counts import COUNTS
from tests.support.deployed.faults.mixture import play
from tests.support.deployed.faults.stack import BATCH, batches
from tests.support.deployed.stack import Stack

SEEDS = sorted({samples.FIXED, samples.seed()})


@pytest.fixture(scope="module", autouse=True)
def batches_as_deployed(stack: Stack) -> Iterator[None]:
    """Let an invocation take as many messages as it takes in a soak."""
    with batches(stack, BATCH):
        yield


@pytest.mark.parametrize("seed", SEEDS)
def test_a_mixture_of_faults_and_manual_actions_comes_to_rest_with_every_invariant(
    stack: Stack, seed: int
) -> None:
    """Faults meet in ways that no list foresees; `make soak SEED=n MINUTES=0` repeats a round."""
    it = play(stack, seed, COUNTS)

    assert it.broken == [], it.known
    assert it.met.total() > 0
