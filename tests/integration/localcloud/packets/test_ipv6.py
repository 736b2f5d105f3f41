"""IPv6 where EC2's state has it: the same rules, and a router on each link."""

from ipaddress import IPv6Network
from itertools import islice
from typing import TYPE_CHECKING

from tests.integration.localcloud.packets.network import Net, Node

if TYPE_CHECKING:
    from mypy_boto3_ec2.type_defs import IpPermissionTypeDef

OPEN6: "IpPermissionTypeDef" = {"IpProtocol": "-1", "Ipv6Ranges": [{"CidrIpv6": "::/0"}]}
SPOOFED = "2001:db8::1"


def test_ipv6_follows_the_same_rules(net: Net) -> None:
    """Neighbours are found as by ARP; routes, groups and the source check hold."""
    home, away = two_subnets(net)
    one, near = (net.instance(home, net.group(home, OPEN6), Ipv6AddressCount=1) for _ in range(2))
    far = net.instance(away, net.group(away, OPEN6), Ipv6AddressCount=1)
    net.serve(near, "near")
    net.serve(far, "far")

    assert f"near {address6(net, one)}" == one.answer(address6(net, near))
    assert f"far {address6(net, one)}" == one.answer(address6(net, far))

    net.lab.ec2.revoke_security_group_ingress(GroupId=far.group, IpPermissions=[OPEN6])
    assert one.is_lost(address6(net, far))
    assert net.dropped(far.interface, "group-ingress") > 0

    one.ip(f"address add {SPOOFED}/128 dev ens5 nodad")
    assert one.is_lost(address6(net, near), source=SPOOFED)
    assert net.dropped(one.interface, "spoofed-source") > 0


def test_a_host_in_an_ipv6_subnet_has_an_address_of_it(net: Net) -> None:
    """Its group lets in IPv6 as well."""
    home, away = two_subnets(net)
    one = net.instance(home, net.group(home, OPEN6), Ipv6AddressCount=1)
    host = net.host(away)
    net.serve(host, "host")

    assert f"host {address6(net, one)}" == one.answer(address6(net, host))


def two_subnets(net: Net) -> list[str]:
    """Make a VPC of both families; return two subnets of it."""
    (vpc,) = net.vpc("10.0.0.0/16", AmazonProvidedIpv6CidrBlock=True)
    (shown,) = net.lab.ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"]
    block = IPv6Network(shown["Ipv6CidrBlockAssociationSet"][0]["Ipv6CidrBlock"])
    blocks = islice(block.subnets(new_prefix=64), 2)
    return [
        net.subnet(vpc, f"10.0.{number}.0/24", Ipv6CidrBlock=str(it))
        for number, it in enumerate(blocks)
    ]


def address6(net: Net, node: Node) -> str:
    """Return a node's IPv6 address."""
    return str(net.lab.shown(node.interface)["Ipv6Addresses"][0]["Ipv6Address"])
