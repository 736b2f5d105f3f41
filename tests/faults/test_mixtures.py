"""Everything at once, as chance has it: a few seeds here, as many as one likes in `make soak`."""

import pytest

from tests.support.deployed.faults.mixture import play
from tests.support.deployed.faults.tally import TALLY
from tests.support.deployed.stack import Stack

SEEDS = (1, 2, 3)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_mixture_of_faults_and_hands_comes_to_rest_with_every_invariant(
    stack: Stack, seed: int
) -> None:
    """Faults meet each other as nobody would think of; `make soak SEED=n MINUTES=0` plays one."""
    it = play(stack, seed, TALLY)

    assert it.broken == [], it.known
    assert it.met.total() > 0
