"""Waiting with a deadline, and what was expected against what was seen."""

import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from demo.facts import Attached, Facts
from dualhome.domain.attachment import Attachment
from dualhome.domain.audit import AuditEntry
from dualhome.domain.states import State
from dualhome.domain.status import MOVING

SECONDS = 30.0
"""An attach takes about 5 s here; a busy machine may need a few times that."""

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


@dataclass(frozen=True)
class Timing:
    """Seconds from the tag to the first move of a target, and to its interface attached."""

    target: str
    state: str
    decided: float | None
    attached: float | None

    @property
    def text(self) -> str:
        """Both, in words."""
        if self.decided is None:
            return NOTHING
        if self.attached is None:
            return f"{self.state} {self.decided:.1f} s after the tag"
        return f"attached {self.attached:.1f} s after the tag, claimed after {self.decided:.1f} s"


@dataclass(frozen=True)
class Ending:
    """How it stands with an instance when nothing moves any more, or the deadline is over."""

    records: Mapping[str, Attachment]
    interfaces: list[Attached]
    status: str
    timings: list[Timing]


def until(read: Callable[[], T], good: Callable[[T], bool], seconds: float = SECONDS) -> T:
    """Read until it is ``good``, for ``seconds`` at most; return what was read last."""
    deadline = time.monotonic() + seconds
    while not good(it := read()) and time.monotonic() < deadline:
        time.sleep(0.1)
    return it


def follow(facts: Facts, instance: str, targets: Collection[str], asked: datetime) -> Ending:
    """Wait until each target of ``instance`` has come to rest and the status tags say so."""
    deadline = time.monotonic() + SECONDS
    records = until(
        lambda: facts.records(instance),
        lambda now: all(name in now and now[name].state not in MOVING for name in targets),
        deadline - time.monotonic(),
    )
    status = until(
        lambda: facts.status(instance),
        lambda tag: all(f"{name}={_state(records, name)}" in tag for name in targets),
        deadline - time.monotonic(),
    )
    interfaces = until(
        lambda: facts.interfaces(instance),
        lambda shown: all(it.tag for it in shown if it.index > 0),
        deadline - time.monotonic(),
    )
    trail = [entry for entry in facts.trail(instance) if entry.after.since >= asked]
    return Ending(
        records=records,
        interfaces=interfaces,
        status=status,
        timings=[_timing(name, trail, asked) for name in targets],
    )


def _state(records: Mapping[str, Attachment], target: str) -> str:
    return records[target].state if target in records else NOTHING


def _timing(target: str, trail: list[AuditEntry], asked: datetime) -> Timing:
    moves = [entry.after for entry in trail if entry.after.target == target]
    attached = [move.since for move in moves if move.state == State.ATTACHED]
    return Timing(
        target=target,
        state=moves[-1].state if moves else NOTHING,
        decided=(moves[0].since - asked).total_seconds() if moves else None,
        attached=(attached[0] - asked).total_seconds() if attached else None,
    )
