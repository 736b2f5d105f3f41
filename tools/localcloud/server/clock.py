"""A faster clock for what waits: functions, messages, schedules, and Step Functions' waits."""

import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from localcloud.patches import internals

POLL_SECONDS = 0.1
"""ministack polls for messages that have become due once a second only."""

# What a function imports afterwards takes the time from this clock; its sleeps stay as they are.
WORKER_CLOCK = """
import datetime, time

class _Kind(type(datetime.datetime)):
    def __instancecheck__(cls, it, real=datetime.datetime):
        return isinstance(it, real)

class _Fast(datetime.datetime, metaclass=_Kind):
    @classmethod
    def now(cls, tz=None):
        return cls.fromtimestamp({began} + (time.time() - {began}) * {speed}, tz)

datetime.datetime = _Fast
"""


class Clock:
    """A clock that agreed with ours once and runs ``speed`` times faster; a ``time`` module."""

    def __init__(self, speed: float) -> None:
        """Start now."""
        self.speed, self.began = speed, time.time()

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - the rest of the module
        return getattr(time, name)

    def time(self) -> float:
        """Return the seconds since the epoch."""
        return self.began + (time.time() - self.began) * self.speed

    def sleep(self, seconds: float) -> None:
        """Sleep ``seconds`` of this clock."""
        time.sleep(seconds / self.speed)

    def now(self) -> datetime:
        """Return the time."""
        return datetime.fromtimestamp(self.began, UTC) + timedelta(seconds=self.time() - self.began)

    def prelude(self) -> str:
        """Return what a worker runs first; nothing if the clock is ours."""
        facts = {"began": repr(self.began), "speed": repr(self.speed)}
        return "" if self.speed == 1 else WORKER_CLOCK.format(**facts)

    def install(self) -> None:
        """Give it to queues and schedules. Step Functions has an environment variable."""
        if self.speed == 1:
            return
        internals.replace(internals.SQS, "time", self)
        internals.replace(internals.SCHEDULER, "time", self)
        pause = internals.original(internals.LAMBDA, "_ESM_BACKOFF_SECONDS")
        internals.replace(internals.LAMBDA, "_ESM_BACKOFF_SECONDS", pause / self.speed)
        threading.Thread(target=self._trigger_polls, daemon=True).start()

    def _trigger_polls(self) -> None:
        while True:
            time.sleep(POLL_SECONDS)
            internals.original(internals.LAMBDA, "_esm_wake").set()
