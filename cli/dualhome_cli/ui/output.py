"""Rows on standard output: as a table for operators, as JSON or CSV for programs, as they come."""

import csv
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import Field, dataclass, fields, is_dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

import click

from dualhome.wire import stamp
from dualhome_cli.ui.table import Column, TableWriter, write_table

T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., Any])


FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet may compute."""


class Format(StrEnum):
    """What ``-o`` takes."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


@dataclass(frozen=True, slots=True)
class Named:
    """In the annotation of a row's field: what JSON and CSV call it."""

    name: str


class _CsvWriter:
    """Writes a heading, at the first row at the latest, and a line for each row."""

    def __init__(self) -> None:
        self._writer = csv.writer(sys.stdout, lineterminator="\n")
        self._titled = False

    def title(self, names: Iterable[str]) -> None:
        """Write the heading."""
        self._writer.writerow(names)
        self._titled = True

    def write(self, row: object) -> None:
        """Write a row."""
        values = plain(row)
        if not self._titled:
            self.title(values)
        self._writer.writerow(map(_in_cell, values.values()))


class _Counted(Iterable[T]):
    """Rows, counted as they pass."""

    def __init__(self, rows: Iterable[T]) -> None:
        self._rows = rows
        self.count = 0

    def __iter__(self) -> Iterator[T]:
        for row in self._rows:
            self.count += 1
            yield row


def output_option(command: F) -> F:
    """Give a command ``-o``, as its argument ``output``."""
    return click.option(
        "-o",
        "--output",
        type=click.Choice([it.value for it in Format]),
        default=Format.TABLE.value,
        show_default=True,
        callback=lambda _context, _option, value: Format(value),
        help="Output format.",
    )(command)


def show(
    rows: Iterable[T], columns: Sequence[Column[T]], output: Format, *, of: type[Any], nothing: str
) -> int:
    """
    Write ``rows`` as they come and return how many there were; ``nothing`` says if there are none.

    A row is a dataclass, in CSV always the one that the rows are ``of``, or a mapping: JSON and CSV
    name its fields, ``columns`` are what a table shows of it.
    """
    counted = _Counted(rows)
    match output:
        case Format.TABLE:
            write_table(counted, columns)
        case Format.JSON:
            _show_json(counted)
        case Format.CSV:
            in_csv = _CsvWriter()
            in_csv.title(map(_name, fields(of)))
            for row in counted:
                in_csv.write(row)
    if nothing and not counted.count:
        click.echo(nothing, err=True)
    return counted.count


def live(columns: Sequence[Column[T]], output: Format) -> Callable[[T], None]:
    """Return what writes a row at once; in JSON each row is an object on a line of its own."""
    table, in_csv = TableWriter(columns), _CsvWriter()

    def write(row: T) -> None:
        match output:
            case Format.TABLE:
                table.write([row])
            case Format.JSON:
                sys.stdout.write(_json(plain(row)) + "\n")
            case Format.CSV:
                in_csv.write(row)
        sys.stdout.flush()

    return write


def plain(row: object) -> dict[str, Any]:
    """Return the fields of a row as JSON knows them; what is None stays, but not within a field."""
    if is_dataclass(row):
        return {_name(it): _plain(getattr(row, it.name)) for it in fields(row)}
    if isinstance(row, Mapping):
        return {str(key): _plain(value) for key, value in row.items()}
    raise TypeError(f"{type(row).__name__} is no row")


def _name(of: Field[Any]) -> str:
    notes = getattr(of.type, "__metadata__", ())
    return next((it.name for it in notes if isinstance(it, Named)), of.name)


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever a field holds
    match value:
        case datetime():
            return stamp(value)
        case Mapping():
            return {str(key): _plain(part) for key, part in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_plain(part) for part in value]
        case _ if is_dataclass(value):
            known = {_name(it): getattr(value, it.name) for it in fields(value)}
            return {name: _plain(part) for name, part in known.items() if part is not None}
        case _:
            return value


def _show_json(rows: Iterable[object]) -> None:
    """Write one array, a row on each line."""
    before = "[\n"
    for row in rows:
        sys.stdout.write(before + _json(plain(row)))
        before = ",\n"
    sys.stdout.write("[]\n" if before == "[\n" else "\n]\n")


def _in_cell(value: Any) -> str:  # noqa: ANN401 - whatever JSON knows
    match value:
        case None:
            return ""
        case str():
            return _no_formula(value)
        case list() if all(isinstance(part, str) and " " not in part for part in value):
            return _no_formula(" ".join(value))
        case _:
            return _json(value)


def _json(value: Any) -> str:  # noqa: ANN401 - whatever JSON knows
    """Write what the output's encoding may have no sign for as JSON escapes it."""
    unicode = (sys.stdout.encoding or "").lower().startswith("utf")
    return json.dumps(value, ensure_ascii=not unicode)


def _no_formula(text: str) -> str:
    """Return others' text so that no spreadsheet computes it (OWASP, "CSV Injection")."""
    whole = text.replace("\r", " ")  # which would end the line for many a reader
    return f"'{whole}" if text.startswith(FORMULA) else whole
