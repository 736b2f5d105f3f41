"""VPC peering: a link between two VPCs, used as their route tables say."""

from tests.integration.localcloud.packets.network import Net, members_of


def test_peered_vpcs_need_routes_on_both_sides(net: Net) -> None:
    """A request without a way back is no connection."""
    home, home_subnet = net.vpc("10.0.0.0/16", "10.0.1.0/24")
    away, away_subnet = net.vpc("10.1.0.0/16", "10.1.1.0/24")
    one, other = net.instance(home_subnet), net.instance(away_subnet)
    net.serve(other, "other")
    peering = net.peer(home, away)

    assert one.is_lost(other)
    assert net.dropped(one.interface, "no-route") > 0

    net.route(home, "10.1.0.0/16", VpcPeeringConnectionId=peering)
    assert one.is_lost(other)
    assert net.dropped(other.interface, "no-route") > 0

    net.route(away, "10.0.0.0/16", VpcPeeringConnectionId=peering)
    assert f"other {one.address}" == one.answer(other)


def test_a_deleted_connection_carries_nothing(net: Net) -> None:
    """Its routes stay and lead nowhere, as EC2's `blackhole`."""
    home, home_subnet = net.vpc("10.0.0.0/16", "10.0.1.0/24")
    away, away_subnet = net.vpc("10.1.0.0/16", "10.1.1.0/24")
    one, other = net.instance(home_subnet), net.instance(away_subnet)
    net.serve(other, "other")
    peering = net.peer(home, away)
    net.route(home, "10.1.0.0/16", VpcPeeringConnectionId=peering)
    net.route(away, "10.0.0.0/16", VpcPeeringConnectionId=peering)
    assert f"other {one.address}" == one.answer(other)

    net.lab.ec2.delete_vpc_peering_connection(VpcPeeringConnectionId=peering)

    assert one.is_lost(other)


def test_peering_is_not_transitive(net: Net) -> None:
    """What comes over a connection goes to the VPC's own interfaces alone, whatever its routes."""
    (left, left_subnet), (middle, middle_subnet), (right, right_subnet) = (
        net.vpc(f"10.{number}.0.0/16", f"10.{number}.1.0/24") for number in range(3)
    )
    one, between, other = (net.instance(it) for it in (left_subnet, middle_subnet, right_subnet))
    net.serve(other, "other")
    near, far = net.peer(left, middle), net.peer(middle, right)
    for vpc, cidr, peering in (
        (left, "10.0.0.0/8", near),
        (middle, "10.0.0.0/16", near),
        (middle, "10.2.0.0/16", far),
        (right, "10.0.0.0/8", far),
    ):
        net.route(vpc, cidr, VpcPeeringConnectionId=peering)

    assert f"other {between.address}" == between.answer(other)
    assert one.is_lost(other)


def test_a_rule_may_name_a_group_of_a_peered_vpc(net: Net) -> None:
    """VPC Peering Guide, "Update your security groups to reference peer security groups"."""
    home, home_subnet = net.vpc("10.0.0.0/16", "10.0.1.0/24")
    away, away_subnet = net.vpc("10.1.0.0/16", "10.1.1.0/24")
    member, other = net.instance(home_subnet), net.instance(home_subnet)
    server = net.instance(away_subnet, net.group(away_subnet, members_of(member.group)))
    net.serve(server, "server")
    peering = net.peer(home, away)
    net.route(home, "10.1.0.0/16", VpcPeeringConnectionId=peering)
    net.route(away, "10.0.0.0/16", VpcPeeringConnectionId=peering)

    assert f"server {member.address}" == member.answer(server)
    assert other.is_lost(server)
