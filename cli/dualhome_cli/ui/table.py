"""Tables for operators: written some rows at a time, whole ids always, whatever the width."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from itertools import islice, zip_longest
from typing import Generic, TypeVar

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from dualhome_cli.ui.terminal import console, printable

Cells = Sequence[Text]
Wrap = Callable[[Text, int], list[Text]]

NARROWEST = 40
"""Cells that a column of prose keeps beside the others; with less, it goes beneath them."""

GAP = 2


class Layout(IntEnum):
    """Where prose goes; the more, the less room there is."""

    BESIDE = 0
    BENEATH = 1
    BLOCK = 2
    """Each cell has a line of its own."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A table's columns: their titles and natural widths, and which may be wrapped."""

    titles: tuple[str, ...]
    prose: tuple[bool, ...]
    widths: tuple[int, ...] = ()

    def widened(self, line: Cells) -> "Shape":
        """Return the shape that has room for ``line``, and for its titles."""
        widths = self.widths or tuple(map(cell_len, self.titles))
        needed = (cell.cell_len for cell in line)
        return replace(self, widths=tuple(map(max, widths, needed)))

    def layout(self, room: int) -> Layout:
        """Return the layout that keeps every id whole within ``room`` cells."""
        pairs = list(zip(self.widths, self.prose, strict=True))
        alone = sum(width + GAP for width, prose in pairs if not prose) - GAP
        beside = sum(min(width, NARROWEST) + GAP for width, prose in pairs if prose)
        if alone + beside <= room:
            return Layout.BESIDE
        return Layout.BENEATH if alone <= room else Layout.BLOCK

    def fitted(self, room: int) -> tuple[int, ...]:
        """Return widths that fit into ``room``, the widest prose giving way first."""
        widths = list(self.widths)
        spare = room - sum(widths) - GAP * (len(widths) - 1)
        for at in sorted(range(len(widths)), key=lambda at: -widths[at]):
            if spare < 0 and self.prose[at]:
                kept = max(min(NARROWEST, widths[at]), widths[at] + spare)
                spare += widths[at] - kept
                widths[at] = kept
        return tuple(widths)


T = TypeVar("T")

ROWS_AT_ONCE = 200
"""Rows whose widths are known together; what comes later only widens a column."""


@dataclass(frozen=True, slots=True)
class Column(Generic[T]):
    """``prose`` may be wrapped, ids may not; ``style`` is rich's, for a terminal."""

    title: str
    cell: Callable[[T], str]
    prose: bool = False
    style: Callable[[T], str] = lambda _: ""


class TableWriter(Generic[T]):
    """Writes rows under one heading, as often as some come."""

    def __init__(self, columns: Sequence[Column[T]]) -> None:
        self._out = console()
        self._columns = columns
        self._shape = Shape(
            tuple(column.title for column in columns), tuple(column.prose for column in columns)
        )
        self._layout = Layout.BESIDE
        self._titled = False

    def write(self, rows: Iterable[T]) -> None:
        """Write ``rows``, whose widths are taken together."""
        lines = [[_text(column, row) for column in self._columns] for row in rows]
        for line in lines:
            self._shape = self._shape.widened(line)
        if lines:
            self._layout = max(self._layout, self._shape.layout(self._out.width))
            written = [it for line in self._title() + lines for it in self._lines(line)]
            self._out.print(Text("\n").join(written), soft_wrap=True)

    def _title(self) -> list[list[Text]]:
        """Return the heading, once, if the layout has one; what goes beneath needs no title."""
        if self._titled or self._layout == Layout.BLOCK:
            return []
        self._titled = True
        shown = (not (column.prose and self._layout) for column in self._columns)
        titles = zip(self._columns, shown, strict=True)
        return [[Text(column.title if it else "", "bold") for column, it in titles]]

    def _lines(self, line: Sequence[Text]) -> Iterable[Text]:
        return lay_out(self._shape, self._layout, line, self._out)


def lay_out(shape: Shape, layout: Layout, line: Cells, out: Console) -> Iterator[Text]:
    """Yield the lines of a row."""
    match layout:
        case Layout.BESIDE:
            yield from _beside(line, shape.fitted(out.width), out)
        case Layout.BENEATH:
            ids = [at for at, prose in enumerate(shape.prose) if not prose]
            yield from _beside([line[at] for at in ids], [shape.widths[at] for at in ids], out)
            for cell, prose in zip(line, shape.prose, strict=True):
                if prose and cell.plain:
                    yield from _hanging(Text("    "), cell, out)
        case Layout.BLOCK:
            for title, cell in zip(shape.titles, line, strict=True):
                if cell.plain:
                    yield from _hanging(Text(f"{title.lower()}: ", "dim"), cell, out)
            yield Text()


def _beside(line: Cells, widths: Sequence[int], out: Console) -> Iterator[Text]:
    wrapped = (_wrap(cell, width, out) for cell, width in zip(line, widths, strict=True))
    for parts in zip_longest(*wrapped, fillvalue=Text()):
        joined = Text(" " * GAP).join(map(_padded, parts, widths))
        joined.rstrip()
        yield joined


def _hanging(lead: Text, cell: Text, out: Console) -> Iterator[Text]:
    """Yield ``cell`` after ``lead``, and what does not fit there indented by two cells."""
    first, *rest = _wrap(cell, out.width - lead.cell_len, out)
    yield Text() + lead + first
    if rest:
        remaining = Text(cell.plain[len(first.plain) :].lstrip(), cell.style)
        indent = min(lead.cell_len, 4)
        for part in _wrap(remaining, out.width - indent, out):
            yield Text(" " * indent) + part


def _wrap(cell: Text, width: int, out: Console) -> list[Text]:
    if cell.cell_len <= width:
        return [cell]
    parts = list(cell.wrap(out, width, overflow="fold"))
    for part in parts:
        part.rstrip()
    return parts


def _padded(cell: Text, width: int) -> Text:
    padded = cell.copy()
    padded.pad_right(width - cell.cell_len)
    return padded


def write_table(rows: Iterable[T], columns: Sequence[Column[T]]) -> None:
    """Write ``rows`` as they come, some at a time."""
    writer, remaining = TableWriter(columns), iter(rows)
    while some := list(islice(remaining, ROWS_AT_ONCE)):
        writer.write(some)


def _text(column: Column[T], row: T) -> Text:
    return Text(printable(column.cell(row)), column.style(row))
