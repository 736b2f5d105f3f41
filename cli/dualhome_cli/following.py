"""A request from its sending to the end of what it led to, as `retry` and `release` share it."""

import time
from collections.abc import Callable, Sequence

import click

from dualhome.domain.states import State
from dualhome_cli.progress import show_endings, show_moves
from dualhome_cli.stack import Stack
from dualhome_cli.trail import Trail, endings, follow

SECONDS_BETWEEN_READS = 1.0


def see_to_the_end(
    stack: Stack,
    trails: Sequence[Trail],
    well: frozenset[State],
    onwards: Callable[[Trail], Trail] | None = None,
) -> None:
    """
    Show every move until all trails have ended, and how they did.

    Then likewise where they lead: whatever the tag still asks for ends as the record says.

    Raises:
        Exit: with 1, one of ``trails`` has not ended ``well``.
    """
    _show(stack, trails)
    found = endings(trails)
    show_endings(found, stack)
    if onwards:
        further = [onwards(trail) for trail in trails]
        _show(stack, further)
        show_endings(endings(further), stack, "the tag still asks for it: ")
    if not all(ending.moved and ending.state in well for ending in found):
        raise click.exceptions.Exit(1)


def _show(stack: Stack, trails: Sequence[Trail]) -> None:
    entries = follow(trails, stack.archive, stack.now, lambda: time.sleep(SECONDS_BETWEEN_READS))
    show_moves(entries, "Waiting for the next move; Ctrl-C ends the waiting, not the work.")
