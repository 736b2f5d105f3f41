"""What lies in a dead-letter queue, by a look at its first messages."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from dualhome.domain.errors import BadMessageError
from dualhome_cli.redriving.letters import DeadLetters, Letter, Remedy
from dualhome_cli.table import Column
from dualhome_cli.times import print_time

SAMPLE = 50
"""Messages that are looked at."""

UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Contents:
    """
    What ``queue`` holds.

    ``kinds`` counts the messages that were ``looked_at``, the first of many; ``oldest`` is of them.
    ``hidden`` messages are in the hands of another redrive, or of one that died.
    """

    queue: str
    waiting: int
    hidden: int
    oldest: datetime | None
    kinds: Mapping[str, int]
    looked_at: int

    @property
    def empty(self) -> bool:
        """Whether there is nothing to do now."""
        return not self.waiting and not self.kinds


COLUMNS: Sequence[Column[Contents]] = (
    Column("Queue", lambda it: it.queue),
    Column("Waiting", lambda it: str(it.waiting)),
    Column("In other hands", lambda it: str(it.hidden)),
    Column("Oldest", lambda it: print_time(it.oldest) if it.oldest else ""),
    Column(f"Kinds (of the first {SAMPLE})", lambda it: _print_kinds(it.kinds), prose=True),
)


def look_into(name: str, queue: DeadLetters, remedy: Remedy) -> Contents:
    """Return what the queue called ``name`` holds; whatever was looked at is put back."""
    depth = queue.depth()
    sample: dict[str, Letter] = {}
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
        kinds=Counter(_kind(letter, remedy) for letter in sample.values()),
        looked_at=len(sample),
    )


def _some(queue: DeadLetters) -> Iterator[Letter]:
    taken = 0
    while taken < SAMPLE and (letters := queue.take()):
        taken += len(letters)
        yield from letters


def _kind(letter: Letter, remedy: Remedy) -> str:
    try:
        return remedy.kind(letter.body)
    except BadMessageError:
        return UNREADABLE


def _print_kinds(kinds: Mapping[str, int]) -> str:
    return ", ".join(f"{count} x {kind}" for kind, count in kinds.items())
