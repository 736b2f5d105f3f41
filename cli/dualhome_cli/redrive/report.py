"""A redrive as an operator sees it: the contents of each queue, a progress bar, the result."""

import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Annotated, Self

import click
from rich.progress import Progress

from dualhome.domain.errors import BadMessageError
from dualhome_cli.redrive.dead_letters import (
    MOST_KEPT,
    DeadLetter,
    DeadLetters,
    Handler,
    Outcome,
    redrive,
)
from dualhome_cli.redrive.queues import DONE, DeadLetterQueue, Name
from dualhome_cli.ui.output import Named
from dualhome_cli.ui.table import Column
from dualhome_cli.ui.terminal import console, printable
from dualhome_cli.ui.times import print_time

SAMPLE = 50
"""Messages of a queue that are read for their kind."""

UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Contents:
    """
    What ``queue`` holds.

    ``kinds`` counts the messages that were ``read``, the first of many; ``oldest`` is of them.
    ``hidden`` messages are in flight: received by another redrive, or by one that died.
    """

    queue: str
    waiting: int
    hidden: int
    oldest: datetime | None
    kinds: Mapping[str, int]
    read: Annotated[int, Named("looked_at")]

    @property
    def empty(self) -> bool:
        """Whether there is nothing to do now."""
        return not self.waiting and not self.kinds


EXAMPLES = 5
"""Messages that stay whose reason is shown."""


@dataclass(frozen=True, slots=True)
class Result(Contents):
    """What a queue held, and how it was redriven; ``reasons`` has why messages stay, by id."""

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


COLUMNS: Sequence[Column[Contents]] = (
    Column("Queue", lambda it: it.queue),
    Column("Waiting", lambda it: str(it.waiting)),
    Column("In flight", lambda it: str(it.hidden)),
    Column("Oldest", lambda it: print_time(it.oldest) if it.oldest else ""),
    Column(f"Kinds (of the first {SAMPLE})", lambda it: _print_kinds(it.kinds), prose=True),
)


def read_contents(name: str, queue: DeadLetters, handler: Handler) -> Contents:
    """Return what the queue called ``name`` holds; the messages that were read are put back."""
    depth = queue.depth()
    sample: dict[str, DeadLetter] = {}
    try:
        for letter in _some(queue):
            sample[letter.id] = letter
    finally:
        queue.put_back(list(sample.values()))
    return Contents(
        queue=name,
        waiting=max(depth.waiting, len(sample)),
        hidden=depth.hidden,
        oldest=min((letter.sent_at for letter in sample.values()), default=None),
        kinds=Counter(_kind(letter, handler) for letter in sample.values()),
        read=len(sample),
    )


def _some(queue: DeadLetters) -> Iterator[DeadLetter]:
    taken = 0
    while taken < SAMPLE and (letters := queue.take()):
        taken += len(letters)
        yield from letters


def _kind(letter: DeadLetter, handler: Handler) -> str:
    try:
        return handler.kind(letter.body)
    except BadMessageError:
        return UNREADABLE


def _print_kinds(kinds: Mapping[str, int]) -> str:
    return ", ".join(f"{count} x {kind}" for kind, count in kinds.items())


def run(queue: DeadLetterQueue, waiting: int, *, quiet: bool) -> Outcome:
    """Redrive ``queue``, about ``waiting`` messages; ``quiet`` shows no bar."""
    hidden = quiet or not sys.stdout.isatty()
    with Progress(console=console(), disable=hidden, transient=True) as progress:
        task = progress.add_task(queue.name, total=waiting)

        def report(outcome: Outcome) -> None:
            progress.update(task, completed=outcome.done + len(outcome.kept))

        return redrive(queue.letters, queue.handler, report)


def print_end(name: Name, outcome: Outcome) -> None:
    """Say how the redrive of the queue ``name`` ended."""
    click.echo(f"{name}: {outcome.done} {DONE[name]}; {len(outcome.kept)} left.")
    for letter, why in list(outcome.kept.items())[:EXAMPLES]:
        click.echo(f"  {letter.id} stays: {printable(why)}")
    if len(outcome.kept) >= MOST_KEPT:
        click.echo(f"  There may be more: a redrive stops when {MOST_KEPT} are left.")
