"""Networks, instances and pools of one test, so named that no other test meets them."""

import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from tests.support.deployed.calls import RECONCILER, Calls
from tests.support.deployed.queue import send, state_change
from tests.support.deployed.stack import Item, Stack
from tests.support.deployed.waiting import SECONDS, known_of, until

if TYPE_CHECKING:
    from mypy_boto3_ec2.literals import InstanceTypeType, ResourceTypeType
    from mypy_boto3_ec2.type_defs import TagSpecificationTypeDef

T = TypeVar("T")

ZONE, OTHER_ZONE = "us-east-1a", "us-east-1b"

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Network:
    """A VPC, with a subnet in each of two zones."""

    stack: Stack
    vpc: str
    subnets: dict[str, str]

    def tag(self, **tags: str) -> None:
        """Set tags of the VPC; ``allow_from`` stands for ``dualhome:allow-from``."""
        set_tags(self.stack, self.vpc, **tags)


@dataclass(frozen=True)
class Target(Network):
    """A VPC that serves a target, and its pool; ``made`` gets the ids of its interfaces."""

    name: str
    made: list[str]

    def interface(self, zone: str = ZONE, **tags: str) -> str:
        """Create an interface of the pool; ``pool=""`` leaves it out of any."""
        pool = tags.pop("pool", self.name)
        wanted = tags | ({"pool": pool} if pool else {})
        answer = self.stack.ec2.create_network_interface(
            SubnetId=self.subnets[zone], TagSpecifications=_specify("network-interface", wanted)
        )
        self.made.append(answer["NetworkInterface"]["NetworkInterfaceId"])
        return self.made[-1]


