"""A clock that stands still until a test moves it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.support.builders.values import NOW


@dataclass(slots=True)
class FakeClock:
    """Tells the time when called; every fake of one test shares it."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        """Return the time that it is."""
        return self.now

    def advance(self, seconds: float) -> None:
        """Let ``seconds`` pass."""
        self.now += timedelta(seconds=seconds)
