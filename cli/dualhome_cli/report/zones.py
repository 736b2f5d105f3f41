"""A panel with everything in its place."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from dualhome.domain.identifiers import Zone
from dualhome_cli.report.curves import Curve, curves_of
from dualhome_cli.report.drawing import BOX, GAP, WIDTH, Frame, column, named_in
from dualhome_cli.report.marks import Mark
from dualhome_cli.report.picture import Box, Panel
from dualhome_cli.report.wording import count_of


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
