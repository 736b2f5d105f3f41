"""A deployment in memory under people's hands and faults, until all is quiet again."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count

from dualhome.application.requests import ReconcileRequest
from dualhome.application.sweep import SweepReport
from dualhome.domain.attachment import Attachment, OperatorRequest
from dualhome.domain.ec2 import DeviceSlot, Instance, InstanceState
from dualhome.domain.errors import DualhomeError
from dualhome.domain.identifiers import AttachmentId, InstanceId, InterfaceId, VpcId
from dualhome.domain.invariants.always import broken_invariants
from dualhome.domain.invariants.snapshot import Account
from dualhome.domain.planning.types import Holder
from dualhome.domain.states import State
from dualhome.domain.status import MOVING
from tests.support.builders.values import POLICY, a_cause, a_vpc, an_instance, an_interface
from tests.support.fakes.call_log import Killed
from tests.support.fakes.ec2_scan import Sweeper
from tests.support.scenarios import attached
from tests.support.scenarios.scene import Scene, a_scene

ANY = 1000
"""More releases than there are instances: the breaker does not trip."""

SWEEP = 300
"""Seconds between two sweeps."""

SWEEPS = 48
"""Sweeps in four hours: longer than the longest rollback, and than any wait for a retry."""

SETTLES = {
    InstanceState.PENDING: InstanceState.RUNNING,
    InstanceState.STOPPING: InstanceState.STOPPED,
    InstanceState.SHUTTING_DOWN: InstanceState.TERMINATED,
}


VPCS = {"mgmt": VpcId("vpc-0b"), "data": VpcId("vpc-0c")}
"""The VPC behind each pool."""


@dataclass(slots=True)
class Crowd:
    """A scene with a few instances and interfaces, and what people do to them."""

    scene: Scene = field(
        default_factory=lambda: a_scene(
            a_vpc("vpc-0c", target="data"),
            policy=replace(POLICY, release_delay=timedelta(seconds=10)),
        )
    )
    by_hand: set[AttachmentId] = field(default_factory=set)
    instances: list[InstanceId] = field(default_factory=list)
    report: SweepReport | None = None
    sweeper: Sweeper = field(init=False)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        """Begin with two small pools, and two instances that want the same."""
        self.sweeper = Sweeper(self.scene)
        self.limit(ANY)
        for pool in ("mgmt", "mgmt", "data"):
            self.add(pool)
        for _ in range(2):
            self.launch("mgmt data")

    def add(self, pool: str) -> None:
        """Add an interface to ``pool``."""
        id_ = f"eni-{next(self.numbers):02}"
        self.scene.ec2.add(an_interface(id_, pool=pool, vpc=VPCS[pool]))

    def launch(self, targets: str | None) -> None:
        """Launch an instance that asks for ``targets``."""
        instance = an_instance(f"i-{next(self.numbers):02}", targets=targets)
        self.scene.ec2.add(instance)
        self.instances.append(instance.id)
        self.event(instance.id)

    def shown(self) -> dict[InstanceId, Instance]:
        """Return the instances as EC2 shows them."""
        found = {id_: self.scene.ec2.instance(id_) for id_ in self.instances}
        return {id_: instance for id_, instance in found.items() if instance}

    def event(self, instance: InstanceId) -> None:
        """Let EventBridge request ``instance``, at once."""
        request = ReconcileRequest(instance, a_cause("event", time=self.scene.clock()))
        self.scene.queue.put_back([request], 0)

    def put_state(self, instance: InstanceId, state: InstanceState) -> None:
        """Let ``instance`` be in ``state``."""
        self.scene.ec2.put_state(instance, state)
        self.event(instance)

    def tag(self, instance: InstanceId, tags: Mapping[str, str | None]) -> None:
        """Set or remove tags of ``instance``."""
        self.scene.ec2.tag(instance, tags)
        self.event(instance)

    def attach(self, instance: InstanceId, interface: InterfaceId, index: int) -> None:
        """Attach ``interface`` by hand; raises as EC2 refuses."""
        self.by_hand.add(self.scene.ec2.attach(instance, interface, DeviceSlot(0, index)))

    def pause(self, *, paused: bool) -> None:
        """Let an operator pause, or resume."""
        (attached.paused if paused else attached.unpaused)(self.scene)

    def limit(self, most: int) -> None:
        """Let so many instances lose what they no longer want between two sweeps."""
        self.scene.breaker.most = self.sweeper.most_releases = most

    def ask(self, instance: InstanceId, *operator_requests: OperatorRequest) -> None:
        """Let an operator ask for something by command."""
        cause = a_cause("ask", time=self.scene.clock(), principal="arn:aws:iam::1:user/ops")
        self.scene.queue.put_back(
            [ReconcileRequest(instance, cause, operator_requests=operator_requests)], 0
        )

    def run(self, seconds: float) -> None:
        """Let time pass; an invocation that dies, or fails, is begun again by its queue."""
        end = self.scene.clock() + timedelta(seconds=seconds)
        while (left := (end - self.scene.clock()).total_seconds()) >= 0:
            try:
                self.scene.work_off(left)
            except (DualhomeError, Killed):
                continue
            break
        self.scene.clock.now = max(end, self.scene.clock())

    def quiesce(self) -> None:
        """Let all faults end and sweeps look for what is left, until nothing changes any more."""
        self.scene.calls.calm_down()
        self.scene.ec2.jammed.clear()
        self.scene.ec2.attach_seconds = self.scene.ec2.detach_seconds = 0
        for pool in VPCS:  # a target without interfaces, that no instance wants, is not swept
            self.add(pool)
        for instance in self.shown().values():
            if state := SETTLES.get(instance.state):
                self.put_state(instance.id, state)
        for _ in range(SWEEPS):
            written, swept = len(self.scene.ledger.audit), self.scene.clock()
            self._sweep()
            self.run(SWEEP)
            if written == len(self.scene.ledger.audit) and self._is_quiet(swept):
                break

    def _sweep(self) -> None:
        self.report = self.sweeper.sweep()
        self.sweeper.send()

    def _is_quiet(self, swept: datetime) -> bool:
        records = [it for id_ in self.instances for it in self.scene.ledger.of(id_).values()]
        # Before its time no sweep requeues what has failed.
        if any(it.retry_at and it.retry_at > swept for it in records):
            return False
        running = self.scene.rollbacks.executions
        return not (self.scene.queue.queued or running or any(map(self._moves, records)))

    def _moves(self, record: Attachment) -> bool:
        """Whether something is under way; a release waits for the end of a pause."""
        waits = self.scene.policy.paused and record.state is State.RELEASING
        return record.state in MOVING and not waits

    def account(self) -> Account:
        """Return all there is to check."""
        scene = self.scene
        return Account(
            records={
                Holder(it.instance, it.target): it
                for id_ in self.instances
                for it in scene.ledger.of(id_).values()
            },
            claims=scene.ledger.claimed(),
            slots=scene.ledger.slots(),
            audit=scene.ledger.audit,
            instances=self.shown(),
            interfaces={it.id: it for it in scene.ec2.interfaces()},
            vpcs=scene.ec2.vpcs,
            policy=scene.policy,
            by_hand=frozenset(self.by_hand),
        )

    def broken(self) -> list[str]:
        """Return what is wrong now that all is quiet."""
        left = [f"the queue never empties: {request}" for _, request in self.scene.queue.queued]
        return broken_invariants(self.account()) + left
