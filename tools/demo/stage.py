"""What every step of the story works with, and what it leaves behind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from demo.command import Command
from demo.commands import create_tags
from demo.network import Host, Network
from demo.screen import Screen
from demo.shown import StatusTags, say, status_tags
from demo.tap import Tap
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
    """What the user did in one step, and to which instance."""

    letter: str
    host: Host
    beginning: Beginning


@dataclass(frozen=True)
class Chapter:
    """One step, and what followed."""

    step: Step
    ended: datetime
    expectations: Sequence[Expectation]
    calls: Calls


@dataclass(frozen=True)
class Stage:
    """The world of the story and its screen; ``hosts`` are the instances by name."""

    stack: Deployment
    network: Network
    screen: Screen
    dualhome: Command
    tap: Tap
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
        """Wait until the status tags tell of ``states`` by target; return what they tell."""
        with self.screen.waiting(f"waiting for {' and '.join(states)} on {host.name}"):
            return until(
                lambda: status_tags(self.stack.ec2), lambda told: say(told, host.id, states)
            )

    def close(self, step: Step, expectations: Sequence[Expectation]) -> Chapter:
        """Show what was expected, and end a step."""
        self.screen.expectations(expectations)
        calls = calls_since(self.stack.cloud, step.beginning.call, ROLES)
        return Chapter(step, datetime.now(UTC), expectations, calls)
