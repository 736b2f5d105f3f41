"""New capacity for a target: look at the instances that lack it."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from itertools import chain, islice

from dualhome.application.agenda import Agenda
from dualhome.application.looks import Look, Wake
from dualhome.application.ports import Ledger
from dualhome.domain.attachment import Attachment, Move
from dualhome.domain.identifiers import InterfaceId
from dualhome.domain.reasons import Reason
from dualhome.domain.refusals import in_force
from dualhome.domain.states import State

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
