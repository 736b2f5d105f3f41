"""A request from its sending to the end of what it led to, as `retry` and `release` share it."""

import time
from collections.abc import Sequence

import click

from dualhome.domain.states import State
from dualhome_cli.progress import show_endings, show_moves
from dualhome_cli.stack import Stack
from dualhome_cli.trail import Trail, endings, follow

SECONDS_BETWEEN_READS = 1.0


def see_to_the_end(
    stack: Stack, trails: Sequence[Trail], well: frozenset[State], afterwards: Sequence[str] = ()
) -> None:
    """
    Show every move until all trails have ended, how they did, and what will happen ``afterwards``.

    Raises:
        Exit: with 1, one has not ended ``well``.
    """
    entries = follow(trails, stack.archive, stack.now, lambda: time.sleep(SECONDS_BETWEEN_READS))
    show_moves(entries, "Waiting for the next move; Ctrl-C ends the waiting, not the work.")
    found = endings(trails)
    show_endings(found, stack)
    for line in afterwards:
        click.echo(line)
    if not all(ending.moved and ending.state in well for ending in found):
        raise click.exceptions.Exit(1)
