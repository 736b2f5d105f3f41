"""What the actions of the local EC2 share."""

from dataclasses import dataclass, field

from localcloud.ec2.api.call import Scope
from localcloud.ec2.state.history import History
from localcloud.ec2.state.model import Slot
from localcloud.ec2.state.stale_reads import StaleReads
from localcloud.ec2.state.timeline import Timeline
from localcloud.server.alternatives import Alternatives
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
    The settings, the alternatives, the timeline and the event bus.

    ``launching`` holds, while RunInstances runs, its interfaces by device index. ``hibernated``
    holds ids of instances, ``blocked`` the slots of instances that cannot be used until a stop,
    ``earlier_tags`` when tags last changed, and all tags before that.
    """

    settings: Settings
    alternatives: Alternatives
    timeline: Timeline
    publish: Publish
    launching: dict[int, LaunchedInterface] = field(default_factory=dict)
    hibernated: set[str] = field(default_factory=set)
    blocked: dict[str, set[Slot]] = field(default_factory=dict)
    earlier_tags: dict[Scope, tuple[float, dict[str, dict[str, str]]]] = field(default_factory=dict)
    history: History = field(init=False)
    stale_reads: StaleReads = field(init=False)

    def __post_init__(self) -> None:
        """Start with an empty history."""
        self.history = History(self.settings, self.timeline)
        self.stale_reads = StaleReads(self.settings, self.history)
