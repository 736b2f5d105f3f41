"""The table of all attachments, what needs attention first."""

from dataclasses import dataclass

from dualhome_cli.report.attention import said_of
from dualhome_cli.report.data import Facts
from dualhome_cli.report.marks import OF_STATE, Mark
from dualhome_cli.report.text import in_order, name_of
from dualhome_cli.status.attachment_row import AttachmentRow

MOST = 5_000
"""Rows on the page: about 4 MB. What needs attention comes first, and so is on it."""


@dataclass(frozen=True, slots=True)
class Line:
    """One attachment; ``address`` is its interface's, if that is still in its pool."""

    name: str
    address: str
    mark: Mark
    row: AttachmentRow
    said: str


def lines_of(facts: Facts) -> tuple[Line, ...]:
    """Return the first ``MOST`` attachments."""
    lines = [_line(facts, it) for it in facts.rows]
    ordered = sorted(
        lines,
        key=lambda it: (
            not it.row.needs_attention,
            in_order(it.name or it.row.instance),
            it.row.instance,
            it.row.target,
        ),
    )
    return tuple(ordered[:MOST])


def _line(facts: Facts, row: AttachmentRow) -> Line:
    interface = facts.account.interfaces.get(row.interface) if row.interface else None
    return Line(
        name=name_of(facts.account.instances.get(row.instance)),
        address=interface.address if interface else "",
        mark=OF_STATE[row.state],
        row=row,
        said=said_of(row),
    )
