"""One invocation of the reconciler: its ports, its readings of the world, and what it writes."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from dualhome.application.pause import PauseGate
from dualhome.application.ports import (
    Facts,
    Instances,
    Interfaces,
    Ledger,
    ReconcileQueue,
    ReleaseBreaker,
    Rollbacks,
    Vpcs,
)
from dualhome.application.requests import ReconcileRequest
from dualhome.application.requeue import Requeue, commit
from dualhome.domain.answers import AttachAnswer, Refused
from dualhome.domain.attachment import Attachment, Move, Trace
from dualhome.domain.ec2 import Capacity, DeviceSlot, Instance, Interface, Vpc
from dualhome.domain.errors import (
    InterfaceGoneError,
    InterfaceInUseError,
    SlotTakenError,
    StalePlanError,
)
from dualhome.domain.identifiers import InstanceId, InterfaceId, TargetName, VpcId
from dualhome.domain.observed import (
    ObservedInstance,
    ObservedInterface,
    ObservedVpc,
    observed_instance,
    observed_interface,
    observed_vpc,
)
from dualhome.domain.planning.confirm import Answers, Questions
from dualhome.domain.planning.eligibility import Policy
from dualhome.domain.planning.plan import targets_to_read
from dualhome.domain.planning.types import Holder, InstanceView, Reserved
from dualhome.domain.states import State
from dualhome.domain.tags import TagKeys


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
    yet known. ``read_at`` is when the first of them began. ``lagging`` are the instances whose
    requests announce tags that EC2 does not show.
    """

    instances: dict[InstanceId, ObservedInstance]
    records: dict[InstanceId, dict[TargetName, Attachment]]
    pool: dict[InterfaceId, ObservedInterface]
    vpcs: Mapping[VpcId, ObservedVpc]
    capacities: Mapping[str, Capacity]
    claims: dict[InterfaceId, Holder]
    read_at: datetime
    lagging: frozenset[InstanceId] = frozenset()
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

    def note_answer(self, record: Attachment, answer: AttachAnswer) -> None:
        """Keep the plans that follow from resting on what EC2 has just refused ``record``."""
        match answer:
            case Refused(InterfaceInUseError(), final=False) if record.interface in self.pool:
                known = self.pool[record.interface]
                self.pool[record.interface] = replace(known, status="in-use")
            case Refused(InterfaceGoneError(), final=False) if record.interface:
                self.pool.pop(record.interface, None)
            case Refused(SlotTakenError(), final=False) if record.slot:
                before = self.refused_slots.get(record.instance, frozenset())
                self.refused_slots[record.instance] = before | {record.slot}
            case Refused(StalePlanError(), final=False):
                pass
            case Refused(error) if error.about_interface:
                self.refused_now[Holder(record.instance, record.target)] += 1
            case _:
                pass


def read_snapshot(
    requests: Iterable[ReconcileRequest], sources: Sources, policy: Policy, now: datetime
) -> Snapshot:
    """
    Read everything that plans for the instances of ``requests`` rest on; it is ``now``.

    EC2 is read before the ledger: what we claimed meanwhile is then seen as claimed.

    Raises:
        TransientError: a read failed; nothing was changed.
    """
    by_instance = {it.instance: it for it in requests}
    shown = sources.instances.describe(list(by_instance))
    instances = {id_: observed_instance(it, it.tags, policy.keys) for id_, it in shown.items()}
    records = {id_: dict(it) for id_, it in sources.ledger.records(list(by_instance)).items()}
    targets = frozenset[TargetName]().union(
        *(targets_to_read(instances.get(it), records.get(it, {}).values()) for it in by_instance)
    )
    interfaces = sources.interfaces.pool(targets) if targets else {}
    pool = {id_: observed_interface(it, it.tags, policy.keys) for id_, it in interfaces.items()}
    vpcs = sources.vpcs.describe() if targets else {}
    types = {it.type for it in instances.values()}
    return Snapshot(
        instances=instances,
        records=records,
        pool=pool,
        vpcs={id_: observed_vpc(it, it.tags, policy.keys) for id_, it in vpcs.items()},
        capacities=sources.instances.capacities(types) if targets else {},
        claims=dict(sources.ledger.claims(pool)),
        read_at=now,
        lagging=_lagging(by_instance.values(), [shown, interfaces, vpcs], policy.keys),
        sharing=_sharing(sources.ledger, _reserved_by_name(pool, instances)),
    )


