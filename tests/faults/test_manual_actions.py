"""At each step an operator deletes or attaches the interface, or terminates the instance."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import product

import pytest

from tests.faults.manual_actions import ACTIONS
from tests.support.deployed.faults.runs import (
    CHECKER,
    CLOSER,
    DETACHER,
    RECONCILER,
    Run,
    Survived,
    attached,
    outcome,
    prepare,
)
from tests.support.deployed.world import World
from tests.support.samples import sampled

Case = tuple[str, str, int]

SIDE_BY_SIDE = 3
"""As many reconcilers run at once: a call that is held holds one of them."""

CALLS_OF_A_SEAM = 3


def seam(case: Case) -> tuple[str, str, int]:
    """Return what is alike: the same action at calls of the same role that follow one another."""
    action, role, nth = case
    return action, role, (nth - 1) // CALLS_OF_A_SEAM


ATTACHING: list[Case] = sampled(
    [(action, RECONCILER, n) for action, n in product(ACTIONS, range(1, 12))], seam
)
STEPS = [(RECONCILER, 8), *((DETACHER, n) for n in (1, 2, 3)), *((CHECKER, n) for n in (1, 2))]
STEPS += [(CLOSER, n) for n in (1, 2)]
RELEASING: list[Case] = sampled([(action, *step) for action, step in product(ACTIONS, STEPS)], seam)


def interfere(case: Case, run: Run, *, leaving: bool) -> None:
    """Hold the n-th call of a role, carry out the action, and let the call go on."""
    action, role, n = case
    run.interrupt(do="hold", role=role, nth=n)
    (run.leave if leaving else run.ask)()
    run.world.until(lambda: run.met() == 1)
    ACTIONS[action](run)
    run.call_off()


@pytest.fixture(scope="module")
def attaching(world: World) -> Mapping[Case, Survived]:
    """One run for each action and each call on the way to an attachment."""
    runs = prepare(world, ATTACHING, interfaces=2)
    with ThreadPoolExecutor(SIDE_BY_SIDE) as executor:
        list(executor.map(lambda case: interfere(case, runs[case], leaving=False), runs))
    return outcome("manual action at a step", runs)


@pytest.fixture(scope="module")
def releasing(world: World) -> Mapping[Case, Survived]:
    """One run for each action and each step of a release."""
    runs = attached(world, RELEASING)
    with ThreadPoolExecutor(SIDE_BY_SIDE) as executor:
        list(executor.map(lambda case: interfere(case, runs[case], leaving=True), runs))
    return outcome("manual action at a step", runs)


@pytest.mark.parametrize("case", ATTACHING)
def test_a_manual_action_during_an_attach_ends_attached_or_with_the_instance(
    attaching: Mapping[Case, Survived], case: Case
) -> None:
    """There is another interface in the pool; a terminated instance asks for nothing."""
    it = attaching[case]

    assert it.broken == []
    assert it.state in ({"released", None} if case[0] == "terminated" else {"attached"})


@pytest.mark.parametrize("case", RELEASING)
def test_a_manual_action_during_a_release_ends_released(
    releasing: Mapping[Case, Survived], case: Case
) -> None:
    """It has done our work."""
    it = releasing[case]

    assert it.broken == []
    assert it.state == "released"
