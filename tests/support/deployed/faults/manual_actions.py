"""What operators, and lists of EC2, do to a crowd of instances and pools, as chance has it."""

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
    """Instances of one world, the targets they may ask for, and what others attached."""

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
        """Carry out an action; return whether EC2 accepted it."""
        with suppress(ClientError, ControlError, LookupError):
            ACTIONS[kind](self)
            return True
        return False


def _set_targets(crowd: Crowd) -> None:
    wanted = crowd.chance.sample(crowd.targets, crowd.chance.randint(1, len(crowd.targets)))
    words = " ".join(target.name for target in wanted)
    crowd.world.tag(
        crowd.instance(), targets=words, policy=crowd.chance.choice(("each", "each", "all"))
    )


def _remove_targets(crowd: Crowd) -> None:
    want_nothing(crowd.world, crowd.instance())


def _flip(crowd: Crowd) -> None:
    instance = crowd.instance()
    for _ in range(3):
        want_nothing(crowd.world, instance)
        crowd.world.tag(instance, targets=crowd.targets[0].name)


def _shown(crowd: Crowd) -> dict[str, Any]:
    interface = crowd.chance.choice(crowd.interfaces)
    found = crowd.world.stack.ec2.describe_network_interfaces(NetworkInterfaceIds=[interface])
    return dict(found["NetworkInterfaces"][0])


def _detach(crowd: Crowd) -> None:
    attachment = _shown(crowd)["Attachment"]["AttachmentId"]
    crowd.world.stack.ec2.detach_network_interface(AttachmentId=attachment, Force=True)


def _attach(crowd: Crowd) -> None:
    answer = crowd.world.stack.ec2.attach_network_interface(
        InstanceId=crowd.instance(),
        NetworkInterfaceId=crowd.chance.choice(crowd.interfaces),
        DeviceIndex=crowd.chance.randint(1, 3),
    )
    crowd.by_hand.append(answer["AttachmentId"])


def _delete(crowd: Crowd) -> None:
    crowd.world.stack.ec2.delete_network_interface(
        NetworkInterfaceId=_shown(crowd)["NetworkInterfaceId"]
    )


def _add(crowd: Crowd) -> None:
    crowd.interfaces.append(crowd.chance.choice(crowd.targets).interface())


def _stop(crowd: Crowd) -> None:
    crowd.world.stack.ec2.stop_instances(InstanceIds=[crowd.instance()])


def _start(crowd: Crowd) -> None:
    crowd.world.stack.ec2.start_instances(InstanceIds=[crowd.instance()])


def _terminate(crowd: Crowd) -> None:
    crowd.world.stack.ec2.terminate_instances(InstanceIds=[crowd.instance()])


def _launch(crowd: Crowd) -> None:
    crowd.world.launch(targets=crowd.chance.choice(crowd.targets).name, type_="m5.xlarge")


def _list(crowd: Crowd, action: str, resource: str) -> None:
    show = crowd.chance.choice(("untagged", "absent", "outdated"))
    order = {
        "action": action,
        "resource": resource,
        "show": show,
        "times": crowd.chance.randint(1, 3),
    }
    crowd.world.stack.cloud.order_stale_reads(order)


ACTIONS: Mapping[str, Callable[[Crowd], None]] = {
    "targets set": _set_targets,
    "targets removed": _remove_targets,
    "tag flipped": _flip,
    "detached manually": _detach,
    "attached manually": _attach,
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
