"""What every step of the story works with, and what it leaves behind."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from demo.calls import Calls, calls_since, last_call
from demo.facts import Facts
from demo.network import Host, Network
from demo.screen import Screen
from demo.tap import Tap
from demo.watch import Ending, Expectation, Timing, follow

STACK = "dualhome"


@dataclass(frozen=True)
class Beginning:
    """When a step began, and the number of the last API call before it."""

    at: datetime
    call: int


@dataclass(frozen=True)
class Step:
    """What the user did in one step, and to which instance."""

    letter: str
    host: Host
    beginning: Beginning


@dataclass(frozen=True)
class Chapter:
    """One step, and what followed."""

    step: Step
    timings: Sequence[Timing]
    expectations: Sequence[Expectation]
    calls: Calls


@dataclass(frozen=True)
class Stage:
    """The world of the story and its screen; ``hosts`` are the instances by name."""

    facts: Facts
    network: Network
    screen: Screen
    tap: Tap
    hosts: dict[str, Host] = field(default_factory=dict)

    def begin(self) -> Beginning:
        """Mark a step's beginning."""
        return Beginning(datetime.now(UTC), last_call(self.facts.cloud))

    def calls_since(self, beginning: Beginning) -> Calls:
        """Count the EC2 calls of the stack's functions since ``beginning``."""
        return calls_since(self.facts.cloud, beginning.call, STACK)

    def follow(self, step: Step, targets: Sequence[str]) -> Ending:
        """Wait until ``targets`` of the step's instance have come to rest."""
        with self.screen.waiting(f"waiting for {' and '.join(targets)} on {step.host.name}"):
            return follow(self.facts, step.host.id, targets, step.beginning.at)

    def held(self) -> dict[str, str]:
        """Return where each attached interface is, as ``web-1 @1``."""
        return {
            seen.interface: f"{host.name} @{seen.index}"
            for host in self.hosts.values()
            for seen in self.facts.interfaces(host.id)
        }
