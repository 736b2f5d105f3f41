"""Plans for instances of a scene."""

from collections.abc import Sequence

from dualhome.domain.identifiers import InstanceId
from dualhome_cli.data.ports import BreakerState
from dualhome_cli.plan.outcome import InstanceOutcome, TargetOutcome
from dualhome_cli.plan.simulation import Planning, SimulatedBreaker, simulate
from tests.support.builders.values import INSTANCE
from tests.support.scenarios.scene import Scene


def simulated(
    scene: Scene, ids: Sequence[InstanceId], targets: str | None = None
) -> list[InstanceOutcome]:
    """Return what awaits ``ids``; ``targets`` as if their tag had this value."""
    real = scene.breaker
    breaker = SimulatedBreaker(real.most, lambda: BreakerState(real.held, frozenset(real.admitted)))
    planning = Planning(scene.reconciler(), scene.policy, breaker, scene.clock(), targets)
    return list(simulate(ids, planning))


def outcomes(scene: Scene, targets: str | None = None) -> tuple[TargetOutcome, ...]:
    """Return what awaits the ordinary instance."""
    (planned,) = simulated(scene, [INSTANCE], targets)
    return planned.outcomes


def outcome(scene: Scene, targets: str | None = None) -> TargetOutcome:
    """Return what awaits the one target of the ordinary instance."""
    (only,) = outcomes(scene, targets)
    return only
