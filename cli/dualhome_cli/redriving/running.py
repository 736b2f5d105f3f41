"""A redrive as an operator sees it: a bar for each queue on a terminal, and how it ended."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Self

import click
from rich.progress import Progress

from dualhome_cli.redriving.contents import Contents
from dualhome_cli.redriving.letters import MOST_KEPT, Outcome, redrive
from dualhome_cli.redriving.queues import DONE, DeadLetterQueue, Name
from dualhome_cli.terminal import console, printable

EXAMPLES = 5
"""Messages that stay of which each is told why."""


@dataclass(frozen=True, slots=True)
class Result(Contents):
    """What a queue held, and what became of it; ``reasons`` say why messages stay, by their id."""

    handled: int
    left: int
    reasons: Mapping[str, str]

    @classmethod
    def of(cls, found: Contents, outcome: Outcome) -> Self:
        """Return how the redrive of a queue ended that held what was ``found``."""
        return cls(
            **{it.name: getattr(found, it.name) for it in fields(found)},
            handled=outcome.done,
            left=len(outcome.kept),
            reasons={letter.id: why for letter, why in outcome.kept.items()},
        )


def run(queue: DeadLetterQueue, waiting: int, *, quiet: bool) -> Outcome:
    """Do over what is in ``queue``, about ``waiting`` messages; ``quiet`` shows no bar."""
    hidden = quiet or not sys.stdout.isatty()
    with Progress(console=console(), disable=hidden, transient=True) as progress:
        task = progress.add_task(queue.name, total=waiting)

        def tell(outcome: Outcome) -> None:
            progress.update(task, completed=outcome.done + len(outcome.kept))

        return redrive(queue.letters, queue.remedy, tell)


def tell_end(name: Name, outcome: Outcome) -> None:
    """Say how the redrive of the queue ``name`` ended."""
    click.echo(f"{name}: {outcome.done} {DONE[name]}; {len(outcome.kept)} left.")
    for letter, why in list(outcome.kept.items())[:EXAMPLES]:
        click.echo(f"  {letter.id} is left: {printable(why)}")
    if len(outcome.kept) >= MOST_KEPT:
        click.echo(f"  There may be more: a redrive stops when {MOST_KEPT} are left.")
