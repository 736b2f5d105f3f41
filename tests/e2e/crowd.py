"""Many instances at once: what became of them, and what it cost."""

import time
from collections import Counter
from dataclasses import dataclass

from tests.support.deployed.calls import RECONCILER, WRITER, Calls
from tests.support.deployed.stack import Item, Stack
from tests.support.deployed.waiting import until
from tests.support.deployed.world import World

SETTLED = {"attached", "waiting", "refused", "failed", "released"}


@dataclass(frozen=True)
class Crowd:
    """Instances that were launched together for one target, when all have their answer."""

    stack: Stack
    records: dict[str, Item]
    interfaces: frozenset[str]
    calls: Calls
    seconds: float

    def in_state(self, state: str) -> list[Item]:
        """Return the records that ended in ``state``."""
        return [it for it in self.records.values() if it["state"] == state]

    def states(self) -> Counter[str]:
        """Count the records by state."""
        return Counter(it["state"] for it in self.records.values())

    def claims(self) -> dict[str, str]:
        """Return the instance that holds each claimed interface of the pool."""
        held = {it: self.stack.holder(it) for it in self.interfaces}
        return {it: holder[0] for it, holder in held.items() if holder}

    def in_ec2(self) -> dict[str, tuple[str, int, str]]:
        """Return instance, device index and attachment status of each attached interface."""
        pages = self.stack.ec2.get_paginator("describe_network_interfaces").paginate()
        shown = {it["NetworkInterfaceId"]: it for page in pages for it in page["NetworkInterfaces"]}
        found = {it: shown[it].get("Attachment") for it in self.interfaces}
        return {
            interface: (seen["InstanceId"], seen["DeviceIndex"], seen["Status"])
            for interface, seen in found.items()
            if seen
        }

    def ec2_calls(self) -> Counter[str]:
        """Count the EC2 calls of our roles by action: all that read, and what changed the crowd."""
        both = [it for role in (RECONCILER, WRITER) for it in self.calls.of(role, service="ec2")]
        return Counter(
            it["action"]
            for it in both
            if not it["mutating"] or not self.records.keys().isdisjoint(it["resources"])
        )

    def reads_per_pass(self) -> float:
        """Return EC2 reads for each pass of the reconciler; each begins with DescribeInstances."""
        counted = self.ec2_calls()
        reads = sum(n for action, n in counted.items() if action.startswith("Describe"))
        return reads / counted["DescribeInstances"]


def crowd(world: World, instances: int, interfaces: int, *, seconds: float = 300) -> Crowd:
    """Launch ``instances`` at once against ``interfaces``; return when all have their answer."""
    mgmt = world.target()
    pool = frozenset(mgmt.interface() for _ in range(interfaces))
    calls, began = Calls.from_now(world.stack), time.monotonic()
    world.launch(targets=mgmt.name, count=instances)
    attached = min(instances, interfaces)

    def answers() -> dict[str, Item] | None:
        found = {it["instance"]: it for it in world.stack.items_of_target(mgmt.name)}
        states = Counter(it["state"] for it in found.values())
        there = len(found) == instances and set(states) <= SETTLED
        return found if there and states["attached"] >= attached else None

    records = until(answers, lambda: _known(world, mgmt.name), seconds=seconds)
    took = time.monotonic() - began
    until(lambda: world.stack.queue_depth() == 0, seconds=seconds)
    return Crowd(world.stack, records or {}, pool, calls, took)


def _known(world: World, target: str) -> str:
    found = world.stack.items_of_target(target)
    return str(Counter((it["state"], it.get("reason")) for it in found))
