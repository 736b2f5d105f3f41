"""Instances that have their interface, and what their release leaves."""

from dataclasses import dataclass
from typing import Any

from tests.support.deployed.stack import Item
from tests.support.deployed.world import Target, World


@dataclass(frozen=True)
class Attached:
    """An instance with its interface; its pool holds another one, which is free."""

    world: World
    mgmt: Target
    instance: str
    interface: str

    @staticmethod
    def in_worlds(*worlds: World) -> "list[Attached]":
        """Attach one in each, all at the same time; return when the status tags show it."""
        targets = [world.target() for world in worlds]
        for mgmt in targets:
            mgmt.interface()
            mgmt.interface()
        launched = [
            world.launch(targets=it.name) for world, it in zip(worlds, targets, strict=True)
        ]
        return [_shown(*parts) for parts in zip(worlds, targets, launched, strict=True)]


def _shown(world: World, mgmt: Target, instance: str) -> Attached:
    interface = world.comes_to("attached", instance, mgmt.name)["interface"]
    status = f"{mgmt.name}=attached:{interface}@1"
    tags = world.stack.tags
    world.until(lambda: tags(instance).get("dualhome-status") == status)
    world.until(lambda: tags(interface).get("dualhome-status") == status)
    return Attached(world, mgmt, instance, interface)


DETACH = "DetachNetworkInterface"

PATH_OF_A_RELEASE = [
    ("attached", "attached"),  # noted, until a second reading confirms it
    ("attached", "releasing"),
    ("releasing", "released"),
]


def attached(world: World, target: Target, **options: Any) -> tuple[str, Item]:
    """Launch an instance that wants ``target``; return its id, and its record when attached."""
    instance = world.launch(targets=target.name, **options)
    return instance, world.comes_to("attached", instance, target.name)


def want_nothing(world: World, instance: str) -> None:
    """Remove the tag from the instance."""
    world.stack.ec2.delete_tags(Resources=[instance], Tags=[{"Key": "dualhome:targets"}])


def refuse_detach(world: World, record: Item, **fault: object) -> None:
    """Order ``fault`` for the next detaches of the attachment that ``record`` holds."""
    order = {"action": DETACH, "match": {"AttachmentId": record["attachment_id"]}}
    world.stack.cloud.faults(order | fault)


def is_free(world: World, interface: str) -> bool:
    """Return whether the interface is `available` in EC2 and unclaimed."""
    (shown,) = world.stack.ec2.describe_network_interfaces(NetworkInterfaceIds=[interface])[
        "NetworkInterfaces"
    ]
    return shown["Status"] == "available" and world.stack.holder(interface) is None


def moves_since_attached(world: World, instance: str, target: str) -> list[tuple[str, str]]:
    """Return from-state and to-state of each audit entry since the target was first attached."""
    moves = [
        (it.get("from_state", ""), it["to_state"])
        for it in world.stack.audit(instance)
        if it["target"] == target
    ]
    return moves[1 + [to for _, to in moves].index("attached") :]
