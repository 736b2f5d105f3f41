"""Plans for instances of a scene."""

from collections.abc import Sequence

from dualhome.domain.identifiers import InstanceId
from dualhome_cli.plan.outcome import Forecast, Outlook
from dualhome_cli.plan.simulation import Let, Planning, SimulatedBreaker, forecasts
from tests.support.builders.values import INSTANCE
from tests.support.scenarios.scene import Scene


def foretold(scene: Scene, ids: Sequence[InstanceId], targets: str | None = None) -> list[Forecast]:
    """Return what awaits ``ids``; ``targets`` as if their tag had this value."""
    real = scene.breaker
    breaker = SimulatedBreaker(real.most, lambda: Let(real.held, frozenset(real.admitted)))
    planning = Planning(scene.reconciler(), scene.policy, breaker, scene.clock(), targets)
    return list(forecasts(ids, planning))


def outlooks(scene: Scene, targets: str | None = None) -> tuple[Outlook, ...]:
    """Return what awaits the ordinary instance."""
    (forecast,) = foretold(scene, [INSTANCE], targets)
    return forecast.outlooks


def outlook(scene: Scene, targets: str | None = None) -> Outlook:
    """Return what awaits the one target of the ordinary instance."""
    (only,) = outlooks(scene, targets)
    return only
