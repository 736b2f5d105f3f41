"""What was broken, how often, and how long the recovery took: one table for tests and soak."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

STALE_LISTS = {
    "lagged": "lagged",
    "tags_dropped": "times without a resource's tags",
    "resources_omitted": "times without a resource",
}


@dataclass
class Row:
    """One kind of fault: how many were met, in how many runs, the longest way to rest."""

    faults: int = 0
    runs: int = 0
    broken: int = 0
    longest: float = 0.0


@dataclass
class FaultCounts:
    """Rows by kind, and what EC2's lists kept back; seconds are those of the stack's clock."""

    rows: dict[str, Row] = field(default_factory=lambda: defaultdict(Row))
    stale: Counter[str] = field(default_factory=Counter)

    def note(self, kind: str, *, faults: int, seconds: float, broken: bool) -> None:
        """Count one run."""
        row = self.rows[kind]
        row.faults += faults
        row.runs += 1
        row.broken += broken
        row.longest = max(row.longest, seconds)

    def note_stale_lists(self, reads: Mapping[str, Any]) -> None:
        """Add a local cloud's counts of stale lists."""
        self.stale.update({name: reads[name] for name in STALE_LISTS})

    def lines(self) -> list[str]:
        """Return the table; the longest is in seconds."""
        head = f"{'kind':34} {'faults':>7} {'runs':>6} {'survived':>9} {'longest':>9}"
        stale = ", ".join(f"{self.stale[name]} {what}" for name, what in STALE_LISTS.items())
        return [
            head,
            *(_line(kind, row) for kind, row in sorted(self.rows.items())),
            f"lists of EC2: {stale}",
        ]


def _line(kind: str, row: Row) -> str:
    survived = row.runs - row.broken
    return f"{kind:34} {row.faults:>7} {row.runs:>6} {survived:>9} {row.longest:>7.0f} s"


def total(rows: Mapping[str, Row]) -> Row:
    """Return the sum of all rows."""
    return Row(
        faults=sum(it.faults for it in rows.values()),
        runs=sum(it.runs for it in rows.values()),
        broken=sum(it.broken for it in rows.values()),
        longest=max((it.longest for it in rows.values()), default=0.0),
    )


COUNTS = FaultCounts()
"""Of this process."""
