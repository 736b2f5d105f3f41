"""What every step of the demo works with, and its result."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from demo.command import Command
from demo.commands import create_tags
from demo.ec2_state import StatusTags, status_tags, tags_show
from demo.network import Host, Network
from demo.recorder import EventRecorder
from demo.screen import Screen
from demo.watch import Expectation, until
from localcloud.client.deployment import Deployment
from localcloud.client.ec2_calls import Calls, calls_since

STACK = "dualhome"
ROLES = f"{STACK}-"
"""How the names of the stack's roles begin."""


@dataclass(frozen=True)
class Beginning:
    """When a step began, and the number of the last API call before it."""

    at: datetime
    call: int


@dataclass(frozen=True)
class Step:
    """One action of the user, and its instance."""

    letter: str
    host: Host
    beginning: Beginning


@dataclass(frozen=True)
class StepResult:
    """A step, what was expected of it, and the EC2 calls that it took."""

    step: Step
    ended: datetime
    expectations: Sequence[Expectation]
    calls: Calls


@dataclass(frozen=True)
class Stage:
    """The deployed stack, its network and the screen; ``hosts`` are the instances by name."""

    stack: Deployment
    network: Network
    screen: Screen
    dualhome: Command
    events: EventRecorder
    hosts: dict[str, Host] = field(default_factory=dict)

    def begin(self) -> Beginning:
        """Mark a step's beginning."""
        return Beginning(datetime.now(UTC), self.stack.cloud.last_call())

    def tag(self, letter: str, host: Host, targets: str) -> Step:
        """Begin a step with what its user does: set the tag of ``host``."""
        self.screen.command(*create_tags(host, targets))
        beginning = self.begin()
        self.stack.ec2.create_tags(
            Resources=[host.id], Tags=[{"Key": "dualhome:targets", "Value": targets}]
        )
        return Step(letter, host, beginning)

    def comes_to(self, host: Host, states: Mapping[str, str]) -> StatusTags:
        """Wait until the status tags show ``states`` by target; return the tags."""
        with self.screen.waiting(f"waiting for {' and '.join(states)} on {host.name}"):
            return until(
                lambda: status_tags(self.stack.ec2), lambda tags: tags_show(tags, host.id, states)
            )

    def close(self, step: Step, expectations: Sequence[Expectation]) -> StepResult:
        """Show what was expected, and end a step."""
        self.screen.expectations(expectations)
        calls = calls_since(self.stack.cloud, step.beginning.call, ROLES)
        return StepResult(step, datetime.now(UTC), expectations, calls)
