"""When a sweep opens the breaker, when it resets it, and when it leaves it alone."""

from collections import Counter

import pytest

from dualhome.domain.drift import Drift
from dualhome.domain.errors import ThrottledError
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State
from tests.support.fakes.ec2_scan import Sweeper
from tests.support.scenarios.attached import paused, unpaused
from tests.support.scenarios.scene import Scene
from tests.support.scenarios.sweep_cases import SweepCase, a_fleet_of


def test_it_is_held_before_anything_is_reconciled() -> None:
    """Whatever the reason for a reconciliation: it would release, too."""
    scene = a_fleet_of([SweepCase.RENAMED] * 4)

    Sweeper(scene, most_releases=3).sweep()

    assert scene.breaker.held
    assert scene.calls.made.index("hold") < scene.calls.made.index("put")


def test_a_sweep_that_cannot_hold_it_asks_for_nothing() -> None:
    """What it would ask for could release."""
    scene = a_fleet_of([SweepCase.RENAMED] * 4)
    sweeper = Sweeper(scene, most_releases=3)
    scene.calls.fail_next("hold", ThrottledError("slow down"))

    report = sweeper.sweep()

    assert not report.swept
    assert [] == sweeper.requested()


def test_it_is_reset_before_what_it_held_is_reconciled() -> None:
    """Else the reconciliation would find it open, and the next sweep, and the next."""
    scene = a_fleet_of([SweepCase.NOTED, SweepCase.NOTED, SweepCase.AS_WANTED])
    scene.breaker.open()
    scene.calls.forget()

    report = Sweeper(scene).tick()

    assert 2 == report.releases
    assert scene.calls.made.index("release") < scene.calls.made.index("put")
    assert {State.ATTACHED: 1, State.RELEASED: 2} == _states(scene)


def test_a_sweep_in_parts_settles_it_at_the_end_of_the_round() -> None:
    """It has not counted all before."""
    scene = a_fleet_of([SweepCase.UNWANTED, SweepCase.UNWANTED, SweepCase.AS_WANTED])
    scene.breaker.open()
    sweeper = Sweeper(scene, page=2)

    parts = [sweeper.sweep(pages=4), sweeper.sweep(pages=4)]

    assert [False, False] == [part.swept for part in parts]
    assert scene.breaker.held
    assert sweeper.sweep().swept
    assert not scene.breaker.held


def test_while_paused_it_is_left_as_it_is() -> None:
    """No release is counted: what was held before must not be admitted when the pause ends."""
    scene = paused(a_fleet_of([SweepCase.UNWANTED]))
    scene.breaker.open()

    Sweeper(scene).sweep()

    assert scene.breaker.held


def test_a_round_that_was_paused_for_a_part_leaves_it_as_it_is() -> None:
    """What it read meanwhile counts for no release: too few say nothing."""
    scene = paused(a_fleet_of([SweepCase.UNWANTED] * 4))
    scene.breaker.open()
    sweeper = Sweeper(scene, page=2, most_releases=2)
    sweeper.sweep(pages=3)

    unpaused(scene)
    rest = sweeper.sweep()

    assert (True, True) == (rest.resumed, rest.swept)
    assert scene.breaker.held


@pytest.mark.parametrize("case", [SweepCase.UNWANTED, SweepCase.NOTED])
def test_while_paused_what_is_unwanted_is_reconciled_until_its_record_says_so(
    case: SweepCase,
) -> None:
    """People ask why it is still attached; once told, they need not be told at each sweep."""
    scene = paused(a_fleet_of([case]))
    sweeper = Sweeper(scene)

    first, second = sweeper.tick(), sweeper.tick()

    assert ({Drift.UNWANTED: 1}, {}) == (first.drifts, second.drifts)
    assert [] == sweeper.requested()
    (record,) = scene.ledger.present().values()
    assert (State.ATTACHED, Reason.PAUSED) == (record.state, record.reason)


def test_what_is_noted_and_wanted_again_is_reconciled_once() -> None:
    """The tag came back, and no event told: the note must go."""
    scene = a_fleet_of([SweepCase.NOTED])
    scene.ec2.tag("i-000", {"dualhome:targets": "mgmt"})
    sweeper = Sweeper(scene)

    first, second = sweeper.tick(), sweeper.tick()

    assert ({Drift.UNSETTLED: 1}, {}) == (first.drifts, second.drifts)
    (record,) = scene.ledger.present().values()
    assert (State.ATTACHED, None) == (record.state, record.reason)


def _states(scene: Scene) -> Counter[State]:
    return Counter(it.state for it in scene.ledger.present().values())
