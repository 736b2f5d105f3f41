"""Ctrl-C and its like: the first ends the probes, the second the removal."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass
class Interruptions:
    """Turns signals into KeyboardInterrupt, but for a first one while the run is removed."""

    say: Callable[[str], None]
    removing: bool = False
    count: int = 0

    def note(self, _number: int, _frame: FrameType | None) -> None:
        """Take a signal."""
        self.count += 1
        if self.removing and self.count == 1:
            self.say("Already removing what was made; Ctrl-C once more leaves the rest.")
            return
        raise KeyboardInterrupt


@contextmanager
def interruptible(say: Callable[[str], None]) -> Iterator[Interruptions]:
    """Take signals until the end of the block, then as before."""
    interruptions = Interruptions(say)
    before = {number: signal.signal(number, interruptions.note) for number in SIGNALS}
    try:
        yield interruptions
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
