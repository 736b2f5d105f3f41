"""All that an EC2 in memory has to do with us, and sweeps over a deployment in memory."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from math import inf

from dualhome.application.sweep import TIME_TO_STOP, Report, Sweeping, sweep
from dualhome.application.sweep_compare import Comparing
from dualhome.application.sweep_ports import Page
from dualhome.domain.ec2 import Instance, Interface
from dualhome.domain.identifiers import InstanceId
from dualhome.domain.status import StatusScope
from dualhome.domain.tags import TagKeys
from tests.support.builders.values import POLICY, a_cause
from tests.support.fakes.ec2 import InMemoryEc2
from tests.support.fakes.ec2_ports import InMemoryInstances, InMemoryVpcs
from tests.support.fakes.ledger import PAGE, InMemoryInventory, InMemoryRounds, a_page
from tests.support.fakes.queues import InMemoryLooks, InMemoryStatuses
from tests.support.scenarios.scene import Scene

EVERY = 300
"""Seconds between two sweeps, as the template's schedule has it."""


@dataclass(frozen=True, slots=True)
class InMemoryFleet:
    """The port ``Fleet`` over an EC2 in memory; ``page`` is the size of one."""

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
class Broom:
    """
    Sweeps a scene; ``looks`` are those that the last sweep asked for.

    Nothing publishes there, unless a test does: so status tags are compared only if ``scope`` says.
    """

    scene: Scene
    most_releases: int = 20
    page: int = PAGE
    scope: StatusScope = StatusScope.NONE
    rounds: InMemoryRounds = field(init=False)
    looks: InMemoryLooks = field(init=False)
    statuses: InMemoryStatuses = field(init=False)

    def __post_init__(self) -> None:
        """Let checkpoints and looks count among the scene's calls."""
        self.rounds = InMemoryRounds(self.scene.calls)
        self.looks = InMemoryLooks(self.scene.clock, self.scene.calls)
        self.statuses = InMemoryStatuses(self.scene.clock, self.scene.calls)

    def sweeping(self) -> Sweeping:
        """Return what a sweep of the scene works with."""
        return Sweeping(
            comparing=Comparing(
                fleet=InMemoryFleet(self.scene.ec2, page=self.page),
                instances=InMemoryInstances(self.scene.ec2),
                vpcs=InMemoryVpcs(self.scene.ec2),
                inventory=InMemoryInventory(self.scene.ledger, self.page),
                ledger=self.scene.ledger,
                policy=self.scene.policy,
                scope=self.scope,
                clock=self.scene.clock,
            ),
            rounds=self.rounds,
            brake=self.scene.brake,
            looks=self.looks,
            statuses=self.statuses,
            most_releases=self.most_releases,
        )

    def sweep(self, pages: float = inf) -> Report:
        """Sweep once, for so many ``pages`` at most; nobody has looked yet at what it found."""
        self.looks.queued.clear()
        cause = a_cause("sweep", source="dualhome", detail_type="Sweep", time=self.scene.clock())
        return sweep(self.sweeping(), cause, time_for(pages))

    def looked_at(self) -> list[InstanceId]:
        """Return the instances that the last sweep asked to look at."""
        return [look.instance for _, look in self.looks.queued]

    def hand_over(self) -> None:
        """Let reconcilers receive what the last sweep asked for."""
        self.scene.looks.put_back((look for _, look in self.looks.queued), 0)

    def tick(self) -> Report:
        """Sweep once, and let everything happen until the next sweep."""
        report = self.sweep()
        self.hand_over()
        end = self.scene.clock() + timedelta(seconds=EVERY)
        self.scene.work_off(EVERY)
        self.scene.clock.now = end
        return report


def time_for(pages: float) -> Callable[[], float]:
    """Return how many seconds a sweep is told that it has left, so that it turns ``pages``."""
    turned = count()
    return lambda: TIME_TO_STOP if next(turned) < pages else TIME_TO_STOP - 1
