"""The guest script in an instance that the stack has made dual-homed, by real connections."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from localcloud.client.guests import in_guest
from tests.support.deployed.stack import Stack, as_found
from tests.support.deployed.world import OTHER_ZONE, Network, World
from tests.support.packets import answer, is_lost, listening

if TYPE_CHECKING:
    from mypy_boto3_ec2.type_defs import IpPermissionTypeDef, NetworkInterfaceTypeDef

SCRIPT = Path(__file__).resolve().parents[2] / "guest/dualhome-guest"
STATE = ("-4 address", "rule", "-4 route show table all", "-6 route show table all")


@pytest.fixture
def world(carrying_of_all: Stack) -> Iterator[World]:
    """Networks of this test's own, which carry packets."""
    with as_found(carrying_of_all):
        yield World(carrying_of_all)


def test_it_lets_other_subnets_in_keeps_what_peering_has_joined_and_leaves_no_trace(
    world: World,
) -> None:
    """Tag, attach, script: traffic; before, half of it; after the release, all as it was."""
    cloud, target = world.stack.cloud, world.target(cidr="10.1.0.0/16")
    interface = target.interface()
    join(world.app, target)
    host = cloud.put_host(target.subnets[OTHER_ZONE])
    far, there = host["PrivateIpAddress"], host["Namespace"]
    instance = world.launch_running(targets=target.name)
    world.comes_to("attached", instance, target.name)
    first, second = (shown(world.stack, it) for it in (primary_of(world, instance), interface))
    for it in (first, second):
        open_to_all(world.stack, it["Groups"][0]["GroupId"])
    old, new = first["PrivateIpAddress"], second["PrivateIpAddress"]
    here = cloud.guests()[instance]["Namespace"]
    before = state(world, instance)

    with listening(here, "instance"), listening(there, "host"):
        assert f"instance {far}" == answer(there, old)
        assert f"host {old}" == answer(here, far)
        assert is_lost(there, new)

        applied = script(world, instance, "apply", *facts(second))
        verified = script(world, instance, "verify", f"ENI={interface}")

        assert ([True, True], ["10.1.0.0/16"]) == (
            [applied["ok"], verified["ok"]],
            applied["routes"],
        )
        assert f"instance {far}" == answer(there, new)
        assert f"instance {far}" == answer(there, old)
        assert f"host {new}" == answer(here, far)
        assert f"host {old}" == answer(here, far, source=old)

    assert script(world, instance, "undo", f"ENI={interface}")["ok"]
    assert before == state(world, instance)
    world.tag(instance, targets="")
    world.comes_to("released", instance, target.name)


def join(one: Network, other: Network) -> None:
    """Peer two VPCs, with a route on either side to the other's network."""
    ec2 = one.stack.ec2
    made = ec2.create_vpc_peering_connection(VpcId=one.vpc, PeerVpcId=other.vpc)
    peering = made["VpcPeeringConnection"]["VpcPeeringConnectionId"]
    ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=peering)
    for here, there in ((one, other), (other, one)):
        (vpc,) = ec2.describe_vpcs(VpcIds=[there.vpc])["Vpcs"]
        (table,) = ec2.describe_route_tables(
            Filters=[
                {"Name": "vpc-id", "Values": [here.vpc]},
                {"Name": "association.main", "Values": ["true"]},
            ]
        )["RouteTables"]
        ec2.create_route(
            RouteTableId=table["RouteTableId"],
            DestinationCidrBlock=vpc["CidrBlock"],
            VpcPeeringConnectionId=peering,
        )


def open_to_all(stack: Stack, group: str) -> None:
    """Let every address in."""
    anywhere: IpPermissionTypeDef = {
        "IpProtocol": "-1",
        "IpRanges": [{"CidrIp": "0.0.0.0/0"}],
    }
    stack.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[anywhere])


def shown(stack: Stack, interface: str) -> "NetworkInterfaceTypeDef":
    """Return an interface as EC2 describes it."""
    (found,) = stack.ec2.describe_network_interfaces(NetworkInterfaceIds=[interface])[
        "NetworkInterfaces"
    ]
    return found


def primary_of(world: World, instance: str) -> str:
    """Return the interface with device index 0."""
    interface, _ = world.stack.attachments(instance)[0]
    return interface


def facts(interface: "NetworkInterfaceTypeDef") -> list[str]:
    """Return what the script is told, as EC2 shows it."""
    return [
        f"ENI={interface['NetworkInterfaceId']}",
        f"MAC={interface['MacAddress']}",
        f"INDEX={interface['Attachment']['DeviceIndex']}",
        f"ADDRESSES={interface['PrivateIpAddress']}",
        "SUBNETS=10.1.0.0/24",
        "TARGET_CIDRS=10.1.0.0/16",
        "PRIMARY_CIDRS=10.0.0.0/16",
        "BACKEND=none",
    ]


def script(world: World, instance: str, *words: str) -> dict[str, Any]:
    """Run the script in an instance; return its line."""
    said = in_guest(world.stack.cloud, instance, ["sh", str(SCRIPT), *words])
    line: dict[str, Any] = json.loads(said)
    return line


def state(world: World, instance: str) -> list[str]:
    """Return addresses, rules and routes of an instance, in order."""
    said = [in_guest(world.stack.cloud, instance, ["ip", *it.split()]) for it in STATE]
    return ["\n".join(sorted(it.splitlines())) for it in said]
