"""Standard output as people see it."""

import os
import sys

from rich.console import Console

UNBOUND = 10_000
"""Cells in a line that goes to a file or another program: nothing is wrapped there."""


class _Console(Console):
    def on_broken_pipe(self) -> None:
        """Leave it to the boundary around the command."""
        raise BrokenPipeError


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
