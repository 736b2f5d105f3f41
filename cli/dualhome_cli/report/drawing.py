"""Where everything of a panel goes, in SVG's units: rows for a few, a grid of signs for many."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from dualhome_cli.report.cells import Cell
from dualhome_cli.report.marks import Mark, worst
from dualhome_cli.report.picture import Box, Panel
from dualhome_cli.report.wording import clipped

WIDTH = 380
BOX = 152
HEAD, ROW, PITCH, SIGN, PAD, GAP = 52, 32, 9, 7, 8, 12
ROW_WIDTH = BOX - PAD - SIGN - 2 * 6
PER_LINE = (BOX - 2 * PAD + PITCH - SIGN) // PITCH

MOST_ROWS = 10
"""Cells with a name in a column; where more are in use, all are signs in a grid."""
EVENTFUL = frozenset(
    {Mark.STUCK, Mark.FAILED, Mark.REFUSED, Mark.WAITING, Mark.MOVING, Mark.ATTACHED}
)

MOST_SIGNS = 1_500
"""In a box; where there are more cells, a sign stands for several, as the worst of them."""
MOST_TITLES = 4


@dataclass(frozen=True, slots=True)
class Sign:
    """A mark; ``title`` says whose."""

    x: int
    y: int
    mark: Mark
    title: str


@dataclass(frozen=True, slots=True)
class Row:
    """A cell with its name; ``y`` is its middle."""

    id: str
    x: int
    y: int
    name: str
    note: str
    sign: Sign


@dataclass(frozen=True, slots=True)
class Frame:
    """A VPC's box; ``per_sign`` is how many cells a sign stands for."""

    box: Box
    x: int
    y: int
    height: int
    heading: str
    cidrs: str
    rows: tuple[Row, ...]
    signs: tuple[Sign, ...]
    per_sign: int

    @property
    def middle(self) -> float:
        """Where what leaves the box as a whole leaves it."""
        return self.y + HEAD + (self.height - HEAD - PAD) / 2


def column(boxes: Sequence[Box], x: int, named: Collection[str]) -> tuple[Frame, ...]:
    """Place ``boxes`` one below another; the cells whose ids are ``named`` become rows."""
    frames: list[Frame] = []
    y = 0
    for box in boxes:
        frames.append(_frame(box, x, y, named))
        y += frames[-1].height + GAP
    return tuple(frames)


def named_in(panel: Panel) -> frozenset[str]:
    """Return the cells that get a row of their own; none where they would be too many."""
    busy = {link.host for link in panel.links} | {link.interface for link in panel.links}
    found: set[str] = set()
    for boxes in (panel.hosts, panel.pools):
        cells = [cell for box in boxes for cell in box.cells]
        rows = [it.id for it in cells if it.id in busy or it.mark in EVENTFUL]
        if len(cells) <= MOST_ROWS:
            rows = [it.id for it in cells]
        if len(rows) > MOST_ROWS:
            return frozenset()
        found.update(rows)
    return frozenset(found)


def _frame(box: Box, x: int, y: int, named: Collection[str]) -> Frame:
    rows = [it for it in box.cells if it.id in named]
    rest = [it for it in box.cells if it.id not in named]
    below = y + HEAD + ROW * len(rows)
    per_sign = -(-len(rest) // MOST_SIGNS) or 1
    signs = _grid(rest, per_sign, x + PAD, below)
    lines = -(-len(signs) // PER_LINE)
    return Frame(
        box=box,
        x=x,
        y=y,
        height=below - y + lines * PITCH + PAD,
        heading=clipped(box.heading, 20),
        cidrs=clipped(" ".join(box.cidrs), 23),
        rows=tuple(_row(it, x, y + HEAD + ROW * place) for place, it in enumerate(rows)),
        signs=signs,
        per_sign=per_sign,
    )


def _row(cell: Cell, x: int, y: int) -> Row:
    inner = x + BOX - PAD - SIGN if x == 0 else x + PAD
    sign = Sign(inner, y + ROW // 2 - 4, cell.mark, cell.title)
    text = x + PAD if x == 0 else inner + SIGN + 6
    return Row(cell.id, text, y + ROW // 2, clipped(cell.name, 17), clipped(cell.note, 21), sign)


def _grid(cells: Sequence[Cell], per_sign: int, x: int, y: int) -> tuple[Sign, ...]:
    groups = [cells[start : start + per_sign] for start in range(0, len(cells), per_sign)]
    return tuple(
        Sign(
            x + place % PER_LINE * PITCH,
            y + place // PER_LINE * PITCH,
            worst({cell.mark for cell in group}),
            _titles(group),
        )
        for place, group in enumerate(groups)
    )


def _titles(group: Sequence[Cell]) -> str:
    more = [f"and {len(group) - MOST_TITLES} more"] if len(group) > MOST_TITLES else []
    return " | ".join([*(cell.title for cell in group[:MOST_TITLES]), *more])
