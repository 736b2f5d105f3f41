"""A deployment in memory, and those who are told of its moves."""

from dataclasses import dataclass, field

from dualhome.application.publish import Publishers, publish
from dualhome.application.write_status import Writing
from dualhome.domain.status import StatusScope
from tests.support.builders.values import POLICY
from tests.support.fakes.publishers import (
    InMemoryEvents,
    InMemoryMetrics,
    InMemorySetAside,
    InMemoryStatusTags,
)
from tests.support.fakes.queues import InMemoryStatuses
from tests.support.scenarios.scene import Scene


@dataclass(slots=True)
class Stage:
    """A scene, and its audience; ``scope`` says which resources carry a status."""

    scene: Scene
    scope: StatusScope = StatusScope.BOTH
    metrics: InMemoryMetrics = field(default_factory=InMemoryMetrics)
    events: InMemoryEvents = field(init=False)
    aside: InMemorySetAside = field(init=False)
    statuses: InMemoryStatuses = field(init=False)
    tags: InMemoryStatusTags = field(init=False)

    def __post_init__(self) -> None:
        """Let the audience sit in the scene's own EC2 and count of calls."""
        calls = self.scene.calls
        self.events, self.aside = InMemoryEvents(calls), InMemorySetAside(calls)
        self.statuses = InMemoryStatuses(self.scene.clock, calls)
        self.tags = InMemoryStatusTags(self.scene.ec2)

    @property
    def publishers(self) -> Publishers:
        """What the publisher works with."""
        return Publishers(self.events, self.metrics, self.statuses, self.aside, self.scope)

    @property
    def writing(self) -> Writing:
        """What the status writer works with."""
        return Writing(self.scene.ledger, self.tags, self.scope)

    def publish_all(self) -> None:
        """Publish every move that was ever written, and write the statuses that are asked for."""
        publish(self.scene.ledger.audit, self.publishers)
        self.statuses.deliver(self.writing)

    def status(self, resource: str) -> str:
        """Return the status tag of an instance or interface; empty without one."""
        return self.scene.ec2.tags_of(resource).get(POLICY.keys.status, "")
