"""One invocation of the reconciler: its ports, what it has read, what it leaves behind."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from dualhome.application.ports import Facts, ReconcileQueue, ReleaseBreaker, Rollbacks
from dualhome.application.requests import ReconcileRequest
from dualhome.application.requeue import Requeue, commit
from dualhome.application.snapshot import Snapshot, Sources, read_answers, read_snapshot
from dualhome.domain.attachment import Attachment, Move, Trace
from dualhome.domain.identifiers import InstanceId, InterfaceId
from dualhome.domain.observed import ObservedInstance, observed_instance
from dualhome.domain.planning.confirm import Answers, Questions
from dualhome.domain.planning.eligibility import Policy
from dualhome.domain.planning.types import InstanceView


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciler(Sources):
    """What the reconciler is made of: its ports, and what the deployment has decided."""

    facts: Facts
    rollbacks: Rollbacks
    breaker: ReleaseBreaker
    queue: ReconcileQueue
    policy: Policy
    region: str
    clock: Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Invocation:
    """
    One invocation and its reading.

    ``time_left`` says how many seconds it has yet to live, ``requeue`` what it will queue at its
    end.
    """

    ports: Reconciler
    trace: Trace
    time_left: Callable[[], float]
    snapshot: Snapshot
    requeue: Requeue

    @classmethod
    def begin(
        cls,
        ports: Reconciler,
        requests: Iterable[ReconcileRequest],
        requeue: Requeue,
        trace: Trace,
        time_left: Callable[[], float],
    ) -> "Invocation":
        """
        Read the world for ``requests``.

        Raises:
            TransientError: a read failed; nothing was changed.
        """
        snapshot = read_snapshot(requests, ports, ports.policy, ports.clock())
        return cls(ports, trace, time_left, snapshot, requeue)

    def view(self, request: ReconcileRequest) -> InstanceView:
        """Return what a plan for the instance of ``request`` rests on now."""
        return self.snapshot.view(request, self.ports.policy, self.ports.clock())

    def commit(self, move: Move) -> Attachment:
        """
        Write ``move``; if it frees an interface, requeue those that wait for one.

        Raises:
            StalePlanError: another invocation was faster; ``refresh``, then plan again.
            TransientError: it cannot be known whether the move was written.
        """
        requests = commit(move, self.ports.ledger, self.trace)
        self.snapshot.note(move)
        for request in requests:
            self.requeue.at_once(request)
        return move.after

    def ask(self, view: InstanceView, questions: Questions) -> Answers:
        """Read by id what a second reading rests on; raises as ``Facts``."""
        ports = self.ports
        return read_answers(view, questions, ports.facts, ports.policy.keys, ports.clock())

    def read_instance(self, id_: InstanceId) -> ObservedInstance | None:
        """Read an instance anew, for the plans that follow too; None if EC2 never showed it."""
        for shown in self.ports.instances.describe([id_]).values():
            observed = observed_instance(shown, shown.tags, self.ports.policy.keys)
            self.snapshot.instances[id_] = observed
        return self.snapshot.instances.get(id_)

    def refresh(self, instance: InstanceId, interface: InterfaceId | None) -> None:
        """Read again what a stale decision rested on in the ledger."""
        ledger = self.ports.ledger
        self.snapshot.records[instance] = dict(ledger.records([instance])[instance])
        if interface:
            self.snapshot.claims.pop(interface, None)
            self.snapshot.claims.update(ledger.claims([interface]))
