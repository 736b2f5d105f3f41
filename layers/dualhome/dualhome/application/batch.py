"""What one invocation works with: its sources, its reading of the world, its agenda."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from dualhome.application.agenda import Agenda
from dualhome.application.ports import Brake, Facts, Rollbacks
from dualhome.application.survey import Sources, Survey
from dualhome.application.wake import waiting_for
from dualhome.domain.attachment import Attachment, Cause, Move
from dualhome.domain.audit import Trace
from dualhome.domain.confirmation import Answers, Questions
from dualhome.domain.eligibility import Policy
from dualhome.domain.identifiers import InstanceId, InterfaceId
from dualhome.domain.states import State


@dataclass(frozen=True, slots=True)
class Run:
    """One invocation. ``time_left`` says how many seconds it has yet to live."""

    sources: Sources
    facts: Facts
    rollbacks: Rollbacks
    brake: Brake
    policy: Policy
    trace: Trace
    clock: Callable[[], datetime]
    time_left: Callable[[], float]


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
        # Asked first: a move that is written is not written again, so its wake must not fail.
        woken = list(waiting_for(move, self.run.sources.ledger))
        self.run.sources.ledger.commit(move, self.run.trace)
        self.survey.note(move)
        for look in woken:
            self.agenda.at_once(look)
        return move.after

    def move(self, record: Attachment, state: State, cause: Cause, **changes: object) -> Attachment:
        """Commit the move of ``record`` to ``state``, now; raises as ``commit`` does."""
        return self.commit(Move(record, record.to(state, self.run.clock(), cause, **changes)))

    def ask(self, questions: Questions) -> Answers:
        """
        Read by id what a second reading rests on; raises ``TransientError`` if that fails.

        What EC2 says is at least as new as the moment before it is asked.
        """
        now, facts = self.run.clock(), self.run.facts
        return Answers(
            read_at=now,
            tags=facts.tags(questions.tags) if questions.tags else {},
            instance=facts.instance(questions.instance) if questions.instance else None,
            vpcs=facts.vpcs(questions.vpcs) if questions.vpcs else {},
            interfaces=facts.interfaces(questions.interfaces) if questions.interfaces else {},
        )

    def refresh(self, instance: InstanceId, interface: InterfaceId | None) -> None:
        """Read again what a stale step rested on in the ledger."""
        ledger = self.run.sources.ledger
        self.survey.records[instance] = dict(ledger.records([instance])[instance])
        if interface:
            self.survey.claims.pop(interface, None)
            self.survey.claims.update(ledger.claims([interface]))
