"""
The reconciler dies before or after any of its calls: nothing is lost, nothing is done twice.

Who dies after a call dies before the next one, so one run for each pair will do.
"""

from collections.abc import Mapping
from itertools import product

import pytest

from tests.support.deployed.faults.runs import RECONCILER, Run, Survived, prepare, survive
from tests.support.deployed.world import World
from tests.support.samples import sampled

Case = tuple[str, int]

CALLS_OF_A_SEAM = 3


def seam(case: Case) -> tuple[str, int]:
    """Return what is alike: calls that follow one another."""
    when, nth = case
    return when, (nth - 1) // CALLS_OF_A_SEAM


ATTACHING: list[Case] = sampled([("before", 1), *product(["after"], range(1, 16))], seam)
"""The reconciliation that claims and attaches makes nine calls or ten, the next ones six each."""

RELEASING: list[Case] = sampled([("before", 1), *product(["after"], range(1, 8))], seam)


@pytest.fixture(scope="module")
def attaching(world: World) -> Mapping[Case, Survived]:
    """One run for each call on the way to an attachment."""

    def go(case: Case, run: Run) -> None:
        run.interrupt(do="kill", when=case[0], nth=case[1], role=RECONCILER)
        run.ask()

    return survive("reconciler killed", prepare(world, ATTACHING), go)


@pytest.fixture(scope="module")
def releasing(attaching: Mapping[Case, Survived]) -> Mapping[Case, Survived]:
    """One run for each call on the way to a release."""
    runs = dict(zip(RELEASING, (it.run for it in attaching.values()), strict=False))
    assert len(runs) == len(RELEASING)

    def go(case: Case, run: Run) -> None:
        run.interrupt(do="kill", when=case[0], nth=case[1], role=RECONCILER)
        run.leave()

    return survive("reconciler killed", runs, go)


@pytest.mark.parametrize("case", ATTACHING)
def test_a_reconciler_killed_at_any_call_of_an_attach_attaches_all_the_same(
    attaching: Mapping[Case, Survived], case: Case
) -> None:
    """Redelivery or the sweep takes up what the record says."""
    it = attaching[case]

    assert it.broken == []
    assert (it.met, it.state) == (1, "attached")


@pytest.mark.parametrize("case", RELEASING)
def test_a_reconciler_killed_at_any_call_of_a_release_releases_all_the_same(
    releasing: Mapping[Case, Survived], case: Case
) -> None:
    """The next instance that waits for the interface gets it."""
    it = releasing[case]

    assert it.broken == []
    assert (it.met, it.state) == (1, "released")
