"""Waiting with a deadline, and what was expected against what was seen."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

SECONDS = 60.0
"""Attach and release take about 5 s and 10 s here; a busy machine may need a few times that."""

NOTHING = "nothing"

T = TypeVar("T")


@dataclass(frozen=True)
class Expectation:
    """What should be, what is, and whether that will do."""

    what: str
    expected: str
    seen: str
    met: bool

    @property
    def text(self) -> str:
        """Both; once if they are the same."""
        if not self.met:
            return f"expected {self.expected}, seen {self.seen}"
        return self.seen if self.seen == self.expected else f"{self.expected}: {self.seen}"


def same(what: str, expected: str, seen: str) -> Expectation:
    """Expect to see exactly what is expected; two times nothing proves nothing, and is not met."""
    met = bool(expected) and expected == seen
    return Expectation(what, expected or "something", seen or NOTHING, met=met)


def names(what: str, word: str, text: str) -> Expectation:
    """Expect a text to name something."""
    met = word in text
    return Expectation(what, word, word if met else text or NOTHING, met=met)


def until(read: Callable[[], T], good: Callable[[T], bool], seconds: float = SECONDS) -> T:
    """Read until it is ``good``, for ``seconds`` at most; return what was read last."""
    deadline = time.monotonic() + seconds
    while not good(it := read()) and time.monotonic() < deadline:
        time.sleep(0.2)
    return it
