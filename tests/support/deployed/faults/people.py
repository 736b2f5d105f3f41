"""What people, and lists of EC2, do to a crowd of instances and pools, as chance has it."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from typing import Any

from botocore.exceptions import ClientError

from localcloud.client.control import ControlError
from tests.support.deployed.attachments import want_nothing
from tests.support.deployed.world import Target, World

INSTANCES, TARGETS, INTERFACES = 4, 3, 3


@dataclass
class Crowd:
    """Instances of one world, the targets they may ask for, and what others attached by hand."""

    world: World
    chance: Random
    targets: list[Target] = field(default_factory=list)
    interfaces: list[str] = field(default_factory=list)
    by_hand: list[str] = field(default_factory=list)

    @classmethod
    def gather(cls, world: World, chance: Random) -> "Crowd":
        """Make targets with their pools, and launch instances that ask for nothing."""
        it = cls(world, chance)
        it.targets = [world.target(name) for name in ("mgmt", "data", "store")[:TARGETS]]
        for target in it.targets * INTERFACES:
            it.interfaces.append(target.interface())
        world.launch_running(count=INSTANCES, type_="m5.xlarge")
        return it

    def instance(self) -> str:
        """Choose an instance."""
        return self.chance.choice(self.world.instances)

    def act(self, kind: str) -> bool:
        """Let somebody do something; return whether EC2 let them."""
        with suppress(ClientError, ControlError, LookupError):
            PEOPLE[kind](self)
            return True
        return False


def _wish(it: Crowd) -> None:
    wanted = it.chance.sample(it.targets, it.chance.randint(1, len(it.targets)))
    words = " ".join(target.name for target in wanted)
    it.world.tag(it.instance(), targets=words, policy=it.chance.choice(("each", "each", "all")))


def _unwish(it: Crowd) -> None:
    want_nothing(it.world, it.instance())


def _flip(it: Crowd) -> None:
    instance = it.instance()
    for _ in range(3):
        want_nothing(it.world, instance)
        it.world.tag(instance, targets=it.targets[0].name)


def _shown(it: Crowd) -> dict[str, Any]:
    interface = it.chance.choice(it.interfaces)
    found = it.world.stack.ec2.describe_network_interfaces(NetworkInterfaceIds=[interface])
    return dict(found["NetworkInterfaces"][0])


def _detach(it: Crowd) -> None:
    attachment = _shown(it)["Attachment"]["AttachmentId"]
    it.world.stack.ec2.detach_network_interface(AttachmentId=attachment, Force=True)


def _attach(it: Crowd) -> None:
    answer = it.world.stack.ec2.attach_network_interface(
        InstanceId=it.instance(),
        NetworkInterfaceId=it.chance.choice(it.interfaces),
        DeviceIndex=it.chance.randint(1, 3),
    )
    it.by_hand.append(answer["AttachmentId"])


def _delete(it: Crowd) -> None:
    it.world.stack.ec2.delete_network_interface(NetworkInterfaceId=_shown(it)["NetworkInterfaceId"])


def _add(it: Crowd) -> None:
    it.interfaces.append(it.chance.choice(it.targets).interface())


def _stop(it: Crowd) -> None:
    it.world.stack.ec2.stop_instances(InstanceIds=[it.instance()])


def _start(it: Crowd) -> None:
    it.world.stack.ec2.start_instances(InstanceIds=[it.instance()])


def _terminate(it: Crowd) -> None:
    it.world.stack.ec2.terminate_instances(InstanceIds=[it.instance()])


def _launch(it: Crowd) -> None:
    it.world.launch(targets=it.chance.choice(it.targets).name, type_="m5.xlarge")


def _list(it: Crowd, action: str, resource: str) -> None:
    show = it.chance.choice(("untagged", "absent", "outdated"))
    order = {"action": action, "resource": resource, "show": show, "times": it.chance.randint(1, 3)}
    it.world.stack.cloud.order_stale_reads(order)


PEOPLE: Mapping[str, Callable[[Crowd], None]] = {
    "wish": _wish,
    "wish taken back": _unwish,
    "tag flipped": _flip,
    "detached by hand": _detach,
    "attached by hand": _attach,
    "interface deleted": _delete,
    "interface added": _add,
    "instance stopped": _stop,
    "instance started": _start,
    "instance terminated": _terminate,
    "instance launched": _launch,
    "instance listed wrongly": lambda it: _list(it, "DescribeInstances", it.instance()),
    "interface listed wrongly": lambda it: _list(
        it, "DescribeNetworkInterfaces", it.chance.choice(it.interfaces)
    ),
    "VPC listed wrongly": lambda it: _list(it, "DescribeVpcs", it.chance.choice(it.targets).vpc),
}
WEIGHTS = (10, 3, 3, 2, 2, 1, 2, 1, 1, 1, 2, 2, 1, 1)
