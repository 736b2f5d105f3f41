"""Rows as tables, JSON and CSV."""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import pytest

from dualhome.domain.states import State
from dualhome_cli.ui.output import Format, live, plain, show
from dualhome_cli.ui.table import ROWS_AT_ONCE, Column
from tests.support.builders.values import NOW


@dataclass(frozen=True, slots=True)
class Row:
    """A row with a field of each kind."""

    name: str
    state: State = State.ATTACHED
    since: datetime = NOW
    index: int | None = None
    warnings: tuple[str, ...] = ()


COLUMNS: Sequence[Column[Row]] = (
    Column("Name", lambda it: it.name),
    Column("State", lambda it: it.state),
)
ROWS = [Row("a"), Row("b, c", State.STUCK, index=2, warnings=("X", "Y"))]


def test_a_table_has_a_heading_and_a_line_for_each_row(capsys: pytest.CaptureFixture[str]) -> None:
    """The plainest form is what most people see."""
    count = show(ROWS, COLUMNS, Format.TABLE, of=Row, nothing="none")

    assert 2 == count
    assert "Name  State\na     attached\nb, c  stuck\n" == capsys.readouterr().out


def test_json_is_an_array_with_every_field_of_every_row(capsys: pytest.CaptureFixture[str]) -> None:
    """A program can rely on a key that has no value today."""
    show(ROWS, COLUMNS, Format.JSON, of=Row, nothing="none")

    out = capsys.readouterr().out
    assert [plain(row) for row in ROWS] == json.loads(out)
    assert {"name": "a", "index": None, "warnings": []}.items() <= json.loads(out)[0].items()
    assert 4 == len(out.splitlines()), "a row a line: grep and head work"


def test_csv_has_a_heading_and_quotes_what_must_be_quoted(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A spreadsheet opens it as it is."""
    show(ROWS, COLUMNS, Format.CSV, of=Row, nothing="none")

    first, second = csv.DictReader(io.StringIO(capsys.readouterr().out))
    assert {"name": "a", "index": "", "warnings": "", "state": "attached"}.items() <= first.items()
    assert {"name": "b, c", "index": "2", "warnings": "X Y"}.items() <= second.items()
    assert "2026-03-01T12:00:00.000Z" == first["since"]


@pytest.mark.parametrize(
    ("output", "out"),
    [(Format.TABLE, ""), (Format.JSON, "[]\n"), (Format.CSV, "name,state,since,index,warnings\n")],
)
def test_no_row_is_said_beside_the_answer(
    output: Format, out: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A person is told; a program reads an empty answer, a heading in CSV."""
    count = show([], COLUMNS, output, of=Row, nothing="Nothing is attached.")

    assert 0 == count
    assert (out, "Nothing is attached.\n") == tuple(capsys.readouterr())


@pytest.mark.parametrize(("output", "ahead"), [("table", ROWS_AT_ONCE), ("json", 1), ("csv", 1)])
def test_rows_are_written_as_they_come(
    output: str, ahead: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """Any number of them fits into memory."""
    written = 0

    def rows() -> Iterator[Row]:
        nonlocal written
        for number in range(1000):
            written += capsys.readouterr().out.count("row-")
            assert number - written <= ahead
            yield Row(f"row-{number}")

    show(rows(), COLUMNS, Format(output), of=Row, nothing="")

    assert 1000 == written + capsys.readouterr().out.count("row-")


@pytest.mark.parametrize(
    ("output", "lines"),
    [
        (Format.TABLE, ["Name  State", "a     attached"]),
        (Format.JSON, [json.dumps(plain(Row("a")))]),
        (Format.CSV, ["name,state,since,index,warnings", "a,attached,2026-03-01T12:00:00.000Z,,"]),
    ],
)
def test_a_live_row_is_written_at_once(
    output: Format, lines: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """What happens is seen when it happens, one object a line in JSON."""
    write = live(COLUMNS, output)

    write(Row("a"))

    assert lines == capsys.readouterr().out.splitlines()


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_text_is_a_formula_of_a_spreadsheet(
    text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A user who may tag an instance could run one on the operator's desk; numbers stay numbers."""
    show([Row(text, index=-1, warnings=(text,))], COLUMNS, Format.CSV, of=Row, nothing="")

    (row,) = csv.DictReader(io.StringIO(capsys.readouterr().out, newline=""))
    said = "'" + text.replace("\r", " ")
    assert (said, "-1", said) == (row["name"], row["index"], row["warnings"])


def test_what_would_move_the_cursor_is_not_written(capsys: pytest.CaptureFixture[str]) -> None:
    """Tags and EC2's messages are others' text; a terminal must not obey them."""
    show([Row("a\x1b[2Jb\rc\nd")], COLUMNS, Format.TABLE, of=Row, nothing="")

    assert "a [2Jb c d" in capsys.readouterr().out


def test_a_row_is_a_dataclass_or_a_mapping() -> None:
    """Anything else is a defect of ours, and loud."""
    assert {"a": 1} == plain({"a": 1})
    with pytest.raises(TypeError, match="int is no row"):
        plain(1)
