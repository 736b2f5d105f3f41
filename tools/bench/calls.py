"""The EC2 calls that the stack's functions made, from the local cloud's call log."""

from collections import Counter
from dataclasses import dataclass

from localcloud.control_client import ControlClient

RECONCILER = "dualhome-ReconcileInstancesRole-"
PUBLISHER = "dualhome-PublishChangesRole-"


@dataclass(frozen=True)
class Calls:
    """How often each EC2 action was called, refused calls and retries included."""

    writes: Counter[str]
    reads: Counter[str]

    @property
    def written(self) -> str:
        """The counts of the calls that change something."""
        return ", ".join(f"{count} {action}" for action, count in self.writes.most_common())


def calls_since(cloud: ControlClient, number: int, *roles: str) -> Calls:
    """Count the calls after ``number`` by roles whose names begin as one of ``roles``."""
    made = [
        call
        for call in cloud.calls(number)
        if call["service"] == "ec2" and call["principal"].startswith(roles)
    ]
    return Calls(
        writes=Counter(call["action"] for call in made if call["mutating"]),
        reads=Counter(call["action"] for call in made if not call["mutating"]),
    )
