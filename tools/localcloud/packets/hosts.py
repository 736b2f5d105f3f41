"""
Plain hosts in subnets: what instances talk to, without being instances.

To EC2 a host is an interface that a service manages, as those of a database or a load balancer.
It has an address and a security group, which lets all pass; customers can neither attach it nor
delete it.
"""

import re
from dataclasses import dataclass
from itertools import count
from typing import Any

from localcloud.ec2.actions import attachments, interfaces, networks
from localcloud.ec2.api.call import Call, Ec2Error, Reply, Scope
from localcloud.ec2.api.engine import Engine
from localcloud.ec2.state import moto
from localcloud.ec2.state.world import World
from localcloud.packets.carrier import Carrier

_numbers = count(1)


@dataclass(frozen=True)
class Hosts:
    """The hosts of a server."""

    engine: Engine
    carrier: Carrier

    def put(self, subnet: str, address: str | None) -> dict[str, Any]:
        """
        Put a host into ``subnet``, at ``address`` if one is given.

        Raises:
            ValueError: there is no such subnet, or EC2 refuses the address.
        """
        scope = next((it for it in moto.scopes() if moto.find_subnet(it, subnet)), None)
        if scope is None:
            raise ValueError(f"SubnetId: there is no subnet {subnet!r}")

        def make(world: World) -> tuple[str, str]:
            group = _make_group(scope, subnet)
            try:
                interface = _make_interface(world, scope, subnet, address, group)
            except Ec2Error:
                networks.delete_security_group(
                    world, _call("DeleteSecurityGroup", scope, GroupId=group)
                )
                raise
            self.carrier.hosts.add(interface)
            return interface, group

        try:
            interface, group = self.engine.alone(make)
        except Ec2Error as refusal:
            raise ValueError(str(refusal)) from refusal
        running = self.carrier.running()[interface]
        return {
            "NetworkInterfaceId": interface,
            "PrivateIpAddress": moto.find_interface(interface).private_ip_address,
            "GroupId": group,
            "Namespace": running.namespace,
            "Enter": running.enter,
        }

    def remove(self, interface: str) -> None:
        """
        Take a host away; its group stays while rules of other groups name it.

        Raises:
            ValueError: there is no such host.
        """
        if interface not in self.carrier.hosts:
            raise ValueError(f"there is no host {interface!r}")

        def unmake(world: World) -> None:
            self.carrier.hosts.discard(interface)
            eni = moto.find_interface(interface)
            scope = next(it for it in moto.scopes() if interface in moto.backend(it).enis)
            (group,) = eni.group_set
            attachments.delete(scope, eni)
            try:
                networks.delete_security_group(
                    world, _call("DeleteSecurityGroup", scope, GroupId=group.id)
                )
            except Ec2Error as refusal:
                if refusal.code != "DependencyViolation":
                    raise

        self.engine.alone(unmake)


def _make_group(scope: Scope, subnet: str) -> str:
    """Make a security group that lets all in and out."""
    found = moto.find_subnet(scope, subnet)
    vpc, name = found.vpc_id if found else "", f"localcloud-host-{next(_numbers)}"
    made = moto.forward(
        _call("CreateSecurityGroup", scope, GroupName=name, GroupDescription="a host", VpcId=vpc)
    )
    group = _id_in(made, "sg")
    first = "IpPermissions.1"
    everyone = {
        f"{first}.IpProtocol": "-1",
        f"{first}.IpRanges.1.CidrIp": "0.0.0.0/0",
        f"{first}.Ipv6Ranges.1.CidrIpv6": "::/0",
    }
    moto.forward(_call("AuthorizeSecurityGroupIngress", scope, GroupId=group, **everyone))
    return group


def _make_interface(
    world: World, scope: Scope, subnet: str, address: str | None, group: str
) -> str:
    wanted = {"SubnetId": subnet, "SecurityGroupId.1": group, "Description": "a host"}
    found = moto.find_subnet(scope, subnet)
    if found and found.ipv6_cidr_block_associations:
        wanted["Ipv6AddressCount"] = "1"
    if address:
        wanted["PrivateIpAddress"] = address
    made = interfaces.create(world, _call("CreateNetworkInterface", scope, **wanted))
    interface = moto.find_interface(_id_in(made, "eni"))
    interface.status, interface.requester_managed = "in-use", True
    return interface.id


def _call(action: str, scope: Scope, **params: str) -> Call:
    return Call(action, params, scope, "test")


def _id_in(reply: Reply, kind: str) -> str:
    """
    Return the first id of ``kind`` in a reply.

    Raises:
        ValueError: it is a refusal.
    """
    text = reply.body.decode()
    match = re.search(rf">({kind}-[0-9a-f]+)<", text) if reply.ok else None
    if match is None:
        raise ValueError(text)
    return match[1]
