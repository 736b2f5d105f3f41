"""Which lines join the boxes: one for each attachment of a few, one as broad as it is many else."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from dualhome.domain.identifiers import VpcId
from dualhome_cli.report.drawing import BOX, WIDTH, Frame
from dualhome_cli.report.marks import WORST_FIRST, Mark
from dualhome_cli.report.picture import Panel
from dualhome_cli.report.wording import count_of

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
