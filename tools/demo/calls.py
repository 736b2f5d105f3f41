"""The EC2 calls that the stack's functions made, from the local cloud's call log."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from localcloud.control_client import ControlClient


@dataclass(frozen=True)
class Calls:
    """How often each EC2 action was called, those that change something apart."""

    writes: Counter[str] = field(default_factory=Counter)
    reads: Counter[str] = field(default_factory=Counter)

    def __add__(self, other: "Calls") -> "Calls":
        return Calls(self.writes + other.writes, self.reads + other.reads)


def calls_since(cloud: ControlClient, number: int, roles_of: str) -> Calls:
    """Count the EC2 calls after ``number`` by roles of the stack ``roles_of``."""
    calls = _made(cloud, number, roles_of)
    return Calls(
        writes=Counter(call["action"] for call in calls if call["mutating"]),
        reads=Counter(call["action"] for call in calls if not call["mutating"]),
    )


def looked_at(cloud: ControlClient, number: int, roles_of: str, instance: str) -> bool:
    """Return whether a role of the stack has described ``instance`` after call ``number``."""
    return any(
        call["action"] == "DescribeInstances" and instance in call["resources"]
        for call in _made(cloud, number, roles_of)
    )


def _made(cloud: ControlClient, number: int, roles_of: str) -> list[dict[str, Any]]:
    return [
        call
        for call in cloud.calls(number)
        if call["service"] == "ec2" and call["principal"].startswith(f"{roles_of}-")
    ]
