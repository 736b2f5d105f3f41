"""What an instance carries once it is dual-homed, by real connections."""

from collections.abc import Iterator

import pytest

from localcloud.client.guests import GuestError, in_guest
from tests.support.deployed.stack import Stack, as_found
from tests.support.deployed.world import OTHER_ZONE, ZONE, World
from tests.support.packets import answer, is_lost, listening


@pytest.fixture
def world(carrying_of_all: Stack) -> Iterator[World]:
    """Networks of this test's own, which carry packets."""
    with as_found(carrying_of_all):
        yield World(carrying_of_all)


def test_another_subnet_reaches_a_new_interface_once_its_replies_leave_by_it(world: World) -> None:
    """`attached` is half of being dual-homed: the other half is the instance's own routing."""
    cloud, ec2 = world.stack.cloud, world.stack.ec2
    target = world.target(cidr="10.1.0.0/16")
    interface = target.interface()
    far = cloud.put_host(target.subnets[OTHER_ZONE])
    (shown,) = ec2.describe_network_interfaces(NetworkInterfaceIds=[interface])["NetworkInterfaces"]
    ec2.authorize_security_group_ingress(
        GroupId=shown["Groups"][0]["GroupId"],
        IpPermissions=[{"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": far["GroupId"]}]}],
    )
    instance = world.launch_running(targets=target.name)
    world.comes_to("attached", instance, target.name)
    address = shown["PrivateIpAddress"]

    def ip(line: str) -> str:
        return in_guest(cloud, instance, ["ip", *line.split()])

    ip(f"address add {address}/24 dev ens6")
    ip("link set ens6 up")
    with listening(cloud.guests()[instance]["Namespace"], instance):
        assert is_lost(far["Namespace"], address)
        primary = _primary_of(world, instance)
        assert cloud.violations()[primary]["spoofed-source"] > 0

        ip(f"route add 10.1.0.0/24 dev ens6 src {address} table 10001")
        ip("route add default via 10.1.0.1 dev ens6 table 10001")
        ip(f"rule add from {address} lookup 10001 priority 10001")
        assert f"{instance} {far['PrivateIpAddress']}" == answer(far["Namespace"], address)


def test_a_command_that_fails_in_an_instance_says_so(world: World) -> None:
    """Else a test would take its silence for success."""
    cloud = world.stack.cloud
    instance = world.launch_running(zone=ZONE)

    assert "input" == in_guest(cloud, instance, ["cat"], text="input")
    with pytest.raises(GuestError, match=r"ls /absent: status 2: .*No such file"):
        in_guest(cloud, instance, ["ls", "/absent"])
    with pytest.raises(GuestError, match="i-0 does not run"):
        in_guest(cloud, "i-0", ["true"])


def _primary_of(world: World, instance: str) -> str:
    interface, _ = world.stack.attachments(instance)[0]
    return interface
