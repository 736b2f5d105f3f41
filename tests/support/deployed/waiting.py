"""Waiting for what happens by itself, with a deadline, and saying what is known when it passes."""

import time
from collections.abc import Callable, Iterable
from typing import TypeVar

from tests.support.deployed.stack import Stack

SECONDS = 90.0
"""
An attach takes 2 s here. A machine under load needs ten times that, or more; who waits for what
comes loses nothing by a late deadline.
"""

SHORTEST_PAUSE, LONGEST_PAUSE = 0.05, 0.2
"""Seconds between two polls: each takes the time of the stack that it waits for."""

TAIL_LINES = 25

T = TypeVar("T")


def until(fact: Callable[[], T], known: Callable[[], str] = str, *, seconds: float = SECONDS) -> T:
    """
    Return the first answer of ``fact`` that is true.

    Raises:
        AssertionError: none was within ``seconds``; it carries what is ``known``.
    """
    deadline, pause = time.monotonic() + seconds, SHORTEST_PAUSE
    while not (answer := fact()):
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds:.0f} s; last answer {answer!r}\n{known()}")
        time.sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE)
    return answer


def stays(fact: Callable[[], bool], *, seconds: float) -> bool:
    """Return whether ``fact`` is true now and at each poll within ``seconds``."""
    deadline = time.monotonic() + seconds
    while fact():
        if time.monotonic() > deadline:
            return True
        time.sleep(0.1)
    return False


def known_of(stack: Stack, instances: Iterable[str]) -> str:
    """Return records and audit of ``instances``, what EC2 shows, and the log's tail."""
    lines = []
    for instance in instances:
        lines.append(f"## {instance} in EC2: {stack.attachments(instance)}")
        lines += [
            f"{it['target']}={it['state']} {it.get('interface', '')} version {it['version']}"
            for it in stack.records(instance).values()
        ]
        lines += [
            f"{it['at']} {it['target']}: {it.get('from_state')} -> {it['to_state']}"
            f" {it.get('reason', '')} {it['after'].get('detail', '')}"
            for it in stack.audit(instance)
        ]
    for function in ("reconcile-instances", "publish-changes", "write-status"):
        lines += [f"## log of {function}", *stack.log_lines(function)[-TAIL_LINES:]]
    return "\n".join(lines)
