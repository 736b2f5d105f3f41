"""Faults on order for the attaches of new instances."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.support.deployed.stack import Stack
from tests.support.deployed.world import Target, World

ATTACH = "AttachNetworkInterface"

CLIENT_TRIES = 3
"""How often the SDK tries one call before it gives up."""


@dataclass(frozen=True)
class Asking:
    """An instance that asks for an interface, and the pool that it asks."""

    world: World
    mgmt: Target
    pool: frozenset[str]
    instance: str

    @staticmethod
    def launch(stack: Stack, interfaces: int) -> "Asking":
        """Launch an instance that does not ask yet."""
        world = World(stack)
        mgmt = world.target()
        pool = frozenset(mgmt.interface() for _ in range(interfaces))
        return Asking(world, mgmt, pool, world.launch())

    def ask(self, fault: Mapping[str, Any]) -> None:
        """Order ``fault`` for the calls that we make about the instance, then tag it."""
        self.world.is_running(self.instance)
        fault = {"action": ATTACH} | dict(fault)
        self.world.stack.cloud.faults(fault | {"match": self._ours(fault["action"])})
        self.world.tag(self.instance, targets=self.mgmt.name)

    def _ours(self, action: str) -> dict[str, str]:
        """Return the parameters that tell our calls of ``action`` from the user's own."""
        if action == ATTACH:
            return {"InstanceId": self.instance}
        return {"ResourceId.1": self.instance, "Tag.1.Key": "dualhome-status"}


def ask_with_fault(world: World, mgmt: Target, **fault: Any) -> str:
    """Order ``fault`` for the attaches of a new instance alone, then tag it; return its id."""
    asking = Asking(world, mgmt, frozenset(), world.launch())
    asking.ask(fault)
    return asking.instance


def moves(world: World, instance: str) -> list[tuple[str, str]]:
    """Return state and reason of each audit entry."""
    return [(it["to_state"], it.get("reason", "")) for it in world.stack.audit(instance)]
