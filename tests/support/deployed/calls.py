"""The local cloud's call log, from a moment on."""

from collections.abc import Iterator
from dataclasses import dataclass

from tests.support.deployed.stack import Item, Stack

RECONCILER, PUBLISHER = "ReconcileInstancesRole", "PublishChangesRole"
WRITER = "WriteStatusRole"


@dataclass(frozen=True)
class Calls:
    """The calls made since ``since`` by the functions' roles."""

    stack: Stack
    since: int

    @staticmethod
    def from_now(stack: Stack) -> "Calls":
        """Start after the latest call."""
        return Calls(stack, stack.cloud.last_call())

    def of(self, role: str, *, about: str = "", service: str = "") -> list[Item]:
        """Return the calls of a role, those that name the EC2 resource ``about`` if given."""
        return list(self._of(role, about, service))

    def _of(self, role: str, about: str, service: str) -> Iterator[Item]:
        name = self.stack.role(role)
        for call in self.stack.cloud.calls(self.since):
            named = not about or about in call["resources"]
            if call["principal"] == name and named and service in {"", call["service"]}:
                yield call

    def count(self, role: str, action: str, *, about: str = "") -> int:
        """Return how often a role has called an EC2 action, refused calls included."""
        return sum(call["action"] == action for call in self.of(role, about=about, service="ec2"))
