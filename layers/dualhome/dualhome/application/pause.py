"""Whether anything may be attached or detached now, asked before each claim and each write."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Protocol

from dualhome.domain.errors import DualhomeError, PausedError, PauseUnreadError
from dualhome.domain.pause import Pause, PauseReading
from dualhome.domain.planning.eligibility import Policy

TRUSTED_FOR = 1.0
"""Seconds that one reading is trusted, counted from before it began."""


class Pauses(Protocol):
    """Where an operator's last word on the pause is read."""

    def read(self) -> Pause | None:
        """
        Return what was written last; None before the first pause or resume.

        Raises:
            DualhomeError: it cannot be read, or not by this version.
        """
        ...


def refusal(reading: PauseReading, what: str = "") -> PausedError:
    """Return the error that ``reading`` is to ``what``, which says what is not done."""
    kind = PauseUnreadError if reading.unread else PausedError
    return kind(f"{what}: {reading.detail}" if what else reading.detail)


@dataclass(slots=True)
class PauseGate:
    """
    One reading of the pause, kept for a second at most, and within one invocation.

    What cannot be read counts as paused, since waiting loses nothing; ``tell`` is given why.
    ``parameter`` is the deployment's word, which counts until an operator has given one.
    ``monotonic`` is in seconds.
    """

    pauses: Pauses
    parameter: bool
    monotonic: Callable[[], float]
    tell: Callable[[DualhomeError], None]
    _reading: PauseReading | None = field(default=None, init=False)
    _read_at: float = field(default=0.0, init=False)

    def anew(self) -> None:
        """Forget the last reading: a function that was frozen may not have seen the time pass."""
        self._reading = None

    def reading(self) -> PauseReading:
        """Return how it stands, read anew if the last reading is a second old."""
        now = self.monotonic()
        if self._reading is None or now - self._read_at >= TRUSTED_FOR:
            self._read_at, self._reading = now, self._read()
        return self._reading

    def check(self) -> None:
        """
        Let pass what may be done now.

        Raises:
            PausedError: nothing may be attached or detached; ``PauseUnreadError`` if it is not
                known whether anything may.
        """
        reading = self.reading()
        if reading.paused:
            raise refusal(reading)

    def applied_to(self, policy: Policy) -> Policy:
        """Return ``policy`` as it is now: paused or not."""
        return replace(policy, pause=self.reading())

    def _read(self) -> PauseReading:
        try:
            return PauseReading.of(self.pauses.read(), parameter=self.parameter)
        except DualhomeError as error:
            self.tell(error)
            return PauseReading.failed(error.message)
