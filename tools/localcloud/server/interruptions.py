"""Interruptions on request: at the n-th call of any service an error, a cut, a kill, or a hold."""

import itertools
from asyncio import Event
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any

from localcloud.server import workers
from localcloud.server.call_log import Request, operation, principal_of


class When(StrEnum):
    """Before the call is carried out, or after: then its reply is lost, or late."""

    BEFORE = "before"
    AFTER = "after"


class Do(StrEnum):
    """What happens to the call, or to its caller."""

    ERROR = "error"
    CUT = "cut"
    """The connection ends without a reply."""
    KILL = "kill"
    """The process of the function that calls ends; a call from elsewhere is cut."""
    HOLD = "hold"
    """The call waits until the order is called off."""


@dataclass
class Interruption:
    """
    What happens to ``times`` calls from the ``nth`` (from 1) on, of those that match.

    What is left empty matches every call. ``service`` and ``action`` are as the call log has
    them, ``principal`` is a role's name. ``about`` is a text: the call matches if it stands in its
    body, or in the event of the function that makes it. ``code``, ``message``, ``status`` and
    ``fields`` are the error's; the last are further members of its JSON.
    """

    do: Do
    when: When = When.BEFORE
    service: str = ""
    action: str = ""
    principal: str = ""
    about: str = ""
    nth: int = 1
    times: int = 1
    code: str = "InternalError"
    message: str = "An interruption on order."
    status: int = 500
    fields: dict[str, Any] = field(default_factory=dict)
    seen: int = 0
    done: int = 0
    over: Event = field(default_factory=Event)

    def __post_init__(self) -> None:
        """Read what JSON brings. Raises: ValueError."""
        self.do, self.when = Do(self.do), When(self.when)
        if self.nth < 1 or self.times < 1:
            raise ValueError("nth and times count from 1")

    def takes(self, request: Request) -> bool:
        """Whether this call is interrupted; one that matches is counted."""
        if self.over.is_set() or self.done >= self.times or not self._matches(request):
            return False
        self.seen += 1
        self.done += self.seen >= self.nth
        return self.seen >= self.nth

    def _matches(self, request: Request) -> bool:
        named = (self.service, self.action, self.principal)
        found = (*operation(request), principal_of(request))
        if any(wanted not in {"", it} for wanted, it in zip(named, found, strict=True)):
            return False
        about = self.about.encode()
        return about in request.body or self.about in workers.event_handled_by(request.headers)

    def shown(self) -> dict[str, Any]:
        """Return it in JSON; ``seen`` counts the calls that match, ``done`` those it met."""
        return {it.name: getattr(self, it.name) for it in fields(self) if it.name != "over"}


class Interruptions:
    """The orders, by number; all is done on the server's loop."""

    def __init__(self) -> None:
        """Start with none."""
        self._ordered: dict[int, Interruption] = {}
        self._numbers = itertools.count(1)

    def order(self, orders: list[dict[str, Any]]) -> list[int]:
        """Take orders together or not at all; return their numbers. Raises: ValueError."""
        made = [Interruption(**order) for order in orders]
        numbers = [next(self._numbers) for _ in made]
        self._ordered |= dict(zip(numbers, made, strict=True))
        return numbers

    def shown(self) -> dict[str, Any]:
        """Return every order that was not called off, by its number."""
        return {str(number): it.shown() for number, it in self._ordered.items()}

    def call_off(self, number: int | None = None) -> dict[str, Any]:
        """End one order, or all, and continue the calls they hold; return what they have done."""
        ended = self.shown() if number is None else {str(number): self._ordered[number].shown()}
        for ending in ended:
            self._ordered.pop(int(ending)).over.set()
        return ended

    def take(self, request: Request) -> Interruption | None:
        """Return what interrupts ``request``; every order counts it, the first that is due wins."""
        due = [it for it in self._ordered.values() if it.takes(request)]
        for late in due[1:]:
            late.done -= 1
        return due[0] if due else None
