"""VPCs of one account that carry packets, and what runs in them."""

import itertools
import subprocess
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from localcloud.client.control import ControlClient
from tests.integration.localcloud.cloud import Lab
from tests.support import packets
from tests.support.packets import listening

if TYPE_CHECKING:
    from mypy_boto3_ec2.type_defs import IpPermissionTypeDef

OPEN: "IpPermissionTypeDef" = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}


def members_of(group: str) -> "IpPermissionTypeDef":
    """Return a rule that lets in what is in a security group."""
    return {"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": group}]}


_numbers = itertools.count(1)


@dataclass(frozen=True)
class Node:
    """An instance or a host: its id in EC2, its interface, address and namespace."""

    id: str
    interface: str
    group: str
    address: str
    namespace: str
    enter: tuple[str, ...]

    def answer(self, to: "Node | str", *, source: str = "", port: int = packets.PORT) -> str:
        """Return what another answers to a connection from here."""
        return packets.answer(self.namespace, _address(to), source=source, port=port)

    def is_lost(self, to: "Node | str", *, source: str = "", port: int = packets.PORT) -> bool:
        """Return whether a connection from here gets no answer at all."""
        return packets.is_lost(self.namespace, _address(to), source=source, port=port)

    def run(self, *command: str) -> str:
        """Run a command here; return what it prints."""
        done = subprocess.run(
            [*self.enter, *command], capture_output=True, text=True, check=False, timeout=60
        )
        assert done.returncode == 0, f"{command}: {done.stderr}"
        return done.stdout

    def ip(self, line: str) -> str:
        """Run iproute2 here."""
        return self.run("ip", *line.split())


def _address(of: Node | str) -> str:
    return of if isinstance(of, str) else of.address


@dataclass(frozen=True)
class Net:
    """What one test has made; listeners end with ``listeners``."""

    lab: Lab
    listeners: ExitStack

    @property
    def control(self) -> ControlClient:
        """The control paths."""
        return ControlClient(self.lab.cloud.url)

    def vpc(self, cidr: str, *subnets: str, **more: Any) -> list[str]:
        """Make a VPC; return its id and those of its subnets."""
        vpc = self.lab.ec2.create_vpc(CidrBlock=cidr, **more)["Vpc"]["VpcId"]
        return [vpc, *(self.subnet(vpc, it) for it in subnets)]

    def subnet(self, vpc: str, cidr: str, **more: Any) -> str:
        """Make a subnet."""
        made = self.lab.ec2.create_subnet(
            VpcId=vpc, CidrBlock=cidr, AvailabilityZone="us-east-1a", **more
        )
        return made["Subnet"]["SubnetId"]

    def group(self, subnet: str, *rules: "IpPermissionTypeDef") -> str:
        """Make a security group that lets in what ``rules`` say, and all out."""
        ec2 = self.lab.ec2
        (shown,) = ec2.describe_subnets(SubnetIds=[subnet])["Subnets"]
        group = ec2.create_security_group(
            GroupName=f"group-{next(_numbers)}", Description="a test's", VpcId=shown["VpcId"]
        )["GroupId"]
        if rules:
            ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=rules)
        return group

    def instance(self, subnet: str, group: str = "", **more: Any) -> Node:
        """Launch an instance, open to all unless ``group`` is given."""
        group = group or self.group(subnet, OPEN)
        instance = self.lab.instance(subnet, SecurityGroupIds=[group], **more)
        return self.shown(instance)

    def shown(self, instance: str) -> Node:
        """Return an instance as it runs now."""
        guest = self.control.guests()[instance]
        (primary,) = (
            it
            for it in self.lab.shown_instance(instance)["NetworkInterfaces"]
            if it["Attachment"]["DeviceIndex"] == 0
        )
        return Node(
            instance,
            primary["NetworkInterfaceId"],
            primary["Groups"][0]["GroupId"],
            primary["PrivateIpAddress"],
            guest["Namespace"],
            tuple(guest["Enter"]),
        )

    def host(self, subnet: str, address: str | None = None) -> Node:
        """Put a host into a subnet."""
        made = self.control.put_host(subnet, address)
        return Node(
            made["NetworkInterfaceId"],
            made["NetworkInterfaceId"],
            made["GroupId"],
            made["PrivateIpAddress"],
            made["Namespace"],
            tuple(made["Enter"]),
        )

    def interface(self, subnet: str, group: str = "", **more: Any) -> str:
        """Make an interface, open to all unless ``group`` is given."""
        return self.lab.interface(subnet, Groups=[group or self.group(subnet, OPEN)], **more)

    def address(self, interface: str) -> str:
        """Return an interface's first address."""
        return str(self.lab.shown(interface)["PrivateIpAddress"])

    def serve(self, node: Node, name: str, port: int = packets.PORT) -> None:
        """Let a node answer connections until the test ends."""
        self.listeners.enter_context(listening(node.namespace, name, port))

    def dropped(self, interface: str, kind: str) -> int:
        """Return how many packets were dropped at an interface for one reason."""
        return self.control.violations().get(interface, {}).get(kind, 0)

    def peer(self, requester: str, accepter: str) -> str:
        """Peer two VPCs, without routes; return the connection's id."""
        ec2 = self.lab.ec2
        made = ec2.create_vpc_peering_connection(VpcId=requester, PeerVpcId=accepter)
        peering = made["VpcPeeringConnection"]["VpcPeeringConnectionId"]
        ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=peering)
        return peering

    def main_table(self, vpc: str) -> str:
        """Return the id of a VPC's main route table."""
        found = self.lab.ec2.describe_route_tables(
            Filters=[
                {"Name": "vpc-id", "Values": [vpc]},
                {"Name": "association.main", "Values": ["true"]},
            ]
        )
        return found["RouteTables"][0]["RouteTableId"]

    def route(self, vpc: str, cidr: str, **target: Any) -> None:
        """Add a route to a VPC's main table."""
        self.lab.ec2.create_route(
            RouteTableId=self.main_table(vpc), DestinationCidrBlock=cidr, **target
        )
