"""A figure: what was measured, and where something is promised, whether it holds."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich import box
from rich.table import Table
from rich.text import Text

BROKEN = "bold red"


@dataclass(frozen=True)
class Row:
    """One number; ``promise`` is empty where the number is only reported."""

    what: str
    seen: str
    promise: str = ""
    kept: bool = True


@dataclass(frozen=True)
class Figure:
    """Rows under one title; ``note`` says what one must know to read them."""

    title: str
    rows: Sequence[Row]
    note: str = ""

    @property
    def broken(self) -> list[Row]:
        """The rows whose promise is not kept."""
        return [row for row in self.rows if not row.kept]


def exactly(what: str, wanted: int, seen: int) -> Row:
    """Promise a number."""
    return Row(what, str(seen), str(wanted), kept=seen == wanted)


def at_most(what: str, limit: float, seen: float, detail: str = "") -> Row:
    """Promise a limit."""
    number = str(seen) if isinstance(seen, int) else f"{seen:.3g}"
    text = f"{number} ({detail})" if detail else number
    return Row(what, text, f"≤ {limit:g}", kept=seen <= limit)


def draw(figure: Figure) -> Table:
    """Return ``figure`` as a table."""
    table = Table(
        title=figure.title,
        title_justify="left",
        title_style="bold",
        caption=figure.note or None,
        caption_justify="left",
        box=box.SIMPLE_HEAD,
        header_style="dim",
    )
    for name in ("", "figure", "seen", "promised"):
        table.add_column(name, overflow="fold")
    for row in figure.rows:
        mark = Text("✓" if row.promise else " ", "green") if row.kept else Text("✗", BROKEN)
        style = "" if row.kept else BROKEN
        table.add_row(mark, Text(row.what, style), Text(row.seen, style), Text(row.promise, style))
    return table
