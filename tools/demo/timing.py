"""How long a step took, by the history of its instance."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from demo.command import Row
from demo.stage import StepResult


@dataclass(frozen=True)
class Timing:
    """Seconds from the tag to a target's first move, and to its last if there were several."""

    target: str
    outcome: str
    decided: float
    done: float | None


def timings(result: StepResult, moves: Iterable[Row]) -> list[Timing]:
    """Return what a step's instance did between its beginning and its end."""
    began = result.step.beginning.at
    found: dict[str, list[tuple[float, str]]] = {}
    for move in moves:
        at = datetime.fromisoformat(move["at"])
        if move["instance"] == result.step.host.id and began <= at <= result.ended:
            seconds = (at - began).total_seconds()
            found.setdefault(move["target"], []).append((seconds, move["to_state"]))
    return [_timing(target, made) for target, made in sorted(found.items())]


def _timing(target: str, made: list[tuple[float, str]]) -> Timing:
    (decided, _), (done, outcome) = made[0], made[-1]
    return Timing(target, outcome, decided, done if len(made) > 1 else None)
