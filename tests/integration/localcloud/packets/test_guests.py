"""An instance's processes and files: what a stop, a start and a termination leave of them."""

import subprocess
from pathlib import Path

import pytest

from tests.integration.localcloud.cloud import eventually
from tests.integration.localcloud.packets.network import Net, Node
from tests.support.readers.processes import is_alive


@pytest.fixture
def instance(net: Net) -> Node:
    """An instance with a second interface."""
    (home,) = net.vpc("10.0.0.0/16", "10.0.1.0/24")[1:]
    (other,) = net.vpc("10.1.0.0/16", "10.1.1.0/24")[1:]
    instance = net.instance(home)
    net.lab.attach(instance.id, net.interface(other))
    return instance


def stop(net: Net, instance: Node) -> None:
    """Stop an instance."""
    net.lab.ec2.stop_instances(InstanceIds=[instance.id])
    assert eventually(lambda: net.lab.shown_instance(instance.id)["State"]["Name"] == "stopped")


def test_files_of_a_guest_are_its_own(net: Net, instance: Node) -> None:
    """What a guest writes is neither the host's nor another guest's."""
    subnet = net.lab.shown(instance.interface)["SubnetId"]
    other = net.instance(subnet)

    instance.run("touch", "/etc/of-a-guest", "/var/lib/of-a-guest", "/run/of-a-guest")

    for name in ("/etc/of-a-guest", "/var/lib/of-a-guest", "/run/of-a-guest"):
        assert not Path(name).exists()
        with pytest.raises(AssertionError, match="No such file"):
            other.run("ls", name)
    assert {"lo", "ens5", "ens6"} == set(instance.run("ls", "/sys/class/net").split())


def test_a_guest_sees_its_own_processes_alone(instance: Node) -> None:
    """Its first process is not the host's."""
    assert "cat" == instance.run("cat", "/proc/1/comm").strip()


def test_a_stop_and_a_start_are_a_reboot(net: Net, instance: Node) -> None:
    """Files stay; processes, live routes and `/run` do not; interfaces are plugged anew."""
    instance.run("touch", "/etc/kept", "/var/lib/kept", "/run/lost")
    instance.ip("rule add from 10.1.1.4 lookup 10001")
    instance.ip("link set ens6 up")
    within = subprocess.Popen([*instance.enter, "sleep", "600"])
    beside = subprocess.Popen([*("ip", "netns", "exec", instance.namespace), "sleep", "600"])

    stop(net, instance)
    assert instance.id not in net.control.guests()
    assert [-9, -9] == [within.wait(60), beside.wait(60)]

    net.lab.ec2.start_instances(InstanceIds=[instance.id])
    again = net.shown(instance.id)
    assert "/etc/kept\n/var/lib/kept\n" == again.run("ls", "/etc/kept", "/var/lib/kept")
    assert "" == again.run("ls", "/run")
    assert "10001" not in again.ip("rule")
    assert ["lo", "ens5", "ens6"] == _links(again)
    assert "state DOWN" in again.ip("link show ens6")
    assert "default via 10.0.1.1 dev ens5" in again.ip("route")


def test_what_is_attached_to_a_stopped_instance_is_there_when_it_starts(
    net: Net, instance: Node
) -> None:
    """In the order of the device indexes, whichever was attached first."""
    subnet = net.lab.shown(instance.interface)["SubnetId"]
    stop(net, instance)
    net.lab.attach(instance.id, net.interface(subnet), index=2)

    net.lab.ec2.start_instances(InstanceIds=[instance.id])

    assert ["lo", "ens5", "ens6", "ens7"] == _links(net.shown(instance.id))


def test_a_terminated_instance_leaves_nothing(net: Net, instance: Node) -> None:
    """Neither a namespace nor a process; its free interface is plugged into the next one."""
    running = subprocess.Popen([*instance.enter, "sleep", "600"])
    subnet = net.lab.shown(instance.interface)["SubnetId"]
    second = net.lab.shown_instance(instance.id)["NetworkInterfaces"][1]["NetworkInterfaceId"]

    net.lab.ec2.terminate_instances(InstanceIds=[instance.id])

    assert eventually(lambda: net.lab.status(second) == ("available", None))
    assert instance.id not in net.control.guests()
    assert -9 == running.wait(60)
    assert not Path("/run/netns", instance.namespace).exists()
    next_one = net.instance(subnet)
    net.lab.attach(next_one.id, second)
    assert ["lo", "ens5", "ens6"] == _links(next_one)


def test_an_orphan_that_ends_is_no_zombie(instance: Node) -> None:
    """The first process of a guest reaps, as init does; else its children would seem to live."""
    script = "import os\nif os.fork() == 0:\n  print(os.getpid(), flush=True)\n  os.fork()"
    child = instance.run("setsid", "--wait", "python3", "-c", script).split()[0]

    with pytest.raises(AssertionError, match="No such file"):
        instance.run("ls", f"/proc/{child}")
    assert is_alive(1)


def _links(node: Node) -> list[str]:
    lines = node.ip("-brief link").splitlines()
    return [line.split()[0].partition("@")[0] for line in lines]
