"""Drawings of the report, and the marks in them."""

from dualhome_cli.report.layout import Drawing, Frame, drawing_of
from dualhome_cli.report.marks import Mark
from dualhome_cli.report.picture import panels_of
from tests.support.builders.large_report import Crowd


def drawings(crowd: Crowd) -> list[Drawing]:
    """Return every zone's."""
    return [drawing_of(panel) for panel in panels_of(crowd.facts())]


def only(crowd: Crowd) -> Drawing:
    """Return the one zone's."""
    (drawn,) = drawings(crowd)
    return drawn


def marks_in(frame: Frame) -> list[Mark]:
    """Return the marks of rows and grid."""
    return [row.sign.mark for row in frame.rows] + [sign.mark for sign in frame.signs]
