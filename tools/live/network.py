"""The run's network: two VPCs with a subnet each in one zone, and a pool of interfaces."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from live.tagging import Run, specify

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client

INSTANCE_TYPE: Final = "t3.nano"
TARGET = "live"
APPLICATION_CIDR, TARGET_CIDR = "10.251.0.0/24", "10.252.0.0/24"
POOL_SIZE = 2
MOST_INSTANCES = 40
"""A run launches no more: what it says of its costs rests on that."""


@dataclass(frozen=True)
class Vpc:
    """A VPC with its one subnet and its default security group, by their ids."""

    id: str
    subnet: str
    group: str


@dataclass(frozen=True)
class Network:
    """
    What was made.

    ``application`` has the instances; ``target`` serves the target `live` with ``pool``, the
    interfaces that the run's stack may attach.
    """

    zone: str
    application: Vpc
    target: Vpc
    pool: Sequence[str]


def build(ec2: "EC2Client", run: Run) -> Network:
    """Make the network in a zone that offers the instance type; all of it carries the run's tag."""
    zone = _zone(ec2)
    application = _make_vpc(ec2, run, zone, APPLICATION_CIDR, {"Name": f"{run.stack}-application"})
    serves = {
        "Name": f"{run.stack}-target",
        f"{run.prefix}:target": TARGET,
        f"{run.prefix}:allow-from": application.id,
    }
    target = _make_vpc(ec2, run, zone, TARGET_CIDR, serves)
    pool = [_make_pool_interface(ec2, run, target) for _ in range(POOL_SIZE)]
    return Network(zone, application, target, pool)


def _zone(ec2: "EC2Client") -> str:
    """Return the first zone of the Region, by name, that offers the instance type."""
    zones = ec2.describe_availability_zones(
        Filters=[{"Name": "zone-type", "Values": ["availability-zone"]}]
    )["AvailabilityZones"]
    offers = ec2.describe_instance_type_offerings(
        LocationType="availability-zone",
        Filters=[{"Name": "instance-type", "Values": [INSTANCE_TYPE]}],
    )["InstanceTypeOfferings"]
    return min({it["ZoneName"] for it in zones} & {it["Location"] for it in offers})


def _make_vpc(ec2: "EC2Client", run: Run, zone: str, cidr: str, tags: dict[str, str]) -> Vpc:
    vpc = ec2.create_vpc(CidrBlock=cidr, TagSpecifications=specify(run, tags, "vpc"))
    vpc_id = vpc["Vpc"]["VpcId"]
    ec2.get_waiter("vpc_available").wait(VpcIds=[vpc_id])
    name = {"Name": tags["Name"]}
    subnet = ec2.create_subnet(
        VpcId=vpc_id,
        CidrBlock=cidr,
        AvailabilityZone=zone,
        TagSpecifications=specify(run, name, "subnet"),
    )["Subnet"]
    ec2.get_waiter("subnet_available").wait(SubnetIds=[subnet["SubnetId"]])
    (group,) = ec2.describe_security_groups(
        Filters=[
            {"Name": "vpc-id", "Values": [vpc_id]},
            {"Name": "group-name", "Values": ["default"]},
        ]
    )["SecurityGroups"]
    return Vpc(vpc_id, subnet["SubnetId"], group["GroupId"])


def _make_pool_interface(ec2: "EC2Client", run: Run, target: Vpc) -> str:
    tags = {f"{run.prefix}:pool": TARGET}
    made = ec2.create_network_interface(
        SubnetId=target.subnet,
        Groups=[target.group],
        TagSpecifications=specify(run, tags, "network-interface"),
    )
    return made["NetworkInterface"]["NetworkInterfaceId"]
