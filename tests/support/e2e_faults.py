"""Faults on order for the attaches of one new instance."""

from typing import Any

from tests.support.e2e_world import Target, World

ATTACH = "AttachNetworkInterface"

CLIENT_TRIES = 3
"""How often the SDK tries one call before it gives up."""


def ask_with_fault(world: World, mgmt: Target, **fault: Any) -> str:
    """Order ``fault`` for the attaches of a new instance alone, then tag it; return its id."""
    instance = world.launch_running()
    world.stack.cloud.faults({"action": ATTACH, "match": {"InstanceId": instance}} | fault)
    world.tag(instance, targets=mgmt.name)
    return instance


def moves(world: World, instance: str) -> list[tuple[str, str]]:
    """Return state and reason of each audit entry."""
    return [(it["to_state"], it.get("reason", "")) for it in world.stack.audit(instance)]
