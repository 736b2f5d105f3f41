"""The requests that an invocation leaves behind: retries, and those that new capacity may serve."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain, islice
from math import ceil

from dualhome.application.ports import Ledger, Looks
from dualhome.application.requests import Look, Wake
from dualhome.domain.attachment import Attachment, Move
from dualhome.domain.identifiers import InstanceId, InterfaceId
from dualhome.domain.reasons import Reason
from dualhome.domain.refusals import in_force
from dualhome.domain.states import State, look_delay

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


WOKEN_PER_RELEASE = 10
"""More than one, since the first to have waited may be unable to use the interface."""

PAGE = 50
"""Records read at a time: as a rule, those that are woken are among the first."""


LOST = frozenset({Reason.INTERFACE_TAKEN, Reason.DELETED_WITH_INSTANCE})
"""What these end is not freed: somebody else has the interface, or it is no more."""


def wake(it: Wake, ledger: Ledger, agenda: Agenda) -> None:
    """
    Put the instances that wait for, or were refused, ``it.target`` on the agenda.

    And those that have failed on another interface than those that have changed.
    """
    for state in (State.WAITING, State.REFUSED):
        for record in ledger.in_state(it.target, state):
            agenda.at_once(Look(record.instance, it.cause, announced=it.announced))
    failed = ledger.in_state(it.target, State.FAILED)
    for record in _may_use(failed, it.interfaces, it.cause.time):
        agenda.at_once(Look(record.instance, it.cause, announced=it.announced))


def waiting_for(move: Move, ledger: Ledger) -> Iterator[Look]:
    """Return a look at those that wait longest for what ``move`` frees, if it frees anything."""
    after = move.after
    if move.before is None or not move.before.holding or after.holding:
        return
    if after.reason in LOST:
        return
    yield from waiting_beside(after, ledger)


def waiting_beside(record: Attachment, ledger: Ledger) -> Iterator[Look]:
    """
    Return a look at those that lack the target in the zone of ``record``, whose interface is free.

    Those for whom it is reserved come first, then who waits longest; those that have failed on
    another interface come beside them.
    """
    waiting = ledger.in_state(record.target, State.WAITING, record.zone, PAGE)
    failed = ledger.in_state(record.target, State.FAILED, record.zone, PAGE)
    freed = [record.interface] if record.interface else []
    woken = chain(
        islice(_in_turn(record, waiting), WOKEN_PER_RELEASE),
        islice(_may_use(failed, freed, record.since), WOKEN_PER_RELEASE),
    )
    for other in woken:
        yield Look(other.instance, record.cause)


def _in_turn(freed: Attachment, waiting: Iterable[Attachment]) -> Iterator[Attachment]:
    """
    Yield those first that wait for interfaces with the reservation that ``freed`` has, or has not.

    The others follow: the tag may have changed since it was recorded.
    """
    others = []
    for record in waiting:
        if record.instance == freed.instance:
            continue
        if record.reservation == freed.reservation:
            yield record
        else:
            others.append(record)
    yield from others


def _may_use(
    failed: Iterable[Attachment], interfaces: Collection[InterfaceId], now: datetime
) -> Iterator[Attachment]:
    """Yield those that failed on an interface, and were not refused all of ``interfaces``."""
    for record in failed:
        refused = in_force(record.refusals, now)
        if record.failed_on_interface and not (interfaces and set(interfaces) <= refused.keys()):
            yield record
