"""What the actions of the local EC2 share."""

from dataclasses import dataclass, field

from localcloud.ec2.state.history import History
from localcloud.ec2.state.stale_reads import StaleReads
from localcloud.ec2.state.timeline import Timeline
from localcloud.server.events import Publish
from localcloud.server.settings import Settings


@dataclass(frozen=True)
class LaunchedInterface:
    """What RunInstances says of an interface and moto forgets."""

    delete_on_termination: bool
    network_card_index: int


@dataclass
class World:
    """
    The settings, the timeline and the event bus.

    ``launching`` holds, while RunInstances runs, its interfaces by device index.
    """

    settings: Settings
    timeline: Timeline
    publish: Publish
    launching: dict[int, LaunchedInterface] = field(default_factory=dict)
    history: History = field(init=False)
    stale_reads: StaleReads = field(init=False)

    def __post_init__(self) -> None:
        """Start with an empty history."""
        self.history = History(self.settings, self.timeline)
        self.stale_reads = StaleReads(self.settings, self.history)
