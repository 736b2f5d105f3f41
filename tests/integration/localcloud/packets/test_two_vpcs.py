"""An instance with interfaces in two VPCs: what it carries as it is, and with routes of its own."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from localcloud.client.control import ControlClient
from tests.integration.localcloud.cloud import eventually
from tests.integration.localcloud.packets.network import Net, Node


@dataclass(frozen=True)
class DualHomed:
    """An instance with a second interface, and a host in each of the other VPC's two subnets."""

    net: Net
    instance: Node
    interface: str
    address: str
    near: Node
    far: Node

    def route_replies(self) -> None:
        """Let what has the second interface's address leave by it."""
        subnet = ".".join((*self.address.split(".")[:3], "0/24"))
        router = subnet.replace("0/24", "1")
        self.instance.ip(f"route add {subnet} dev ens6 src {self.address} table 10001")
        self.instance.ip(f"route add default via {router} dev ens6 table 10001")
        self.instance.ip(f"rule add from {self.address} lookup 10001 priority 10001")


def dual_homed(net: Net, cidr: str) -> DualHomed:
    """Attach an interface of a VPC of ``cidr``, and configure its address by hand."""
    (home,) = net.vpc("10.0.0.0/16", "10.0.1.0/24")[1:]
    first, second = (f"{cidr.removesuffix('.0.0/16')}.{third}.0/24" for third in (3, 4))
    near, far = net.vpc(cidr, first, second)[1:]
    instance, interface = net.instance(home), net.interface(near)
    net.lab.attach(instance.id, interface)
    address = net.address(interface)
    instance.ip(f"address add {address}/24 dev ens6")
    instance.ip("link set ens6 up")
    net.serve(instance, "instance")
    return DualHomed(net, instance, interface, address, net.host(near), net.host(far))


@pytest.fixture
def attached(net: Net) -> DualHomed:
    """An instance between two VPCs that do not overlap."""
    return dual_homed(net, "10.1.0.0/16")


@pytest.fixture
def timed(net: Net) -> Iterator[ControlClient]:
    """Settings that the test may change."""
    settings = net.control.settings()
    yield net.control
    net.control.settings(**settings)


def test_an_attached_interface_is_there_without_address_and_down(net: Net) -> None:
    """As on a system without a tool that configures what is hot-plugged."""
    (home,) = net.vpc("10.0.0.0/16", "10.0.1.0/24")[1:]
    (other,) = net.vpc("10.1.0.0/16", "10.1.1.0/24")[1:]
    instance, interface = net.instance(home), net.interface(other)

    net.lab.attach(instance.id, interface)

    (link,) = instance.ip("-brief link show ens6").splitlines()
    assert ["DOWN", net.lab.shown(interface)["MacAddress"]] == link.split()[1:3]
    assert "" == instance.ip("address show ens6 to 0.0.0.0/0")


def test_a_link_is_plugged_in_when_ec2_says_attached(net: Net, timed: ControlClient) -> None:
    """Not while it says `attaching`: an attachment that stays so gives an instance nothing."""
    (home,) = net.vpc("10.0.0.0/16", "10.0.1.0/24")[1:]
    instance, first, second = net.instance(home), net.interface(home), net.interface(home)

    timed.settings(attach_seconds=3600)
    net.lab.attach(instance.id, first)
    assert ("in-use", "attaching") == net.lab.status(first)
    assert "ens6" not in instance.ip("link")

    timed.settings(attach_seconds=0.5)
    net.lab.attach(instance.id, second, index=2)
    assert eventually(lambda: net.lab.status(second) == ("in-use", "attached"))
    assert "ens7" in instance.ip("link")


def test_a_host_of_the_same_subnet_reaches_the_new_address(attached: DualHomed) -> None:
    """Which is why a test from there proves nothing of routing."""
    assert f"instance {attached.near.address}" == attached.near.answer(attached.address)


def test_another_subnet_does_not_until_replies_leave_by_the_new_interface(
    attached: DualHomed,
) -> None:
    """The reply leaves by the primary interface, whose check drops its source."""
    assert attached.far.is_lost(attached.address)
    assert attached.net.dropped(attached.instance.interface, "spoofed-source") > 0

    attached.route_replies()
    before = attached.net.dropped(attached.instance.interface, "spoofed-source")
    assert f"instance {attached.far.address}" == attached.far.answer(attached.address)
    assert before == attached.net.dropped(attached.instance.interface, "spoofed-source")


def test_detaching_unplugs_the_link_and_leaves_the_rules(attached: DualHomed) -> None:
    """As the kernel does: who removes an interface cleans up after it."""
    attached.route_replies()
    (held,) = (
        it["Attachment"]["AttachmentId"]
        for it in attached.net.lab.shown_instance(attached.instance.id)["NetworkInterfaces"]
        if it["NetworkInterfaceId"] == attached.interface
    )

    attached.net.lab.ec2.detach_network_interface(AttachmentId=held)

    assert "ens6" not in attached.instance.ip("link")
    assert f"from {attached.address} lookup 10001" in attached.instance.ip("rule")
    assert attached.near.is_lost(attached.address)
    assert attached.far.is_lost(attached.address)


def test_each_vpc_has_its_own_of_an_address_that_both_have(net: Net) -> None:
    """Overlapping networks never meet: two hosts of one address answer on different interfaces."""
    both = dual_homed(net, "10.0.0.0/16")
    both.route_replies()
    subnet = net.lab.ec2.describe_subnets(
        SubnetIds=[net.lab.shown(both.instance.interface)["SubnetId"]]
    )["Subnets"][0]
    twin = net.host(net.subnet(subnet["VpcId"], "10.0.4.0/24"), both.far.address)
    net.serve(both.far, "far")
    net.serve(twin, "twin")

    assert f"instance {both.far.address}" == both.far.answer(both.address)
    assert f"far {both.address}" == both.instance.answer(both.far, source=both.address)
    assert f"twin {both.instance.address}" == both.instance.answer(twin)
