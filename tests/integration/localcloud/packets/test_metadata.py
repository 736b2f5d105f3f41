"""The instance metadata service, asked from inside an instance."""

from collections.abc import Mapping
from http.client import HTTPConnection

import pytest

from localcloud.packets.commands import inside
from tests.integration.localcloud.packets.network import Net, Node

ADDRESS = "169.254.169.254"
TTL = {"X-aws-ec2-metadata-token-ttl-seconds": "60"}
MACS = "/latest/meta-data/network/interfaces/macs/"


def ask(
    node: Node, method: str, path: str, headers: Mapping[str, str], source: str = ""
) -> tuple[int, str]:
    """Return status and body of a request from a node."""

    def request() -> tuple[int, str]:
        connection = HTTPConnection(ADDRESS, timeout=20, source_address=(source, 0))
        connection.request(method, path, headers=dict(headers))
        answer = connection.getresponse()
        body = answer.read().decode()
        connection.close()
        return answer.status, body

    return inside(node.namespace, request)


def metadata_of(node: Node, path: str, source: str = "") -> str:
    """Return what a node reads with a token."""
    _, token = ask(node, "PUT", "/latest/api/token", TTL, source)
    status, body = ask(node, "GET", path, {"X-aws-ec2-metadata-token": token}, source)
    assert 200 == status, body
    return body


@pytest.fixture
def instance(net: Net) -> Node:
    """An instance in a VPC of its own."""
    return net.instance(net.vpc("10.0.0.0/16", "10.0.1.0/24")[1])


def test_a_token_is_asked_for(instance: Node) -> None:
    """Version 1 is off, as on instances of today; a token needs a lifetime."""
    path = "/latest/meta-data/instance-id"

    assert 401 == ask(instance, "GET", path, {})[0]
    assert 401 == ask(instance, "GET", path, {"X-aws-ec2-metadata-token": "guessed"})[0]
    assert 400 == ask(instance, "PUT", "/latest/api/token", {})[0]
    assert instance.id == metadata_of(instance, path)


def test_an_interface_is_described_once_it_is_attached(net: Net, instance: Node) -> None:
    """From which tools inside an instance learn addresses, subnets and VPCs."""
    _, subnet = net.vpc("10.1.0.0/16", "10.1.1.0/24")
    interface = net.interface(subnet)
    mac = net.lab.shown(interface)["MacAddress"]
    assert mac not in metadata_of(instance, MACS)

    net.lab.attach(instance.id, interface)

    assert f"{mac}/" in metadata_of(instance, MACS).splitlines()
    of_it = f"{MACS}{mac}/"
    expected = {
        "device-number": "1",
        "interface-id": interface,
        "local-ipv4s": net.address(interface),
        "subnet-ipv4-cidr-block": "10.1.1.0/24",
        "vpc-ipv4-cidr-blocks": "10.1.0.0/16",
    }
    assert expected == {name: metadata_of(instance, of_it + name) for name in expected}


def test_it_answers_in_either_vpc_and_hosts_learn_nothing(net: Net, instance: Node) -> None:
    """The instance is known by the address that it asks from, whichever interface that is on."""
    _, subnet = net.vpc("10.1.0.0/16", "10.1.1.0/24")
    interface, host = net.interface(subnet), net.host(subnet)
    net.lab.attach(instance.id, interface)
    address = net.address(interface)
    instance.ip(f"address add {address}/32 dev ens6")
    instance.ip("link set ens6 up")
    instance.ip("route add 10.1.1.1 dev ens6 table 10001")
    instance.ip("route add default via 10.1.1.1 dev ens6 table 10001")
    instance.ip(f"rule add from {address} lookup 10001 priority 10001")

    assert instance.id == metadata_of(instance, "/latest/meta-data/instance-id", source=address)
    _, token = ask(host, "PUT", "/latest/api/token", TTL)
    headers = {"X-aws-ec2-metadata-token": token}
    assert 404 == ask(host, "GET", "/latest/meta-data/instance-id", headers)[0]
