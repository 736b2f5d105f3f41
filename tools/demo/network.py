"""The demo's network: four VPCs over three zones, pools of interfaces, instances."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_network
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client
    from mypy_boto3_ec2.literals import ResourceTypeType
    from mypy_boto3_ec2.type_defs import TagSpecificationTypeDef

IMAGE = "ami-12c6146b"
INSTANCE_TYPE: Final = "t3.medium"
POOL_PER_SUBNET = 2
FIRST_ADDRESS = 10  # AWS keeps the first four of a subnet


@dataclass(frozen=True)
class VpcPlan:
    """A VPC to make; its subnets, in order, are in the first zones."""

    name: str
    cidrs: tuple[str, ...]
    subnets: tuple[str, ...]
    target: bool = False


PLAN = (
    VpcPlan("app", ("10.0.0.0/16",), ("10.0.1.0/24", "10.0.2.0/24", "10.0.3.0/24")),
    VpcPlan("guest", ("192.168.0.0/16",), ("192.168.1.0/24",)),
    VpcPlan("mgmt", ("10.1.0.0/16",), ("10.1.1.0/24", "10.1.2.0/24"), target=True),
    # Its first CIDR is the application's. What both sides can reach is in the second one, as
    # AWS advises for overlapping VPCs (EC2 User Guide, "Multiple network interfaces").
    VpcPlan(
        "data", ("10.0.0.0/16", "100.64.0.0/16"), ("100.64.1.0/24", "100.64.2.0/24"), target=True
    ),
)


@dataclass(frozen=True)
class Subnet:
    """A subnet, and the addresses of its pool."""

    id: str
    cidr: str
    pool: Sequence[str] = ()


@dataclass(frozen=True)
class Vpc:
    """A VPC and its subnets by zone."""

    id: str
    plan: VpcPlan
    subnets: Mapping[str, Subnet]


@dataclass(frozen=True)
class Network:
    """What was made; VPCs by name."""

    zones: tuple[str, ...]
    vpcs: Mapping[str, Vpc]


@dataclass(frozen=True)
class Host:
    """An instance of the demo."""

    name: str
    id: str
    vpc: str
    zone: str


def build(ec2: "EC2Client", region: str) -> Network:
    """Make VPCs, subnets and pools; only the application's VPC may join the targets."""
    zones = tuple(f"{region}{letter}" for letter in "abc")
    vpcs: dict[str, Vpc] = {}
    for plan in PLAN:
        tags = {"Name": plan.name}
        if plan.target:
            tags |= {"dualhome:target": plan.name, "dualhome:allow-from": vpcs["app"].id}
        vpcs[plan.name] = _make_vpc(ec2, plan, zones, tags)
    return Network(zones, vpcs)


def launch(
    ec2: "EC2Client", network: Network, *, name: str, vpc: str, zone: str, tags: Mapping[str, str]
) -> Host:
    """Launch an instance in the subnet of ``vpc`` in ``zone``; ``name`` is the demo's own."""
    (instance,) = ec2.run_instances(
        ImageId=IMAGE,
        InstanceType=INSTANCE_TYPE,
        MinCount=1,
        MaxCount=1,
        SubnetId=network.vpcs[vpc].subnets[zone].id,
        TagSpecifications=_specify("instance", tags) if tags else [],
    )["Instances"]
    return Host(name, instance["InstanceId"], vpc, zone)


def _make_vpc(
    ec2: "EC2Client", plan: VpcPlan, zones: tuple[str, ...], tags: Mapping[str, str]
) -> Vpc:
    first, *further = plan.cidrs
    made = ec2.create_vpc(CidrBlock=first, TagSpecifications=_specify("vpc", tags))
    vpc_id = made["Vpc"]["VpcId"]
    for cidr in further:
        ec2.associate_vpc_cidr_block(VpcId=vpc_id, CidrBlock=cidr)
    subnets = {}
    for zone, cidr in zip(zones, plan.subnets, strict=False):
        subnet = ec2.create_subnet(VpcId=vpc_id, CidrBlock=cidr, AvailabilityZone=zone)["Subnet"]
        pool = _make_pool(ec2, plan.name, subnet["SubnetId"], cidr) if plan.target else ()
        subnets[zone] = Subnet(subnet["SubnetId"], cidr, pool)
    return Vpc(vpc_id, plan, subnets)


def _make_pool(ec2: "EC2Client", target: str, subnet: str, cidr: str) -> list[str]:
    numbers = range(FIRST_ADDRESS, FIRST_ADDRESS + POOL_PER_SUBNET)
    addresses = [str(ip_network(cidr)[number]) for number in numbers]
    for address in addresses:
        ec2.create_network_interface(
            SubnetId=subnet,
            PrivateIpAddress=address,
            TagSpecifications=_specify("network-interface", {"dualhome:pool": target}),
        )
    return addresses


def _specify(kind: "ResourceTypeType", tags: Mapping[str, str]) -> "list[TagSpecificationTypeDef]":
    pairs = [{"Key": key, "Value": value} for key, value in tags.items()]
    return [{"ResourceType": kind, "Tags": pairs}]  # type: ignore[typeddict-item]
