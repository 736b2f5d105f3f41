"""Instances that have their interface, for tests that begin where an attach ends."""

from dataclasses import dataclass

from tests.support.e2e_world import Target, World


@dataclass(frozen=True)
class Attached:
    """An instance with its interface; its pool holds another one, which nobody has."""

    world: World
    mgmt: Target
    instance: str
    interface: str

    @staticmethod
    def in_worlds(*worlds: World) -> "list[Attached]":
        """Attach one in each, all at the same time; return when the status tags tell of it."""
        targets = [world.target() for world in worlds]
        for mgmt in targets:
            mgmt.interface()
            mgmt.interface()
        launched = [
            world.launch(targets=it.name) for world, it in zip(worlds, targets, strict=True)
        ]
        return [_told(*parts) for parts in zip(worlds, targets, launched, strict=True)]


def _told(world: World, mgmt: Target, instance: str) -> Attached:
    interface = world.comes_to("attached", instance, mgmt.name)["interface"]
    status = f"{mgmt.name}=attached:{interface}@1"
    told = world.stack.tags
    world.until(lambda: told(instance).get("dualhome-status") == status)
    world.until(lambda: told(interface).get("dualhome-status") == status)
    return Attached(world, mgmt, instance, interface)
