"""A deployment in memory, and those who are told of its moves."""

from dataclasses import dataclass, field

from dualhome.application.publish import Outlets, publish
from tests.support.builders import POLICY
from tests.support.in_memory_outlets import InMemoryEvents, InMemoryMetrics, InMemoryStatusTags
from tests.support.in_memory_scene import Scene


@dataclass(slots=True)
class Stage:
    """A scene, and its audience."""

    scene: Scene
    metrics: InMemoryMetrics = field(default_factory=InMemoryMetrics)
    events: InMemoryEvents = field(init=False)
    outlets: Outlets = field(init=False)

    def __post_init__(self) -> None:
        """Let the audience sit in the scene's own EC2 and count of calls."""
        self.events = InMemoryEvents(self.scene.calls)
        tags = InMemoryStatusTags(self.scene.ec2)
        self.outlets = Outlets(self.scene.ledger, tags, self.events, self.metrics)

    def publish_all(self) -> None:
        """Publish every move that was ever written."""
        publish(self.scene.ledger.audit, self.outlets)

    def status(self, resource: str) -> str:
        """Return the status tag of an instance or interface; empty without one."""
        return self.scene.ec2.tags_of(resource).get(POLICY.keys.status, "")
