"""A whole deployment in memory: the reconciler with its queue, its ledger and its EC2."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from dualhome.application.pause import PauseGate
from dualhome.application.reconcile import reconcile
from dualhome.application.requests import ReconcileRequest
from dualhome.application.requeue import Requeue
from dualhome.application.snapshot import Invocation, Reconciler
from dualhome.domain.attachment import Attachment
from dualhome.domain.ec2 import Instance, Interface, Vpc
from dualhome.domain.errors import DualhomeError
from dualhome.domain.identifiers import InstanceId, TargetName
from dualhome.domain.planning.eligibility import Policy
from dualhome.domain.states import State
from tests.support.builders.values import INSTANCE, MGMT, POLICY, TRACE, a_cause, a_vpc, an_app_vpc
from tests.support.fakes.call_log import Calls
from tests.support.fakes.clock import FakeClock
from tests.support.fakes.ec2 import InMemoryEc2
from tests.support.fakes.ec2_ports import (
    InMemoryFacts,
    InMemoryInstances,
    InMemoryInterfaces,
    InMemoryVpcs,
)
from tests.support.fakes.ledger import InMemoryLedger
from tests.support.fakes.pauses import InMemoryPauses
from tests.support.fakes.queues import InMemoryReconcileQueue
from tests.support.fakes.release_breaker import InMemoryReleaseBreaker
from tests.support.fakes.rollbacks import InMemoryRollbacks

REDELIVERY = 180
"""Seconds until the queue delivers anew what an invocation did not finish."""


@dataclass(slots=True)
class Scene:
    """
    The fakes, and what runs over them; ``time_left`` is an invocation's, in seconds.

    ``tries`` are those of the SDK, for a request that attaches or detaches and is not answered.
    ``unread`` is what the gate has told of pauses that could not be read.
    """

    policy: Policy = POLICY
    time_left: float = 60.0
    tries: int = 1
    clock: FakeClock = field(default_factory=FakeClock)
    calls: Calls = field(default_factory=Calls)
    ec2: InMemoryEc2 = field(init=False)
    ledger: InMemoryLedger = field(init=False)
    queue: InMemoryReconcileQueue = field(init=False)
    rollbacks: InMemoryRollbacks = field(init=False)
    breaker: InMemoryReleaseBreaker = field(init=False)
    pauses: InMemoryPauses = field(init=False)
    gate: PauseGate = field(init=False)
    unread: list[DualhomeError] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Let the fakes share one clock and one count of calls."""
        self.ec2 = InMemoryEc2(self.clock, self.calls)
        self.ledger = InMemoryLedger(self.calls)
        self.queue = InMemoryReconcileQueue(self.clock, self.calls)
        self.pauses = InMemoryPauses(self.calls)
        self.gate = PauseGate(
            self.pauses, self.policy.paused, lambda: self.clock().timestamp(), self.unread.append
        )
        interfaces = InMemoryInterfaces(self.ec2, check=self.gate.check, tries=self.tries)
        self.rollbacks = InMemoryRollbacks(
            interfaces, self.ledger, self.queue, self.clock, self.calls, self.gate
        )
        self.breaker = InMemoryReleaseBreaker(self.calls)

    def reconciler(self) -> Reconciler:
        """Return the fakes as the reconciler's ports."""
        return Reconciler(
            instances=InMemoryInstances(self.ec2),
            vpcs=InMemoryVpcs(self.ec2),
            interfaces=self.rollbacks.interfaces,
            ledger=self.ledger,
            facts=InMemoryFacts(self.ec2),
            rollbacks=self.rollbacks,
            breaker=self.breaker,
            queue=self.queue,
            gate=self.gate,
            policy=self.policy,
            region=TRACE.region,
            clock=self.clock,
        )

    def batch(self, ids: Iterable[InstanceId]) -> Invocation:
        """Begin an invocation for the instances ``ids``: read, but change nothing yet."""
        return self._begin(ReconcileRequest(InstanceId(id_), a_cause()) for id_ in ids)

    def _begin(self, requests: Iterable[ReconcileRequest]) -> Invocation:
        return Invocation.begin(
            self.reconciler(), requests, Requeue(), TRACE, lambda: self.time_left
        )

    def invoke(self, *requests: ReconcileRequest) -> None:
        """Run one invocation; if it ends early, the queue delivers its messages again."""
        try:
            batch = self._begin(requests)
            for request in requests:
                reconcile(request, batch)
            batch.requeue.send(self.queue)
        except BaseException:
            self.queue.put_back(requests, REDELIVERY)
            raise

    def request(self, *instances: str, event: str = "event-1") -> None:
        """Run one invocation for an event on each of ``instances``."""
        ids = instances or (INSTANCE,)
        self.invoke(*(ReconcileRequest(InstanceId(id_), a_cause(event)) for id_ in ids))

    def work_off(self, seconds: float = 900) -> None:
        """Let time pass, and run what falls due, until the queue is empty, or for ``seconds``."""
        while (wait := self._seconds_to_next()) is not None and seconds >= wait:
            seconds -= wait
            self.clock.advance(wait)
            self.rollbacks.run_due()
            if due := self.queue.receive():
                self.invoke(*due)

    def _seconds_to_next(self) -> float | None:
        waits = (self.queue.seconds_to_next(), self.rollbacks.seconds_to_next())
        return min((max(wait, 0) for wait in waits if wait is not None), default=None)

    def record(self, target: str = MGMT, instance: str = INSTANCE) -> Attachment:
        """Return the present of one attachment."""
        return self.ledger.of(InstanceId(instance))[TargetName(target)]

    def states(self, target: str = MGMT, instance: str = INSTANCE) -> list[State]:
        """Return the states that one attachment went through."""
        wanted = (InstanceId(instance), TargetName(target))
        past = (entry.after for entry in self.ledger.audit)
        return [it.state for it in past if (it.instance, it.target) == wanted]


def a_scene(
    *things: Instance | Interface | Vpc,
    policy: Policy = POLICY,
    time_left: float = 60.0,
    tries: int = 1,
) -> Scene:
    """Return a deployment with an application VPC, a target VPC and ``things``."""
    scene = Scene(policy, time_left, tries)
    scene.ec2.add(an_app_vpc(), a_vpc(), *things)
    return scene
