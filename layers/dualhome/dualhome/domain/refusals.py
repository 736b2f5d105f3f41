"""The interfaces that EC2 has refused to attach: remembered for a while, and tried last."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from dualhome.domain.identifiers import InterfaceId
from dualhome.domain.states import doubled

REMEMBERED = 10
"""Refused interfaces that one record keeps: with so many, the next is as likely to be refused."""

FIRST, LONGEST = timedelta(hours=1), timedelta(days=1)
"""How long an interface counts as refused: doubled each time that it is refused again."""

ATTACHES = 3
"""Interfaces that one pass tries for one target before it leaves the others to the next pass."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """
    EC2 has refused to attach ``interface`` here, ``times`` times, with ``code`` the last time.

    Until ``until``, any other interface is tried before it.
    """

    interface: InterfaceId
    code: str
    times: int
    until: datetime


def remember(
    known: Iterable[Refusal], interface: InterfaceId, code: str, now: datetime
) -> tuple[Refusal, ...]:
    """Return ``known`` with one more refusal, the latest last; those that have expired are left."""
    kept = list(known)
    times = 1 + sum(it.times for it in kept if it.interface == interface)
    until = now + doubled(FIRST, times - 1, LONGEST)
    others = [it for it in kept if it.interface != interface and it.until > now]
    return (*others, Refusal(interface, code, times, until))[-REMEMBERED:]


def in_force(known: Iterable[Refusal], now: datetime) -> Mapping[InterfaceId, datetime]:
    """Return the interfaces that count as refused at ``now``, and until when."""
    return {it.interface: it.until for it in known if it.until > now}
