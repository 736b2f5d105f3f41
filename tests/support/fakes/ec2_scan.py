"""All that an EC2 in memory has to do with us, and sweeps over a deployment in memory."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from math import inf

from dualhome.application.sweep import TIME_TO_STOP, SweepContext, SweepReport, sweep
from dualhome.application.sweep_compare import CompareContext
from dualhome.application.sweep_ports import Page
from dualhome.domain.ec2 import Instance, Interface
from dualhome.domain.identifiers import InstanceId
from dualhome.domain.status import StatusScope
from dualhome.domain.tags import TagKeys
from tests.support.builders.values import POLICY, a_cause
from tests.support.fakes.ec2 import InMemoryEc2
from tests.support.fakes.ec2_ports import InMemoryInstances, InMemoryVpcs
from tests.support.fakes.ledger import PAGE, InMemoryInventory, InMemorySweepCheckpoints, a_page
from tests.support.fakes.queues import InMemoryReconcileQueue, InMemoryStatuses
from tests.support.scenarios.scene import Scene

EVERY = 300
"""Seconds between two sweeps, as the template's schedule has it."""


@dataclass(frozen=True, slots=True)
class InMemoryScan:
    """The port ``Scan`` over an EC2 in memory; ``page`` is the size of one."""

    ec2: InMemoryEc2
    keys: TagKeys = POLICY.keys
    page: int = PAGE

    def asking(self, token: str | None) -> Page[Instance]:
        """Return a page of the instances that ask for targets, or to be left alone."""
        return self._with_tags(token, {self.keys.targets, self.keys.ignore})

    def tagged(self, token: str | None) -> Page[Instance]:
        """Return a page of those, and of the instances that carry a status."""
        return self._with_tags(token, {self.keys.targets, self.keys.ignore, self.keys.status})

    def _with_tags(self, token: str | None, marks: set[str]) -> Page[Instance]:
        with self.ec2.calls.making("describe_fleet"):
            every = map(self.ec2.instance, list(self.ec2._instances))  # noqa: SLF001
            listed = self.ec2.listed("describe_fleet", filter(None, every))
            asking = (it for it in listed if marks & it.tags.keys())
            return a_page(asking, token, self.page, lambda it: it.id)

    def pools(self, token: str | None) -> Page[Interface]:
        """Return a page of the interfaces that are in a pool."""
        with self.ec2.calls.making("describe_pools"):
            listed = self.ec2.listed("describe_pools", self.ec2.interfaces())
            pooled = (it for it in listed if self.keys.pool in it.tags)
            return a_page(pooled, token, self.page, lambda it: it.id)


@dataclass(slots=True)
class Sweeper:
    """
    Sweeps a scene; ``queue`` are those that the last sweep asked for.

    Nothing publishes there, unless a test does: so status tags are compared only if ``scope`` says.
    """

    scene: Scene
    most_releases: int = 20
    page: int = PAGE
    scope: StatusScope = StatusScope.NONE
    checkpoints: InMemorySweepCheckpoints = field(init=False)
    queue: InMemoryReconcileQueue = field(init=False)
    statuses: InMemoryStatuses = field(init=False)

    def __post_init__(self) -> None:
        """Let checkpoints and queue count among the scene's calls."""
        self.checkpoints = InMemorySweepCheckpoints(self.scene.calls)
        self.queue = InMemoryReconcileQueue(self.scene.clock, self.scene.calls)
        self.statuses = InMemoryStatuses(self.scene.clock, self.scene.calls)

    def context(self) -> SweepContext:
        """Return what a sweep of the scene works with."""
        return SweepContext(
            compare=CompareContext(
                scan=InMemoryScan(self.scene.ec2, page=self.page),
                instances=InMemoryInstances(self.scene.ec2),
                vpcs=InMemoryVpcs(self.scene.ec2),
                inventory=InMemoryInventory(self.scene.ledger, self.page),
                ledger=self.scene.ledger,
                policy=self.scene.policy,
                gate=self.scene.gate,
                scope=self.scope,
                clock=self.scene.clock,
            ),
            checkpoints=self.checkpoints,
            breaker=self.scene.breaker,
            queue=self.queue,
            statuses=self.statuses,
            most_releases=self.most_releases,
        )

    def sweep(self, pages: float = inf) -> SweepReport:
        """Sweep once, for so many ``pages`` at most; what it found is not yet reconciled."""
        self.queue.queued.clear()
        cause = a_cause("sweep", source="dualhome", detail_type="Sweep", time=self.scene.clock())
        return sweep(self.context(), cause, time_for(pages))

    def requested(self) -> list[InstanceId]:
        """Return the instances that the last sweep asked to look at."""
        return [request.instance for _, request in self.queue.queued]

    def send(self) -> None:
        """Let reconcilers receive what the last sweep asked for."""
        self.scene.queue.put_back((request for _, request in self.queue.queued), 0)

    def tick(self) -> SweepReport:
        """Sweep once, and let everything happen until the next sweep."""
        report = self.sweep()
        self.send()
        end = self.scene.clock() + timedelta(seconds=EVERY)
        self.scene.work_off(EVERY)
        self.scene.clock.now = end
        return report


def time_for(pages: float) -> Callable[[], float]:
    """Return how many seconds a sweep is told that it has left, so that it turns ``pages``."""
    after_page = count()
    return lambda: TIME_TO_STOP if next(after_page) < pages else TIME_TO_STOP - 1
