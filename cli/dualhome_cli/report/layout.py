"""Where everything of a panel goes, in SVG's units: rows for a few, a grid for many."""

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from dualhome.domain.identifiers import VpcId, Zone
from dualhome_cli.report.marks import WORST_FIRST, Mark, worst
from dualhome_cli.report.picture import Box, Cell, Panel
from dualhome_cli.report.text import clipped, count_of

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


BROADEST = 24
LEAST_ROOM = 14
"""Units for a line where it meets a box: its number stands there."""

Bundle = tuple[VpcId, VpcId, Mark]


@dataclass(frozen=True, slots=True)
class Curve:
    """A line from the left column to the right; ``label`` stands at its right end."""

    start: float
    end: float
    breadth: float
    mark: Mark
    label: str
    title: str

    @property
    def path(self) -> str:
        """SVG's path."""
        half, start, end = WIDTH // 2, f"{self.start:.1f}", f"{self.end:.1f}"
        return f"M{BOX} {start}C{half} {start} {half} {end} {WIDTH - BOX} {end}"


@dataclass(frozen=True, slots=True)
class Drawing:
    """A zone, ready to be written; ``single`` if each line is one attachment."""

    zone: Zone
    summary: str
    height: int
    frames: tuple[Frame, ...]
    curves: tuple[Curve, ...]
    single: bool

    @property
    def per_sign(self) -> int:
        """How many cells a sign stands for at most."""
        return max((frame.per_sign for frame in self.frames), default=1)


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


def curves_of(panel: Panel, left: Sequence[Frame], right: Sequence[Frame]) -> tuple[Curve, ...]:
    """Return the lines of a panel whose boxes are placed as ``left`` and ``right``."""
    heights = {row.id: row.y for frame in (*left, *right) for row in frame.rows}
    if heights:
        return tuple(_singles(panel, heights))
    return tuple(_bundled(panel, left, right))


def _singles(panel: Panel, heights: Mapping[str, int]) -> Iterator[Curve]:
    for link in panel.links:
        if not {link.host, link.interface} <= heights.keys():
            continue  # EC2 shows one of the two elsewhere
        start, end = heights[link.host], heights[link.interface]
        label = f"@{link.index}" if link.index is not None else ""
        yield Curve(start, end, 1.5, link.mark, label, link.title)


def _bundled(panel: Panel, left: Sequence[Frame], right: Sequence[Frame]) -> Iterator[Curve]:
    counts = _counts(panel)
    most = max(counts.values(), default=1)
    breadths = {bundle: max(1.5, BROADEST * count / most) for bundle, count in counts.items()}
    starts = _ports(left, ((bundle[0], bundle) for bundle in counts), breadths)
    ends = _ports(right, ((bundle[1], bundle) for bundle in counts), breadths)
    for bundle, count in counts.items():
        host, pool, mark = bundle
        many = count_of(count, "attachment", "attachments")
        yield Curve(
            start=starts[bundle],
            end=ends[bundle],
            breadth=breadths[bundle],
            mark=mark,
            label=f"{count:,}",
            title=f"{many} {mark}: {host} to {pool}",
        )


def _counts(panel: Panel) -> Mapping[Bundle, int]:
    hosts = {cell.id: box.vpc for box in panel.hosts for cell in box.cells}
    pools = {cell.id: box.vpc for box in panel.pools for cell in box.cells}
    found = Counter(
        (hosts[link.host], pools[link.interface], link.mark)
        for link in panel.links
        if link.host in hosts and link.interface in pools
    )
    order = sorted(found, key=lambda it: (it[0], it[1], -WORST_FIRST.index(it[2])))
    return {bundle: found[bundle] for bundle in order}


def _ports(
    frames: Iterable[Frame],
    bundles: Iterable[tuple[VpcId, Bundle]],
    breadths: Mapping[Bundle, float],
) -> Mapping[Bundle, float]:
    """Return where each line meets its box: about the middle, one below another."""
    by_vpc: dict[VpcId, list[Bundle]] = defaultdict(list)
    for vpc, bundle in bundles:
        by_vpc[vpc].append(bundle)
    found: dict[Bundle, float] = {}
    for frame in frames:
        rooms = [max(breadths[it] + 4, LEAST_ROOM) for it in by_vpc[frame.box.vpc]]
        y = frame.middle - sum(rooms) / 2
        for bundle, room in zip(by_vpc[frame.box.vpc], rooms, strict=True):
            found[bundle] = y + room / 2
            y += room
    return found


def drawing_of(panel: Panel) -> Drawing:
    """Place everything of a zone."""
    named = named_in(panel)
    left = column(panel.hosts, 0, named)
    right = column(_beside(panel, left), WIDTH - BOX, named)
    attached = sum(link.mark is Mark.ATTACHED for link in panel.links)
    summary = ", ".join(
        (
            count_of(panel.instances, "instance", "instances"),
            count_of(panel.interfaces, "interface", "interfaces"),
            f"{attached:,} attached",
        )
    )
    frames = (*left, *right)
    return Drawing(
        zone=panel.zone,
        summary=summary,
        height=max((it.y + it.height for it in frames), default=GAP),
        frames=frames,
        curves=curves_of(panel, left, right),
        single=bool(named),
    )


def _beside(panel: Panel, left: Sequence[Frame]) -> Sequence[Box]:
    """Order the interfaces as the rows of their instances stand, so that fewer lines cross."""
    heights = {row.id: row.y for frame in left for row in frame.rows}
    places = {link.interface: heights[link.host] for link in panel.links if link.host in heights}
    return [
        replace(box, cells=tuple(sorted(box.cells, key=lambda it: places.get(it.id, math.inf))))
        for box in panel.pools
    ]
