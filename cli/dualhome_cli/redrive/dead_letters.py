"""Dead letters, and how a queue of them is redriven with nothing lost."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

MOST_KEPT = 1000
"""Messages that may stay before a redrive stops: what it holds in memory is bounded."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message as it was received; ``handle`` is SQS's receipt, needed to delete it."""

    id: str
    handle: str
    body: str
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class Depth:
    """About how many messages a queue holds; ``hidden`` are in flight."""

    waiting: int
    hidden: int


class DeadLetters(Protocol):
    """A dead-letter queue."""

    def depth(self) -> Depth:
        """Return about how many messages there are."""
        ...

    def take(self) -> Sequence[DeadLetter]:
        """Receive some, which no other consumer sees for a while; none when none is left."""
        ...

    def discard(self, letters: Sequence[DeadLetter]) -> None:
        """Delete what was handled."""
        ...

    def put_back(self, letters: Sequence[DeadLetter]) -> None:
        """Make visible at once what was received."""
        ...


class MessageQueue(Protocol):
    """The queue that a function reads."""

    def send(self, letters: Sequence[DeadLetter]) -> Mapping[str, str]:
        """Queue the bodies of ``letters``; return why not, by the ids of those refused."""
        ...


class Handler(Protocol):
    """How the messages of a queue are handled again; twice does no harm."""

    def kind(self, body: str) -> str:
        """
        Return in a few words what a message is about.

        Raises:
            BadMessageError: this version cannot parse it.
        """
        ...

    def handle(self, letters: Sequence[DeadLetter]) -> Mapping[str, str]:
        """Handle ``letters``; return why not, by the ids of those that stay."""
        ...


@dataclass(slots=True)
class Outcome:
    """How many messages were handled, and which stay, with the reason."""

    done: int = 0
    kept: dict[DeadLetter, str] = field(default_factory=dict)


def redrive(queue: DeadLetters, handler: Handler, report: Callable[[Outcome], None]) -> Outcome:
    """
    Handle every message of ``queue``, and delete each once it is handled.

    A message is deleted after its handler has returned: a crash leaves at most a duplicate. Those
    that cannot be handled become visible again in the end.
    """
    outcome = Outcome()
    in_flight: Sequence[DeadLetter] = ()
    try:
        while len(outcome.kept) < MOST_KEPT and (in_flight := queue.take()):
            known = {letter.id for letter in outcome.kept}
            fresh = [letter for letter in in_flight if letter.id not in known]
            if not fresh:  # SQS returns what stays once more: nothing else is left.
                break
            _handle(fresh, queue, handler, outcome)
            in_flight = ()
            report(outcome)
    finally:
        queue.put_back([*outcome.kept, *in_flight])
    return outcome


def _handle(
    letters: Sequence[DeadLetter], queue: DeadLetters, handler: Handler, outcome: Outcome
) -> None:
    why_not = handler.handle(letters)
    done = [letter for letter in letters if letter.id not in why_not]
    queue.discard(done)
    outcome.done += len(done)
    outcome.kept |= {it: why_not[it.id] for it in letters if it.id in why_not}
