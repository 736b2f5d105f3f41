"""New capacity for a target: look at every instance that lacks it."""

from dualhome.application.batch import Agenda
from dualhome.application.looks import Look, Wake
from dualhome.application.ports import Ledger
from dualhome.domain.states import State


def wake(it: Wake, ledger: Ledger, agenda: Agenda) -> None:
    """Put the instances that wait for, or were refused, ``it.target`` on the agenda."""
    for state in (State.WAITING, State.REFUSED):
        for instance in ledger.in_state(it.target, state):
            agenda.at_once(Look(instance, it.cause))
