"""Messages that were set aside, and how a queue of them is emptied with nothing lost."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

MOST_KEPT = 1000
"""Messages that may stay before a redrive stops: what it holds in memory is bounded."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A message as it was taken; ``handle`` is what SQS wants to see when it is deleted."""

    id: str
    handle: str
    body: str
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class Depth:
    """About how many messages a queue holds; ``hidden`` are those that somebody has taken."""

    waiting: int
    hidden: int


class DeadLetters(Protocol):
    """A queue of messages that were set aside."""

    def depth(self) -> Depth:
        """Return about how many there are."""
        ...

    def take(self) -> Sequence[Letter]:
        """Return some that nobody else gets for a while; none when none is left."""
        ...

    def discard(self, letters: Sequence[Letter]) -> None:
        """Delete what is done."""
        ...

    def put_back(self, letters: Sequence[Letter]) -> None:
        """Let others see at once what was taken."""
        ...


class Remedy(Protocol):
    """How the messages of a queue are done over; twice does no harm."""

    def kind(self, body: str) -> str:
        """
        Return in a few words what a message is about.

        Raises:
            BadMessageError: it can only be read by a person.
        """
        ...

    def apply(self, letters: Sequence[Letter]) -> Mapping[str, str]:
        """Do over what ``letters`` stand for; return why not, by the ids of those that stay."""
        ...


@dataclass(slots=True)
class Outcome:
    """How many messages were done over, and why which ones stay."""

    done: int = 0
    kept: dict[Letter, str] = field(default_factory=dict)


def redrive(queue: DeadLetters, remedy: Remedy, tell: Callable[[Outcome], None]) -> Outcome:
    """
    Do over every message of ``queue``, and delete each once it is done.

    A message is deleted after its remedy has worked: a crash leaves at most a duplicate. Those
    that cannot be done over are put back in the end.
    """
    outcome = Outcome()
    in_hand: Sequence[Letter] = ()
    try:
        while len(outcome.kept) < MOST_KEPT and (in_hand := queue.take()):
            known = {letter.id for letter in outcome.kept}
            fresh = [letter for letter in in_hand if letter.id not in known]
            if not fresh:  # What stays comes round again: nothing else is left.
                break
            _do_over(fresh, queue, remedy, outcome)
            in_hand = ()
            tell(outcome)
    finally:
        queue.put_back([*outcome.kept, *in_hand])
    return outcome


def _do_over(
    letters: Sequence[Letter], queue: DeadLetters, remedy: Remedy, outcome: Outcome
) -> None:
    why_not = remedy.apply(letters)
    done = [letter for letter in letters if letter.id not in why_not]
    queue.discard(done)
    outcome.done += len(done)
    outcome.kept |= {it: why_not[it.id] for it in letters if it.id in why_not}
