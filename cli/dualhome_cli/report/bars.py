"""Pools as bars: what each has, what is in use, and what is asked for beyond it."""

from collections.abc import Iterator
from dataclasses import dataclass

from dualhome.domain.identifiers import TargetName, Zone
from dualhome_cli.capacity import Pool, Use

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
