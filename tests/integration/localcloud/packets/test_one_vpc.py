"""Inside a VPC: routes, security groups, network ACLs and the source/destination check."""

from typing import TYPE_CHECKING

import pytest

from localcloud.client.control import ControlError
from tests.integration.localcloud.packets.network import OPEN, Net, members_of

if TYPE_CHECKING:
    from mypy_boto3_ec2.type_defs import IpPermissionTypeDef


@pytest.fixture
def subnets(net: Net) -> list[str]:
    """Two subnets of a VPC."""
    return net.vpc("10.0.0.0/16", "10.0.1.0/24", "10.0.2.0/24")[1:]


def test_instances_of_one_subnet_reach_each_other(net: Net, subnets: list[str]) -> None:
    """By ARP, which the fabric answers: there is no common link."""
    one, other = net.instance(subnets[0]), net.instance(subnets[0])
    net.serve(other, "other")

    assert f"other {one.address}" == one.answer(other)


def test_instances_of_two_subnets_reach_each_other(net: Net, subnets: list[str]) -> None:
    """By the VPC's router, to which the default route leads."""
    one, other = net.instance(subnets[0]), net.instance(subnets[1])
    net.serve(other, "other")

    assert f"other {one.address}" == one.answer(other)
    assert "default via 10.0.1.1 dev ens5" in one.ip("route")
    assert "nameserver 10.0.0.2\n" == one.run("cat", "/etc/resolv.conf")


def test_no_arp_is_answered_for_another_subnet(net: Net, subnets: list[str]) -> None:
    """Neither for its interfaces nor for its router: a wrong netmask does not work by chance."""
    one, other = net.instance(subnets[0]), net.instance(subnets[1])
    net.serve(other, "other")
    one.ip("route add 10.0.2.0/24 dev ens5")

    for address in (other.address, "10.0.2.1"):
        assert one.is_lost(address)
        assert "lladdr" not in one.ip(f"neighbour show {address}")


def test_a_security_group_refuses_what_it_does_not_name(net: Net, subnets: list[str]) -> None:
    """A rule that is added or taken off takes effect at once; what is established goes on."""
    ec2 = net.lab.ec2
    ssh: IpPermissionTypeDef = {**OPEN, "IpProtocol": "tcp", "FromPort": 22, "ToPort": 22}
    one = net.instance(subnets[0])
    other = net.instance(subnets[0], net.group(subnets[0], ssh))
    net.serve(other, "other")
    net.serve(other, "ssh", 22)

    assert one.is_lost(other)
    assert net.dropped(other.interface, "group-ingress") > 0
    assert f"ssh {one.address}" == one.answer(other, port=22)

    ec2.authorize_security_group_ingress(GroupId=other.group, IpPermissions=[OPEN])
    assert f"other {one.address}" == one.answer(other)

    ec2.revoke_security_group_ingress(GroupId=other.group, IpPermissions=[OPEN])
    assert one.is_lost(other)


def test_a_group_that_a_rule_names_is_its_interfaces(net: Net, subnets: list[str]) -> None:
    """An interface that joins the group is let in, whichever address it has."""
    member, other = net.instance(subnets[0]), net.instance(subnets[0])
    server = net.instance(subnets[1], net.group(subnets[1], members_of(member.group)))
    net.serve(server, "server")

    assert f"server {member.address}" == member.answer(server)
    assert other.is_lost(server)

    net.lab.ec2.modify_network_interface_attribute(
        NetworkInterfaceId=other.interface, Groups=[member.group]
    )
    assert f"server {other.address}" == other.answer(server)


def test_egress_rules_count_too(net: Net, subnets: list[str]) -> None:
    """A group without rules on what leaves lets nothing out but replies."""
    closed = net.group(subnets[0], OPEN)
    net.lab.ec2.revoke_security_group_egress(GroupId=closed, IpPermissions=[OPEN])
    one, other = net.instance(subnets[0], closed), net.instance(subnets[0])
    net.serve(one, "one")
    net.serve(other, "other")

    assert one.is_lost(other)
    assert net.dropped(one.interface, "group-egress") > 0
    assert f"one {other.address}" == other.answer(one)


def test_a_spoofed_source_is_dropped_until_the_check_is_off(net: Net, subnets: list[str]) -> None:
    """That check is what breaks a reply that leaves by the wrong interface."""
    one, other = net.instance(subnets[0]), net.instance(subnets[0])
    one.ip("address add 10.0.1.250/32 dev ens5")
    net.serve(other, "other")

    assert one.is_lost(other, source="10.0.1.250")
    assert net.dropped(one.interface, "spoofed-source") > 0
    assert 0 == net.dropped(other.interface, "group-ingress")

    net.lab.ec2.modify_network_interface_attribute(
        NetworkInterfaceId=one.interface, SourceDestCheck={"Value": False}
    )
    before = net.dropped(one.interface, "spoofed-source")
    assert one.is_lost(other, source="10.0.1.250")  # no route leads back to it
    assert before == net.dropped(one.interface, "spoofed-source")