def _lagging(
    requests: Iterable[ReconcileRequest],
    shown: Iterable[Mapping[Any, Instance | Interface | Vpc]],
    keys: TagKeys,
) -> frozenset[InstanceId]:
    """Return the instances whose requests announce other tags than EC2 shows, if any."""
    tags: dict[str, Mapping[str, str]] = {}
    for resources in shown:
        tags |= {it.id: keys.of_input(it.tags) for it in resources.values()}
    return frozenset(
        request.instance
        for request in requests
        if any(tags.get(it.resource, {}) != dict(it.tags) for it in request.announced)
    )


def _reserved_by_name(
    pool: Mapping[InterfaceId, ObservedInterface],
    instances: Mapping[InstanceId, ObservedInstance],
) -> frozenset[TargetName]:
    """Return the targets of which an interface is reserved for the Name of an instance."""
    names = {it.name.strip() for it in instances.values()} - {""}
    return frozenset(it.target for it in pool.values() if it.reservation in names and it.target)


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


def read_answers(
    view: InstanceView, questions: Questions, facts: Facts, keys: TagKeys, now: datetime
) -> Answers:
    """
    Read by id what a second reading rests on; it is ``now``.

    What EC2 says is at least as new as the moment before it is asked. Tags that are asked for
    stand for those of ``view``, and for those of the other answers.

    Raises:
        TransientError: a read failed.
    """
    found = facts.tags(questions.tags) if questions.tags else {}
    tags = {resource: found.get(resource, {}) for resource in questions.tags}
    instance: ObservedInstance | None = None
    if questions.instance:
        if shown := facts.instance(questions.instance):
            instance = observed_instance(shown, tags.get(shown.id, shown.tags), keys)
    elif view.instance and view.id in tags:
        instance = observed_instance(view.instance, tags[view.id], keys)
    else:
        instance = view.instance
    vpcs = facts.vpcs(questions.vpcs) if questions.vpcs else {}
    pool = facts.interfaces(questions.interfaces) if questions.interfaces else {}
    return Answers(
        read_at=now,
        instance=instance,
        vpcs={
            id_: observed_vpc(it, tags[id_], keys)
            for id_, it in view.vpcs.items()
            if id_ in tags and id_ not in questions.vpcs
        }
        | {id_: observed_vpc(it, tags.get(id_, it.tags), keys) for id_, it in vpcs.items()},
        interfaces={
            id_: observed_interface(it, tags[id_], keys)
            for id_, it in view.pool.items()
            if id_ in tags and id_ not in questions.interfaces
        }
        | {id_: observed_interface(it, tags.get(id_, it.tags), keys) for id_, it in pool.items()},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciler(Sources):
    """What the reconciler is made of: its ports, and what the deployment has decided."""

    facts: Facts
    rollbacks: Rollbacks
    breaker: ReleaseBreaker
    queue: ReconcileQueue
    gate: PauseGate
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
        ports.gate.anew()
        snapshot = read_snapshot(requests, ports, ports.policy, ports.clock())
        return cls(ports, trace, time_left, snapshot, requeue)

    def view(self, request: ReconcileRequest) -> InstanceView:
        """Return what a plan for the instance of ``request`` rests on now, the pause included."""
        policy = self.ports.gate.applied_to(self.ports.policy)
        return self.snapshot.view(request, policy, self.ports.clock())

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
