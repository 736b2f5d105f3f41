"""Planned actions, run in the order of their times."""

import heapq
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field

Action = Callable[[], None]


@dataclass
class Timeline:
    """Actions with their times, in seconds of ``clock``; the engine runs them under its lock."""

    clock: Callable[[], float]
    _due: list[tuple[float, int, Action]] = field(default_factory=list)
    _order: "itertools.count[int]" = field(default_factory=itertools.count)

    def after(self, seconds: float, action: Action) -> float:
        """Plan ``action``; return its time."""
        when = self.clock() + seconds
        heapq.heappush(self._due, (when, next(self._order), action))
        return when

    def run_due(self) -> bool:
        """Run what is due, also what that plans for now; return whether there was any."""
        ran = False
        while self._due and self._due[0][0] <= self.clock():
            heapq.heappop(self._due)[2]()
            ran = True
        return ran

    def seconds_to_next(self) -> float | None:
        """Return the seconds to the next action; None if nothing is planned."""
        due = self._due[:1]
        return max(0.0, due[0][0] - self.clock()) if due else None
