"""Lines of text for people, at any width."""

from io import StringIO

import pytest
from rich.console import Console

from dualhome_cli.ui.terminal import Line, write


def written(line: Line, width: int) -> list[str]:
    """Return the lines that one line becomes."""
    out = Console(file=StringIO(), width=width, markup=False)
    write(out, line)
    assert isinstance(out.file, StringIO)
    return out.file.getvalue().splitlines()


def test_what_follows_a_break_keeps_the_indentation() -> None:
    """A list stays a list on a narrow terminal."""
    assert ["    would wait", "    for ever"] == written(Line(2, "would wait for ever"), 14)


def test_no_line_ends_in_a_space() -> None:
    """What is copied out of a terminal is compared and pasted."""
    assert ["would wait", "for ever"] == written(Line(0, "would wait for ever"), 11)


def test_what_others_wrote_moves_no_cursor_and_is_no_markup() -> None:
    """A name with an escape sequence is a user's joke, or worse."""
    assert ["web [2J[bold]"] == written(Line(0, "web\x1b[2J[bold]"), 80)


@pytest.mark.parametrize("width", [1, 4, 5])
def test_a_terminal_narrower_than_the_indentation_gets_what_fits(width: int) -> None:
    """Nothing is lost, and nothing fails."""
    assert "mgmt" == "".join(part.strip() for part in written(Line(2, "mgmt"), width))
