"""New capacity for a target: look at the instances that lack it."""

from collections.abc import Iterator

from dualhome.application.agenda import Agenda
from dualhome.application.looks import Look, Wake
from dualhome.application.ports import Ledger
from dualhome.domain.attachment import Attachment, Move
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State

WOKEN_PER_RELEASE = 10
"""More than one, since the first to have waited may be unable to use the interface."""


LOST = frozenset({Reason.INTERFACE_TAKEN, Reason.DELETED_WITH_INSTANCE})
"""What these end is not freed: somebody else has the interface, or it is no more."""


def wake(it: Wake, ledger: Ledger, agenda: Agenda) -> None:
    """Put the instances that wait for, or were refused, ``it.target`` on the agenda."""
    for state in (State.WAITING, State.REFUSED):
        for instance in ledger.in_state(it.target, state):
            agenda.at_once(Look(instance, it.cause, announced=it.announced))


def waiting_for(move: Move, ledger: Ledger) -> Iterator[Look]:
    """Return a look at those that wait longest for what ``move`` frees, if it frees anything."""
    after = move.after
    if move.before is None or not move.before.holding or after.holding:
        return
    if after.reason in LOST:
        return
    yield from waiting_beside(after, ledger)


def waiting_beside(record: Attachment, ledger: Ledger) -> Iterator[Look]:
    """Return a look at those that wait longest for the target and zone of ``record``."""
    for instance in ledger.in_state(record.target, State.WAITING, record.zone, WOKEN_PER_RELEASE):
        if instance != record.instance:
            yield Look(instance, record.cause)
