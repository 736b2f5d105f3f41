"""Standard output on a terminal: width, colours of states, and indented lines."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from rich.console import Console
from rich.text import Text

from dualhome.domain.states import State

UNBOUND = 10_000
"""Cells in a line that goes to a file or another program: nothing is wrapped there."""


class _Console(Console):
    def on_broken_pipe(self) -> None:
        """Leave it to the boundary around the command."""
        raise BrokenPipeError


STEP = 2
"""Cells that each level is indented by."""


@dataclass(frozen=True, slots=True)
class Line:
    """``depth`` counts levels of indentation; ``style`` is rich's."""

    depth: int
    text: str
    style: str = ""


OF_STATE: Mapping[State, str] = {
    State.ATTACHED: "green",
    State.RELEASED: "dim",
    State.REFUSED: "yellow",
    State.WAITING: "yellow",
    State.FAILED: "red",
    State.STUCK: "bold red",
}
"""States that last; what moves has none."""


def console() -> Console:
    """Return the console of standard output: colours on a terminal alone, nothing guessed."""
    bounded = sys.stdout.isatty() or "COLUMNS" in os.environ
    return _Console(
        file=sys.stdout,
        highlight=False,
        markup=False,
        emoji=False,
        width=None if bounded else UNBOUND,
    )


def printable(text: str) -> str:
    """Return others' text, such as tags and EC2's messages, without what moves a cursor."""
    return "".join(it if it.isprintable() else " " for it in text)


def write(out: Console, line: Line) -> None:
    """Write a line; where it is too long, what follows keeps the indentation."""
    before = " " * STEP * line.depth
    text = Text(printable(line.text), line.style)
    for part in text.wrap(out, max(out.width - len(before), 1)):
        part.rstrip()
        out.print(Text(before) + part, soft_wrap=True)


def colour_of(state: State | None) -> str:
    """Return the style of ``state``, as rich knows it; empty for none."""
    return OF_STATE.get(state, "") if state else ""
