"""The EC2 calls that roles made, counted from the local cloud's call log."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from localcloud.client.control import ControlClient


@dataclass(frozen=True)
class Calls:
    """How often each EC2 action was called, refused calls and retries included."""

    writes: Counter[str] = field(default_factory=Counter)
    reads: Counter[str] = field(default_factory=Counter)

    def __add__(self, other: "Calls") -> "Calls":
        return Calls(self.writes + other.writes, self.reads + other.reads)

    @property
    def written(self) -> str:
        """The counts of the calls that change something."""
        return ", ".join(f"{count} {action}" for action, count in self.writes.most_common())


def calls_since(cloud: ControlClient, number: int, *roles: str) -> Calls:
    """Count the calls after ``number`` by roles whose names begin as one of ``roles``."""
    calls = _made(cloud, number, *roles)
    return Calls(
        writes=Counter(call["action"] for call in calls if call["mutating"]),
        reads=Counter(call["action"] for call in calls if not call["mutating"]),
    )


def described(cloud: ControlClient, number: int, role: str, instance: str) -> bool:
    """Return whether a role whose name begins so described ``instance`` after call ``number``."""
    return any(
        call["action"] == "DescribeInstances" and instance in call["resources"]
        for call in _made(cloud, number, role)
    )


def _made(cloud: ControlClient, number: int, *roles: str) -> list[dict[str, Any]]:
    return [
        call
        for call in cloud.calls(number)
        if call["service"] == "ec2" and call["principal"].startswith(roles)
    ]
