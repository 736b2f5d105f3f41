"""At each step somebody deletes the interface, attaches it elsewhere, or ends the instance."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import product

import pytest

from tests.faults.manual_actions import HANDS
from tests.support.deployed.faults.runs import (
    DETACHER,
    LOOKER,
    RECONCILER,
    SETTLER,
    Run,
    Survived,
    attached,
    outcome,
    prepare,
)
from tests.support.deployed.world import World

Case = tuple[str, str, int]

SIDE_BY_SIDE = 3
"""As many reconcilers run at once: a call that is held holds one of them."""

ATTACHING: list[Case] = [(hand, RECONCILER, n) for hand, n in product(HANDS, range(1, 12))]
STEPS = [(RECONCILER, 8), *((DETACHER, n) for n in (1, 2, 3)), *((LOOKER, n) for n in (1, 2))]
STEPS += [(SETTLER, n) for n in (1, 2)]
RELEASING: list[Case] = [(hand, *step) for hand, step in product(HANDS, STEPS)]


def interfere(case: Case, run: Run, *, leaving: bool) -> None:
    """Hold the n-th call of a role, let the hand do its work, and let the call go on."""
    hand, role, n = case
    run.interrupt(do="hold", role=role, nth=n)
    (run.leave if leaving else run.ask)()
    run.world.until(lambda: run.met() == 1)
    HANDS[hand](run)
    run.call_off()


@pytest.fixture(scope="module")
def attaching(world: World) -> Mapping[Case, Survived]:
    """One run for each hand and each call on the way to an attachment."""
    runs = prepare(world, ATTACHING, interfaces=2)
    with ThreadPoolExecutor(SIDE_BY_SIDE) as hands:
        list(hands.map(lambda case: interfere(case, runs[case], leaving=False), runs))
    return outcome("by hand at a step", runs)


@pytest.fixture(scope="module")
def releasing(world: World) -> Mapping[Case, Survived]:
    """One run for each hand and each step of a release."""
    runs = attached(world, RELEASING)
    with ThreadPoolExecutor(SIDE_BY_SIDE) as hands:
        list(hands.map(lambda case: interfere(case, runs[case], leaving=True), runs))
    return outcome("by hand at a step", runs)


@pytest.mark.parametrize("case", ATTACHING)
def test_whatever_hands_do_during_an_attach_the_wish_comes_true_or_is_over(
    attaching: Mapping[Case, Survived], case: Case
) -> None:
    """There is another interface in the pool; an instance that is gone wishes nothing."""
    it = attaching[case]

    assert it.broken == []
    assert it.state in ({"released", None} if case[0] == "terminated" else {"attached"})


@pytest.mark.parametrize("case", RELEASING)
def test_whatever_hands_do_during_a_release_it_ends_released(
    releasing: Mapping[Case, Survived], case: Case
) -> None:
    """They have done our work."""
    it = releasing[case]

    assert it.broken == []
    assert it.state == "released"
