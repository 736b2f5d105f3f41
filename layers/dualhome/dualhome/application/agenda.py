"""The looks that an invocation leaves to be made after it."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from math import ceil

from dualhome.application.looks import Look
from dualhome.application.ports import Looks
from dualhome.domain.identifiers import InstanceId
from dualhome.domain.retries import look_delay

LAST_LOOK = 20
"""After a quarter of an hour: chains of looks that each sweep adds to would never end."""


LONGEST_DELAY = 900
"""Seconds that SQS delays a message at most (SQS API Reference, SendMessage)."""


@dataclass(slots=True)
class Agenda:
    """The looks that this invocation will queue at its end, by delay."""

    looks: dict[timedelta, dict[InstanceId, Look]] = field(
        default_factory=lambda: defaultdict(dict)
    )

    def at_once(self, look: Look) -> None:
        """Look as soon as somebody can."""
        self._put(look, timedelta())

    def later(self, look: Look) -> None:
        """
        Look again after a wait that grows with the attempts; in the end the sweep does.

        Of what somebody asked for the sweep knows nothing: such a look comes back until it is done.
        """
        again = look.again()
        if again.attempt <= LAST_LOOK or again.asks:
            self._put(again, look_delay(again.attempt))

    def after(self, look: Look, delay: timedelta) -> None:
        """Look when ``delay`` has passed, by the whole second; the queue takes 15 minutes."""
        seconds = min(max(0, ceil(delay.total_seconds())), LONGEST_DELAY)
        self._put(look, timedelta(seconds=seconds))

    def hand_over(self, queue: Looks) -> None:
        """
        Put every look on the queue.

        Raises:
            TransientError: some are not queued; the messages that led to them must come back.
        """
        for delay, looks in self.looks.items():
            queue.put(looks.values(), delay)

    def _put(self, look: Look, delay: timedelta) -> None:
        due = self.looks[delay]
        before = due.get(look.instance)
        due[look.instance] = before.joined_by(look) if before else look
