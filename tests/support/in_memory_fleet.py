"""All that an EC2 in memory has to do with us, and sweeps over a deployment in memory."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from dualhome.application.agenda import Agenda
from dualhome.application.sweep import Report, Sweeping, sweep
from dualhome.domain.identifiers import InstanceId, InterfaceId
from dualhome.domain.network import Instance, Interface
from dualhome.domain.tags import TagKeys
from tests.support.builders import POLICY, a_cause
from tests.support.in_memory_ec2 import InMemoryEc2
from tests.support.in_memory_scene import Scene

EVERY = 300
"""Seconds between two sweeps, as the template's schedule has it."""


@dataclass(frozen=True, slots=True)
class InMemoryFleet:
    """The port ``Fleet`` over an EC2 in memory."""

    ec2: InMemoryEc2
    keys: TagKeys = POLICY.keys

    def asking(self) -> Mapping[InstanceId, Instance]:
        """Return every instance that asks for targets, or to be left alone."""
        marks = {self.keys.targets, self.keys.ignore}
        with self.ec2.calls.making("describe_fleet"):
            every = map(self.ec2.instance, list(self.ec2._instances))  # noqa: SLF001
            return {it.id: it for it in every if it and marks & it.tags.keys()}

    def pools(self) -> Mapping[InterfaceId, Interface]:
        """Return every interface that is in a pool."""
        with self.ec2.calls.making("describe_pools"):
            return {it.id: it for it in self.ec2.interfaces() if self.keys.pool in it.tags}


@dataclass(slots=True)
class Broom:
    """Sweeps a scene; ``agenda`` holds the looks that the last sweep asked for."""

    scene: Scene
    most_releases: int = 20
    agenda: Agenda = field(default_factory=Agenda)

    def sweep(self) -> Report:
        """Sweep once; nobody has looked yet at what it found."""
        self.agenda = Agenda()
        here = Sweeping(
            fleet=InMemoryFleet(self.scene.ec2),
            ledger=self.scene.ledger,
            keys=self.scene.policy.keys,
            most_releases=self.most_releases,
            paused=self.scene.policy.paused,
            clock=self.scene.clock,
        )
        cause = a_cause("sweep", source="dualhome", detail_type="Sweep", time=self.scene.clock())
        return sweep(here, cause, self.agenda)

    def looked_at(self) -> list[InstanceId]:
        """Return the instances that the last sweep asked to look at."""
        return [look.instance for looks in self.agenda.looks.values() for look in looks]

    def tick(self) -> Report:
        """Sweep once, and let everything happen until the next sweep."""
        report = self.sweep()
        self.agenda.hand_over(self.scene.looks)
        end = self.scene.clock.now.timestamp() + EVERY
        self.scene.work_off(EVERY)
        self.scene.clock.advance(end - self.scene.clock.now.timestamp())
        return report
