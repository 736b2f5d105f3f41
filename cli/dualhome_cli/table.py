"""Tables for people: written some rows at a time, whole ids always, whatever the width."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Generic, TypeVar

from rich.text import Text

from dualhome_cli.layout import Layout, Shape, lay_out
from dualhome_cli.terminal import console, printable

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


def write_table(rows: Iterable[T], columns: Sequence[Column[T]]) -> None:
    """Write ``rows`` as they come, some at a time."""
    writer, remaining = TableWriter(columns), iter(rows)
    while some := list(islice(remaining, ROWS_AT_ONCE)):
        writer.write(some)


def _text(column: Column[T], row: T) -> Text:
    return Text(printable(column.cell(row)), column.style(row))
