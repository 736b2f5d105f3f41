"""A day's moves, counted as they stream past, and the times to attach."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date
from enum import StrEnum

from dualhome.domain.attachment import AuditEntry
from dualhome.domain.pause import PauseChange
from dualhome.domain.states import State

HOURS = 24


class Outcome(StrEnum):
    """What a move came to; moves on the way there are none."""

    ATTACHED = "attached"
    RELEASED = "released"
    NOT_HAD = "not had"
    WRONG = "went wrong"


OUTCOMES = {
    State.ATTACHED: Outcome.ATTACHED,
    State.RELEASED: Outcome.RELEASED,
    State.WAITING: Outcome.NOT_HAD,
    State.REFUSED: Outcome.NOT_HAD,
    State.FAILED: Outcome.WRONG,
    State.STUCK: Outcome.WRONG,
}


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds from the event that asked to the attachment seen, over ``count`` attachments."""

    count: int
    p50: float
    p90: float
    p99: float


@dataclass(frozen=True, slots=True)
class Hour:
    """One hour, in UTC; ``times`` is None where nothing was attached."""

    outcomes: Counter[Outcome]
    times: Times | None


@dataclass(frozen=True, slots=True)
class Day:
    """``moves`` counts all moves, those on the way too."""

    date: date
    moves: int
    hours: tuple[Hour, ...]
    times: Times | None


def day_of(when: date, entries: Iterable[AuditEntry | PauseChange]) -> Day:
    """Count the moves of a day; what is kept of each is one number at most."""
    moves = 0
    outcomes = [Counter[Outcome]() for _ in range(HOURS)]
    seconds: list[list[float]] = [[] for _ in range(HOURS)]
    for entry in entries:
        if isinstance(entry, PauseChange):
            continue
        moves += 1
        hour = entry.at.astimezone(UTC).hour
        if outcome := OUTCOMES.get(entry.after.state):
            outcomes[hour][outcome] += 1
        if (taken := entry.seconds_to_attached) is not None:
            seconds[hour].append(max(taken, 0))
    hours = zip(outcomes, map(times_of, seconds), strict=True)
    return Day(
        date=when,
        moves=moves,
        hours=tuple(Hour(counted, times) for counted, times in hours),
        times=times_of([it for hour in seconds for it in hour]),
    )


def times_of(seconds: Sequence[float]) -> Times | None:
    """Return the percentiles by nearest rank: each is a time that was really taken."""
    if not seconds:
        return None
    ordered = sorted(seconds)
    p50, p90, p99 = (ordered[math.ceil(len(ordered) * it / 100) - 1] for it in (50, 90, 99))
    return Times(len(ordered), p50, p90, p99)
