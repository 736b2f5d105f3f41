"""The day as two charts, and the pools as bars."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from dualhome.domain.identifiers import TargetName, Zone
from dualhome_cli.pools.capacity import Pool, Use
from dualhome_cli.report.statistics import HOURS, Day, Outcome
from dualhome_cli.report.text import count_of

SIZE = 100.0
ORDER = (Use.USED, Use.CLAIMED, Use.RESERVED, Use.UNUSABLE, Use.FREE)
WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a bar; ``kind`` is a use of an interface, or ``waiting``."""

    kind: str
    count: int
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Bar:
    """A pool: its parts side by side, and how many interfaces ``every`` of them are."""

    target: TargetName
    zone: Zone
    every: int
    free: int
    parts: tuple[Part, ...]

    @property
    def words(self) -> str:
        """The bar in words."""
        return ", ".join(f"{part.count:,} {part.kind}" for part in self.parts) or "nothing"


STEP = SIZE / HOURS
GAP = 0.6


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a column; ``y`` is its upper edge."""

    x: float
    y: float
    width: float
    height: float
    kind: str


@dataclass(frozen=True, slots=True)
class Column:
    """An hour: its parts, and all that they say in words."""

    blocks: tuple[Block, ...]
    title: str


@dataclass(frozen=True, slots=True)
class Chart:
    """``lines`` are heights with what they stand for."""

    columns: tuple[Column, ...]
    lines: tuple[tuple[float, str], ...]


def bar_of(pool: Pool) -> Bar:
    """Draw a pool; those that wait extend it by what it lacks."""
    counts = [(str(use), sum(it.count(use) for it in pool.stocks)) for use in ORDER]
    every = sum(count for _, count in counts)
    counts.append((WAITING, len(pool.waiting)))
    return Bar(pool.target, pool.zone, every, pool.free, tuple(_parts(counts)))


def _parts(counts: list[tuple[str, int]]) -> Iterator[Part]:
    whole = sum(count for _, count in counts) or 1
    x = 0.0
    for kind, count in counts:
        width = SIZE * count / whole
        if count:
            yield Part(kind, count, x, width)
        x += width


def moves_chart(day: Day) -> Chart:
    """Draw what came of the moves of each hour, one outcome upon another."""
    most = max((sum(hour.outcomes.values()) for hour in day.hours), default=0) or 1
    columns = []
    for number, hour in enumerate(day.hours):
        counts = [(outcome, hour.outcomes[outcome]) for outcome in Outcome]
        said = ", ".join(f"{count:,} {outcome}" for outcome, count in counts if count)
        blocks = tuple(_stacked(number, ((it, count / most) for it, count in counts if count)))
        columns.append(Column(blocks, f"{_span(number)}: {said or 'nothing'}"))
    return Chart(tuple(columns), ((0.0, f"{most:,} an hour"), (SIZE, "")))


def times_chart(day: Day) -> Chart:
    """Draw p50, p90 and p99 of the seconds to attach for each hour, on a logarithmic scale."""
    longest = max((hour.times.p99 for hour in day.hours if hour.times), default=1.0)
    decades = max(1, math.ceil(math.log10(max(longest, 1.0))))

    def height(seconds: float) -> float:
        """From 0.1 s at the foot to a power of ten at the top."""
        return SIZE * (1 - (math.log10(max(seconds, 0.1)) + 1) / (decades + 1))

    columns = []
    for number, hour in enumerate(day.hours):
        if times := hour.times:
            marks = {"p50": times.p50, "p90": times.p90, "p99": times.p99}
            foot, head = height(times.p50), height(times.p99)
            span = Block((number + 0.5) * STEP - 0.25, head, 0.5, foot - head, "span")
            ticks = (_tick(number, height(it), name) for name, it in marks.items())
            said = ", ".join(f"{name} {seconds_of(it)}" for name, it in marks.items())
            of = count_of(times.count, "attachment", "attachments")
            columns.append(Column((span, *ticks), f"{_span(number)}: {said}, of {of}"))
    lines = tuple((height(10.0**it), f"{10.0**it:,g} s") for it in range(-1, decades + 1))
    return Chart(tuple(columns), lines)


def seconds_of(seconds: float) -> str:
    """Write a duration to what matters of it."""
    if seconds >= 60:  # noqa: PLR2004 - a minute
        return f"{seconds / 60:,.3g} min" if seconds < 60_000 else f"{seconds / 60:,.0f} min"  # noqa: PLR2004
    return f"{seconds:.3g} s" if seconds >= 1 else f"{seconds:.2g} s"


def _stacked(number: int, parts: Iterable[tuple[str, float]]) -> Iterator[Block]:
    top = SIZE
    for kind, share in parts:
        top -= share * SIZE
        yield Block(number * STEP + GAP / 2, top, STEP - GAP, share * SIZE, kind)


def _tick(number: int, y: float, kind: str) -> Block:
    return Block(number * STEP + GAP, y - 1, STEP - 2 * GAP, 2, kind)


def _span(number: int) -> str:
    return f"{number:02}:00 to {number + 1:02}:00"