def test_a_route_to_an_interface_needs_its_check_off(net: Net, subnets: list[str]) -> None:
    """An appliance gets packets that are not for its own address."""
    client, appliance = net.instance(subnets[0]), net.instance(subnets[1])
    appliance.ip("address add 192.0.2.1/32 dev lo")
    vpc = net.lab.ec2.describe_subnets(SubnetIds=subnets[:1])["Subnets"][0]["VpcId"]
    net.route(vpc, "192.0.2.0/24", NetworkInterfaceId=appliance.interface)
    net.serve(appliance, "appliance")

    assert client.is_lost("192.0.2.1")
    assert net.dropped(appliance.interface, "foreign-destination") > 0

    net.lab.ec2.modify_instance_attribute(InstanceId=appliance.id, SourceDestCheck={"Value": False})
    assert f"appliance {client.address}" == client.answer("192.0.2.1")


def test_where_no_route_leads_packets_vanish(net: Net, subnets: list[str]) -> None:
    """A table of the subnet's own takes effect, and so does each change of it."""
    ec2 = net.lab.ec2
    client, appliance = net.instance(subnets[0]), net.instance(subnets[1])
    appliance.ip("address add 192.0.2.1/32 dev lo")
    net.serve(appliance, "appliance")
    ec2.modify_instance_attribute(InstanceId=appliance.id, SourceDestCheck={"Value": False})
    vpc = ec2.describe_subnets(SubnetIds=subnets[:1])["Subnets"][0]["VpcId"]
    net.route(vpc, "192.0.2.0/24", NetworkInterfaceId=appliance.interface)
    own = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    association = ec2.associate_route_table(RouteTableId=own, SubnetId=subnets[0])

    assert client.is_lost("192.0.2.1")
    assert net.dropped(client.interface, "no-route") > 0

    ec2.disassociate_route_table(AssociationId=association["AssociationId"])
    assert f"appliance {client.address}" == client.answer("192.0.2.1")


def test_a_network_acl_of_ones_own_is_asked_between_subnets(net: Net, subnets: list[str]) -> None:
    """It has no memory, and no say inside the subnet."""
    ec2 = net.lab.ec2
    near, one, other = (net.instance(it) for it in (subnets[0], subnets[0], subnets[1]))
    net.serve(one, "one")
    vpc = ec2.describe_subnets(SubnetIds=subnets[:1])["Subnets"][0]["VpcId"]
    acl = ec2.create_network_acl(VpcId=vpc)["NetworkAcl"]["NetworkAclId"]
    (default,) = ec2.describe_network_acls(
        Filters=[{"Name": "association.subnet-id", "Values": [subnets[0]]}]
    )["NetworkAcls"]
    (association,) = (it for it in default["Associations"] if it["SubnetId"] == subnets[0])
    ec2.replace_network_acl_association(
        AssociationId=association["NetworkAclAssociationId"], NetworkAclId=acl
    )

    assert f"one {near.address}" == near.answer(one)
    assert other.is_lost(one)
    assert net.dropped(one.interface, "acl-ingress") > 0

    def allow(*, egress: bool) -> None:
        ec2.create_network_acl_entry(
            NetworkAclId=acl,
            RuleNumber=100,
            Protocol="6",
            RuleAction="allow",
            Egress=egress,
            CidrBlock="10.0.0.0/16",
            PortRange={"From": 1024, "To": 65535},
        )

    allow(egress=False)
    assert other.is_lost(one)
    assert net.dropped(one.interface, "acl-egress") > 0

    allow(egress=True)
    assert f"one {other.address}" == other.answer(one)


def test_hosts_have_an_address_a_namespace_and_a_group(net: Net, subnets: list[str]) -> None:
    """What talks to an instance need not be one; EC2's rules on addresses hold for it."""
    host = net.host(subnets[0], "10.0.1.77")
    server = net.instance(subnets[1], net.group(subnets[1], members_of(host.group)))
    net.serve(server, "server")

    assert "server 10.0.1.77" == host.answer(server)
    with pytest.raises(ControlError, match=r"InvalidIPAddress\.InUse"):
        net.host(subnets[0], "10.0.1.77")
    with pytest.raises(ControlError, match="there is no subnet 'subnet-0'"):
        net.host("subnet-0")

    net.control.remove_host(host.id)
    with pytest.raises(ControlError, match=f"there is no host '{host.id}'"):
        net.control.remove_host(host.id)
    assert "10.0.1.77" == net.host(subnets[0], "10.0.1.77").address
