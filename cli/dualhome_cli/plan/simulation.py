"""The reconciler's own planning, run without changing anything."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property, partial

from dualhome.application.ports import Instances
from dualhome.application.reconcile import ROUNDS
from dualhome.application.requests import ReconcileRequest
from dualhome.application.snapshot import Snapshot, Sources, read_snapshot
from dualhome.domain.attachment import Cause
from dualhome.domain.ec2 import Capacity, Instance
from dualhome.domain.identifiers import InstanceId, InterfaceId, TargetName
from dualhome.domain.planning.confirm import Answers, Questions
from dualhome.domain.planning.eligibility import Policy
from dualhome.domain.planning.plan import plan_confirmed
from dualhome.domain.planning.types import Decision, InstanceView, move_of, plans_again
from dualhome_cli.data.ports import BreakerState
from dualhome_cli.plan.outcome import InstanceOutcome, Outcome, Simulated, outcomes_of


@dataclass
class SimulatedBreaker:
    """What the release breaker would admit; its state is read when it is first asked."""

    most: int
    read: Callable[[], BreakerState]

    @cached_property
    def _state(self) -> BreakerState:
        return self.read()

    @cached_property
    def _admitted(self) -> set[InstanceId]:
        return set(self._state.admitted)

    def admits(self, instance: InstanceId) -> bool:
        """Say whether the breaker would admit ``instance``, after those asked about before."""
        room = instance in self._admitted or len(self._admitted) < self.most
        if self._state.open or self.most == 0 or not room:
            return False
        self._admitted.add(instance)
        return True


@dataclass(frozen=True, slots=True)
class AsIfTagged:
    """The port ``Instances``, showing each instance as if its tag ``key`` had ``value``."""

    instances: Instances
    key: str
    value: str

    def describe(self, ids: Iterable[InstanceId]) -> Mapping[InstanceId, Instance]:
        """Return the instances that EC2 shows, with the other tag."""
        found = self.instances.describe(ids).items()
        return {id_: replace(it, tags={**it.tags, self.key: self.value}) for id_, it in found}

    def capacities(self, types: Iterable[str]) -> Mapping[str, Capacity]:
        """Return what each instance type holds."""
        return self.instances.capacities(types)


@dataclass(frozen=True, slots=True)
class Planning:
    """What plans are made from; ``targets``, unless None, replaces each instance's targets tag."""

    sources: Sources
    policy: Policy
    breaker: SimulatedBreaker
    now: datetime
    targets: str | None = None

    def read(self, ids: Iterable[InstanceId]) -> Snapshot:
        """Read what the reconciler would read; raises ``DualhomeError`` if it cannot be had."""
        sources = self.sources
        if self.targets is not None:
            tagged = AsIfTagged(sources.instances, self.policy.keys.targets, self.targets)
            sources = replace(sources, instances=tagged)
        requests = [ReconcileRequest(id_, self.cause) for id_ in ids]
        return read_snapshot(requests, sources, self.policy, self.now)

    @property
    def cause(self) -> Cause:
        """The cause in whose name plans are made."""
        return Cause("plan", "dualhome", "Plan", self.now)


def simulate(ids: Sequence[InstanceId], planning: Planning) -> Iterator[InstanceOutcome]:
    """
    Plan for each of ``ids``, one after the other, over one snapshot.

    An interface that one would get is not promised to those after it. A release is simulated as if
    a second reading had agreed already; its outcome says when that is due.

    Raises:
        DualhomeError: a read failed.
    """
    seen = planning.read(ids)
    promised: set[InterfaceId] = set()
    for id_ in ids:
        before = dict(seen.records.get(id_, {}))
        steps = _simulate(id_, seen, planning)
        instance, after = seen.instances.get(id_), seen.records.get(id_, {})
        simulated_plan = Simulated(instance, before, steps, after, planning.policy, planning.now)
        outcomes = tuple(outcomes_of(simulated_plan, promised))
        yield InstanceOutcome(id_, instance, outcomes)
        promised.update(
            it.record.interface
            for it in outcomes
            if it.outcome is Outcome.ATTACH and it.record and it.record.interface
        )


def _simulate(id_: InstanceId, seen: Snapshot, planning: Planning) -> dict[TargetName, Decision]:
    """Plan until nothing more would be done at once; ``seen`` records the moves."""
    request = ReconcileRequest(id_, planning.cause)
    policy = replace(planning.policy, release_delay=timedelta())
    found: dict[TargetName, Decision] = {}
    for _ in range(ROUNDS):
        again = False
        view = seen.view(request, policy, planning.now)
        for decision in plan_confirmed(view, partial(_answered, view), planning.breaker.admits):
            move = move_of(decision)
            if move and move.before != seen.records.get(id_, {}).get(decision.target):
                again = True  # the ledger takes no second move of what has moved on
                continue
            if decision.target not in found or move:
                found[decision.target] = decision
            if move:
                seen.note(move)
            again |= plans_again(decision)
        if not again:
            break
    return found


def _answered(view: InstanceView, asked: Questions) -> Answers:
    """Answer as if a second reading showed what the first did."""
    return Answers(
        read_at=view.read_at,
        instance=view.instance,
        vpcs={id_: it for id_, it in view.vpcs.items() if id_ in asked.vpcs},
        interfaces={id_: it for id_, it in view.pool.items() if id_ in asked.interfaces},
    )
