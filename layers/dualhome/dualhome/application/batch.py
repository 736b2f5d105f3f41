"""What one invocation works with: its sources, its reading of the world, its agenda."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from dualhome.application.looks import Look
from dualhome.application.ports import Looks
from dualhome.application.survey import Sources, Survey
from dualhome.domain.attachment import Attachment, Cause, Move
from dualhome.domain.audit import Trace
from dualhome.domain.eligibility import Policy
from dualhome.domain.identifiers import InstanceId, InterfaceId
from dualhome.domain.retries import look_delay
from dualhome.domain.states import State

WOKEN_PER_RELEASE = 10
"""More than one, since the first to have waited may be unable to use the interface."""


@dataclass(frozen=True, slots=True)
class Run:
    """One invocation. ``time_left`` says how many seconds it has yet to live."""

    sources: Sources
    policy: Policy
    trace: Trace
    clock: Callable[[], datetime]
    time_left: Callable[[], float]


@dataclass(slots=True)
class Agenda:
    """The looks that this invocation will queue at its end, by delay."""

    looks: dict[timedelta, dict[Look, None]] = field(default_factory=lambda: defaultdict(dict))

    def at_once(self, look: Look) -> None:
        """Look as soon as somebody can."""
        self.looks[timedelta()][look] = None

    def later(self, look: Look) -> None:
        """Look again after a wait that grows with the attempts."""
        again = look.again()
        self.looks[look_delay(again.attempt)][again] = None

    def hand_over(self, queue: Looks) -> None:
        """
        Put every look on the queue.

        Raises:
            TransientError: some are not queued; the messages that led to them must come back.
        """
        for delay, looks in self.looks.items():
            queue.put(looks, delay)


@dataclass(frozen=True, slots=True)
class Batch:
    """One invocation's run, reading and agenda."""

    run: Run
    survey: Survey
    agenda: Agenda

    def commit(self, move: Move) -> Attachment:
        """
        Write ``move``; if it frees an interface, wake those who wait for one.

        Raises:
            StalePlanError: somebody was faster; ``refresh``, then plan again.
            TransientError: it cannot be known whether the move was written.
        """
        self.run.sources.ledger.commit(move, self.run.trace)
        self.survey.note(move)
        if move.before and move.before.holding and not move.after.holding:
            self._wake_for(move)
        return move.after

    def move(self, record: Attachment, state: State, cause: Cause, **changes: object) -> Attachment:
        """Commit the move of ``record`` to ``state``, now; raises as ``commit`` does."""
        return self.commit(Move(record, record.to(state, self.run.clock(), cause, **changes)))

    def refresh(self, instance: InstanceId, interface: InterfaceId | None) -> None:
        """Read again what a stale step rested on in the ledger."""
        ledger = self.run.sources.ledger
        self.survey.records[instance] = dict(ledger.records([instance])[instance])
        if interface:
            self.survey.claims.pop(interface, None)
            self.survey.claims.update(ledger.claims([interface]))

    def _wake_for(self, move: Move) -> None:
        waiting = self.run.sources.ledger.in_state(
            move.after.target, State.WAITING, move.after.zone, WOKEN_PER_RELEASE
        )
        for instance in waiting:
            if instance != move.after.instance:
                self.agenda.at_once(Look(instance, move.after.cause))