@dataclass
class World:
    """
    What one test has made; its application VPC is there from the start.

    ``by_hand`` are the attachments that the test itself has made, ``made`` the worlds of all tests.
    """

    stack: Stack
    app: Network = field(init=False)
    instances: list[str] = field(default_factory=list)
    interfaces: list[str] = field(default_factory=list)
    by_hand: list[str] = field(default_factory=list)
    made: ClassVar[list["World"]] = []

    def __post_init__(self) -> None:
        """Make the application VPC."""
        self._number = next(_numbers)
        self.app = self.network("10.0.0.0/16")
        self.made.append(self)

    def network(self, cidr: str, **tags: str) -> Network:
        """Make a VPC of two subnets."""
        ec2 = self.stack.ec2
        vpc = ec2.create_vpc(CidrBlock=cidr, TagSpecifications=_specify("vpc", tags))["Vpc"][
            "VpcId"
        ]
        first, second = cidr.split(".")[:2]
        subnets = {
            zone: ec2.create_subnet(
                VpcId=vpc, CidrBlock=f"{first}.{second}.{third}.0/24", AvailabilityZone=zone
            )["Subnet"]["SubnetId"]
            for third, zone in enumerate((ZONE, OTHER_ZONE))
        }
        return Network(self.stack, vpc, subnets)

    def target(self, name: str = "mgmt", cidr: str = "10.1.0.0/16", **tags: str) -> Target:
        """Make a VPC that serves a target, open to the application's VPC unless tags differ."""
        named = self.named(name)
        tags = {"target": named, "allow_from": self.app.vpc} | tags
        network = self.network(cidr, **{key: value for key, value in tags.items() if value})
        return Target(self.stack, network.vpc, network.subnets, named, self.interfaces)

    def named(self, name: str) -> str:
        """Return a target's name that no other test uses."""
        return f"{name}-{self._number}"

    def launch(
        self,
        targets: str | None = None,
        zone: str = ZONE,
        type_: "InstanceTypeType" = "t3.medium",
        count: int = 1,
        **tags: str,
    ) -> str:
        """Launch instances in the application's VPC; return the id of the first."""
        wanted = tags | ({} if targets is None else {"targets": targets})
        answer = self.stack.ec2.run_instances(
            ImageId="ami-12c6146b",
            InstanceType=type_,
            MinCount=count,
            MaxCount=count,
            SubnetId=self.app.subnets[zone],
            TagSpecifications=_specify("instance", wanted),
        )
        launched = [instance["InstanceId"] for instance in answer["Instances"]]
        self.instances += launched
        return launched[0]

    def launch_running(self, **options: Any) -> str:
        """Launch instances, and return the first when EC2 says that all are `running`."""
        before = len(self.instances)
        instance = self.launch(**options)
        for launched in self.instances[before:]:
            self.is_running(launched)
        return instance

    def is_running(self, instance: str) -> None:
        """Wait for EC2 to say so."""
        self.until(lambda: self.state(instance) == "running")

    def is_reconciled_while_running(self, instance: str) -> None:
        """Wait until it is running, then for a whole reconciliation of it."""
        self.is_running(instance)
        self.is_reconciled(instance)

    def is_reconciled(self, instance: str) -> None:
        """Return when a whole reconciliation of ``instance`` is over that began after this call."""
        calls = Calls.from_now(self.stack)
        send(self.stack, state_change(instance))
        self.until(lambda: calls.count(RECONCILER, "DescribeInstances", about=instance))
        self.until(lambda: self.stack.queue_depth(delayed=False) == 0)

    def ours(self, calls: Iterable[Item]) -> list[Item]:
        """Return those of ``calls`` that are not about other tests' instances and interfaces."""
        mine = {*self.instances, *self.interfaces}
        known = {id_ for it in self.made for id_ in (*it.instances, *it.interfaces)}
        named = [(call, known & set(call["resources"])) for call in calls]
        return [call for call, ids in named if not ids or ids & mine]

    def attach_by_hand(self, instance: str, interface: str, index: int = 1) -> str:
        """Attach as an administrator would; return the attachment's id when EC2 shows it."""
        answer = self.stack.ec2.attach_network_interface(
            InstanceId=instance, NetworkInterfaceId=interface, DeviceIndex=index
        )
        self.by_hand.append(answer["AttachmentId"])
        self.until(lambda: self.stack.attachments(instance).get(index) == (interface, "attached"))
        return answer["AttachmentId"]

    def state(self, instance: str) -> str:
        """Return the state of an instance as EC2 shows it."""
        (group,) = self.stack.ec2.describe_instances(InstanceIds=[instance])["Reservations"]
        return group["Instances"][0]["State"]["Name"]

    def tag(self, resource: str, **tags: str) -> None:
        """Set tags: ``targets="mgmt"`` sets ``dualhome:targets``."""
        set_tags(self.stack, resource, **tags)

    def until(self, fact: Callable[[], T], *, seconds: float = SECONDS) -> T:
        """Wait as ``until`` does; on time-out the records of this world's instances are shown."""
        return until(fact, lambda: known_of(self.stack, self.instances[:5]), seconds=seconds)

    def comes_to(
        self, state: str, instance: str, target: str, *, reason: str = "", seconds: float = SECONDS
    ) -> Item:
        """Wait until a record is in ``state``, for ``reason`` if one is given; return it."""

        def there() -> Item | None:
            record = self.stack.records(instance).get(target)
            if record is None or record["state"] != state:
                return None
            return record if reason in {"", record.get("reason")} else None

        found = self.until(there, seconds=seconds)
        assert found
        return found


def set_tags(stack: Stack, resource: str, **tags: str) -> None:
    """Set tags of a resource in one call."""
    stack.ec2.create_tags(
        Resources=[resource], Tags=[{"Key": key_of(k), "Value": v} for k, v in tags.items()]
    )


def key_of(name: str) -> str:
    """Return the tag key that a keyword stands for; capitals are AWS's own, such as ``Name``."""
    return name if name[0].isupper() else f"dualhome:{name.replace('_', '-')}"


def _specify(kind: "ResourceTypeType", tags: dict[str, str]) -> "list[TagSpecificationTypeDef]":
    pairs = [{"Key": key_of(name), "Value": value} for name, value in tags.items()]
    return [{"ResourceType": kind, "Tags": pairs}] if pairs else []  # type: ignore[typeddict-item]
