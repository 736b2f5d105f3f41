"""A redrive as an operator sees it: a bar for each queue on a terminal, and how it ended."""

import sys

import click
from rich.progress import Progress

from dualhome_cli.redriving.letters import MOST_KEPT, Outcome, redrive
from dualhome_cli.redriving.queues import DeadLetterQueue
from dualhome_cli.terminal import console, printable

EXAMPLES = 5
"""Messages that stay of which each is told why."""


def run(queue: DeadLetterQueue, waiting: int) -> bool:
    """Do over what is in ``queue``, about ``waiting`` messages; return whether nothing stays."""
    with Progress(console=console(), disable=not sys.stdout.isatty(), transient=True) as progress:
        task = progress.add_task(queue.name, total=waiting)

        def tell(outcome: Outcome) -> None:
            progress.update(task, completed=outcome.done + len(outcome.kept))

        outcome = redrive(queue.letters, queue.remedy, tell)
    click.echo(f"{queue.name}: {outcome.done} handled again, {len(outcome.kept)} left.")
    for letter, why in list(outcome.kept.items())[:EXAMPLES]:
        click.echo(f"  {letter.id} is left: {printable(why)}")
    if len(outcome.kept) >= MOST_KEPT:
        click.echo(f"  There may be more: a redrive stops when {MOST_KEPT} are left.")
    return not outcome.kept
