"""Lines of text for people, indented by levels."""

from dataclasses import dataclass

from rich.console import Console
from rich.text import Text

from dualhome_cli.terminal import printable

STEP = 2
"""Cells that each level is indented by."""


@dataclass(frozen=True, slots=True)
class Line:
    """``depth`` counts levels of indentation; ``style`` is rich's."""

    depth: int
    text: str
    style: str = ""


def write(out: Console, line: Line) -> None:
    """Write a line; where it is too long, what follows keeps the indentation."""
    before = " " * STEP * line.depth
    text = Text(printable(line.text), line.style)
    for part in text.wrap(out, max(out.width - len(before), 1)):
        part.rstrip()
        out.print(Text(before) + part, soft_wrap=True)
