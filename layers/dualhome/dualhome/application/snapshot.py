"""One reading of the world for a whole batch of instances, and what an invocation works with."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from dualhome.application.ports import (
    Facts,
    Instances,
    Interfaces,
    Ledger,
    ReleaseBreaker,
    Rollbacks,
    Vpcs,
)
from dualhome.application.requests import ReconcileRequest
from dualhome.application.requeue import Requeue, waiting_for
from dualhome.domain.attachment import Attachment, Cause, Move, Trace
from dualhome.domain.ec2 import (
    Capacity,
    DeviceSlot,
    Instance,
    Interface,
    Vpc,
    pool_of,
    reservation_of,
)
from dualhome.domain.identifiers import InstanceId, InterfaceId, TargetName, VpcId
from dualhome.domain.planning.confirm import Answers, Questions
from dualhome.domain.planning.eligibility import Policy
from dualhome.domain.planning.plan import targets_to_read
from dualhome.domain.planning.types import Holder, InstanceView, Reserved
from dualhome.domain.states import State


@dataclass(frozen=True, slots=True)
class Sources:
    """Where a snapshot is read from."""

    instances: Instances
    vpcs: Vpcs
    interfaces: Interfaces
    ledger: Ledger


@dataclass(frozen=True, slots=True)
class Snapshot:
    """
    What was read at the start of a batch, and what we have learnt since.

    At most four EC2 reads, however many instances: instances, VPCs, pools, and types not
    yet known. ``read_at`` is when the first of them began.
    """

    instances: dict[InstanceId, Instance]
    records: dict[InstanceId, dict[TargetName, Attachment]]
    pool: dict[InterfaceId, Interface]
    vpcs: Mapping[VpcId, Vpc]
    capacities: Mapping[str, Capacity]
    claims: dict[InterfaceId, Holder]
    read_at: datetime
    refused_slots: dict[InstanceId, frozenset[DeviceSlot]] = field(default_factory=dict)
    refused_now: Counter[Holder] = field(default_factory=Counter)
    sharing: dict[Reserved, set[InstanceId]] = field(default_factory=dict)

    def view(self, request: ReconcileRequest, policy: Policy, now: datetime) -> InstanceView:
        """Return what a plan for the instance of ``request`` rests on."""
        instance = request.instance
        found = self.instances.get(instance)
        return InstanceView(
            id=instance,
            instance=found,
            records=dict(self.records.get(instance, {})),
            pool=self.pool,
            vpcs=self.vpcs,
            claims=self.claims,
            capacity=self.capacities.get(found.type) if found else None,
            policy=policy,
            cause=request.cause,
            now=now,
            read_at=self.read_at,
            refused_slots=self.refused_slots.get(instance, frozenset()),
            operator_requests=request.operator_requests,
            refused_now={
                holder.target: times
                for holder, times in self.refused_now.items()
                if holder.instance == instance
            },
            sharing=self.sharing,
        )

    def note(self, move: Move) -> None:
        """Keep a committed move in mind for the instances that are planned after it."""
        after = move.after
        self.records.setdefault(after.instance, {})[after.target] = after
        if move.before and move.before.holding and move.before.interface:
            self.claims.pop(move.before.interface, None)
        if after.holding and after.interface:
            self.claims[after.interface] = Holder(after.instance, after.target)
        _note_sharing(self.sharing, after)

    def note_refused(self, record: Attachment) -> None:
        """Count an interface that EC2 has refused for ``record`` in this pass."""
        self.refused_now[Holder(record.instance, record.target)] += 1

    def note_unavailable(self, interface: InterfaceId) -> None:
        """Keep in mind that EC2 refused ``interface``, whatever its status was when read."""
        if known := self.pool.get(interface):
            self.pool[interface] = replace(known, status="in-use")

    def note_occupied(self, instance: InstanceId, slot: DeviceSlot) -> None:
        """Keep in mind that EC2 refused ``slot``, whatever it shows there."""
        self.refused_slots[instance] = self.refused_slots.get(instance, frozenset()) | {slot}


def read_snapshot(
    ids: Iterable[InstanceId], sources: Sources, policy: Policy, now: datetime
) -> Snapshot:
    """
    Read everything that plans for the instances ``ids`` rest on; it is ``now``.

    EC2 is read before the ledger: what we claimed meanwhile is then seen as claimed.

    Raises:
        TransientError: a read failed; nothing was changed.
    """
    wanted_ids = list(ids)
    instances = sources.instances.describe(wanted_ids)
    records = {key: dict(value) for key, value in sources.ledger.records(wanted_ids).items()}
    targets = frozenset[TargetName]().union(
        *(
            targets_to_read(policy.keys, instances.get(id_), records.get(id_, {}).values())
            for id_ in wanted_ids
        )
    )
    pool = sources.interfaces.pool(targets) if targets else {}
    names = {it.name.strip() for it in instances.values()} - {""}
    shared = {
        target
        for it in pool.values()
        if reservation_of(it, policy.keys) in names and (target := pool_of(it, policy.keys))
    }
    return Snapshot(
        instances=dict(instances),
        records=records,
        pool=dict(pool),
        vpcs=sources.vpcs.describe() if targets else {},
        capacities=sources.instances.capacities({it.type for it in instances.values()})
        if targets
        else {},
        claims=dict(sources.ledger.claims(pool)),
        read_at=now,
        sharing=_sharing(sources.ledger, shared),
    )


def _sharing(ledger: Ledger, targets: Iterable[TargetName]) -> dict[Reserved, set[InstanceId]]:
    """Return who asks for ``targets`` by which name; read only where a name is reserved for."""
    found: dict[Reserved, set[InstanceId]] = {}
    for target in targets:
        for record in ledger.unreleased(target):
            _note_sharing(found, record)
    return found


def _note_sharing(known: dict[Reserved, set[InstanceId]], record: Attachment) -> None:
    if record.reservation and record.zone:
        key = Reserved(record.target, record.zone, record.reservation)
        known.setdefault(key, set())
        change = known[key].discard if record.state == State.RELEASED else known[key].add
        change(record.instance)


@dataclass(frozen=True, slots=True)
class Run:
    """One invocation. ``time_left`` says how many seconds it has yet to live."""

    sources: Sources
    facts: Facts
    rollbacks: Rollbacks
    breaker: ReleaseBreaker
    policy: Policy
    trace: Trace
    clock: Callable[[], datetime]
    time_left: Callable[[], float]


@dataclass(frozen=True, slots=True)
class Batch:
    """One invocation's run, reading and agenda."""

    run: Run
    snapshot: Snapshot
    requeue: Requeue

    def commit(self, move: Move) -> Attachment:
        """
        Write ``move``; if it frees an interface, wake those who wait for one.

        Raises:
            StalePlanError: somebody was faster; ``refresh``, then plan again.
            TransientError: it cannot be known whether the move was written.
        """
        # Asked first: a move that is written is not written again, so its wake must not fail.
        requeued = list(waiting_for(move, self.run.sources.ledger))
        self.run.sources.ledger.commit(move, self.run.trace)
        self.snapshot.note(move)
        for request in requeued:
            self.requeue.at_once(request)
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
        self.snapshot.records[instance] = dict(ledger.records([instance])[instance])
        if interface:
            self.snapshot.claims.pop(interface, None)
            self.snapshot.claims.update(ledger.claims([interface]))
