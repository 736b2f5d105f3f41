"""The queue of looks in memory: delayed by the clock that the test moves."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from dualhome.application.looks import Look
from tests.support.in_memory_calls import Calls
from tests.support.in_memory_clock import FakeClock

LONGEST = timedelta(minutes=15)
"""SQS Developer Guide, "Amazon SQS delay queues"."""


@dataclass(slots=True)
class InMemoryLooks:
    """The port ``Looks``, and what its reader does."""

    clock: FakeClock
    calls: Calls
    queued: list[tuple[datetime, Look]] = field(default_factory=list)

    def put(self, looks: Iterable[Look], delay: timedelta) -> None:
        """Queue ``looks``; SQS takes whole seconds, 15 minutes at most."""
        with self.calls.making("put"):
            if not timedelta() <= delay <= LONGEST or delay.microseconds:
                raise ValueError(f"SQS does not delay by {delay}")
            self.queued += [(self.clock() + delay, look) for look in looks]

    def put_back(self, looks: Iterable[Look], seconds: float) -> None:
        """Let messages that were not finished come back, as SQS itself does."""
        self.queued += [(self.clock() + timedelta(seconds=seconds), look) for look in looks]

    def receive(self) -> tuple[Look, ...]:
        """Take every look that is due."""
        now = self.clock()
        due = tuple(look for at, look in self.queued if at <= now)
        self.queued = [(at, look) for at, look in self.queued if at > now]
        return due

    def seconds_to_next(self) -> float | None:
        """Return the seconds until a look is due; None if none is queued."""
        waits = ((at - self.clock()).total_seconds() for at, _ in self.queued)
        return min(waits, default=None)
