"""Nothing is left of a network when its server is gone; the host is never changed."""

import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from localcloud.client.control import ControlClient, ControlError
from localcloud.client.lifecycle import LocalCloud
from localcloud.client.server_process import ServerError
from localcloud.packets.commands import NETNS, missing
from tests.integration.localcloud.cloud import AT_ONCE, Cloud, Lab, running_cloud
from tests.integration.localcloud.packets.network import Net, Node
from tests.support.readers.template import ROOT

CHANGING = "nf_conntrack_count"
"""A parameter that changes by itself."""


def host_state() -> dict[str, object]:
    """Return what a host has of links, addresses, rules, filters, parameters and mounts."""
    commands = {
        "links": ("ip", "-d", "address"),
        "rules": ("ip", "rule"),
        "rules6": ("ip", "-6", "rule"),
        "routes": ("ip", "route", "show", "table", "all"),
        "filters": ("nft", "list", "ruleset"),
    }
    state: dict[str, object] = {name: _said(*words) for name, words in commands.items()}
    # What other servers on this machine mount and unmount meanwhile is theirs.
    mounts = Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines()
    state["mounts"] = [line.split()[3:] for line in mounts if f" {NETNS}" not in line]
    return state | {
        str(path): _read(path) for path in Path("/proc/sys/net").rglob("*") if path.name != CHANGING
    }


def namespaces(server: int) -> list[str]:
    """Return the names of a server's namespaces."""
    return [it.name for it in NETNS.glob(f"lc-{server}-*")]


def populated(cloud: Cloud, stack: ExitStack) -> tuple[Net, Node, Node]:
    """Make two peered VPCs with an instance in one and a host in the other that answers it."""
    net = Net(Lab(cloud, "100000000001"), stack)
    home, home_subnet = net.vpc("10.0.0.0/16", "10.0.1.0/24")
    away, away_subnet = net.vpc("10.1.0.0/16", "10.1.1.0/24")
    instance, host = net.instance(home_subnet), net.host(away_subnet)
    peering = net.peer(home, away)
    net.route(home, "10.1.0.0/16", VpcPeeringConnectionId=peering)
    net.route(away, "10.0.0.0/16", VpcPeeringConnectionId=peering)
    return net, instance, host


@pytest.mark.usefixtures("can_carry_packets")
def test_the_host_is_as_it_was_while_the_server_runs_and_afterwards() -> None:
    """No developer's machine is changed: all is made in namespaces, at once in the right one."""
    before = host_state()
    with ExitStack() as stack, running_cloud(*AT_ONCE, "--packets") as cloud:
        net, instance, host = populated(cloud, stack)
        net.serve(host, "host")
        assert f"host {instance.address}" == instance.answer(host)
        meanwhile = host_state()
        stack.close()

    assert {} == _differences(before, meanwhile)
    assert {} == _differences(before, host_state())
    assert [] == namespaces(cloud.process.pid)


@pytest.mark.usefixtures("can_carry_packets")
def test_what_killed_servers_leave_is_removed_by_down_and_by_the_next(tmp_path: Path) -> None:
    """Processes end with their server; one that runs side by side with it keeps what it has."""
    with ExitStack() as stack, running_cloud(*AT_ONCE, "--packets") as second:
        net, instance, host = populated(second, stack)
        net.serve(host, "host")
        with ExitStack() as nothing, running_cloud(*AT_ONCE, "--packets") as first:
            _, guest, _ = populated(first, nothing)
            process = subprocess.Popen([*guest.enter, "sleep", "600"])
            assert namespaces(first.process.pid)
            first.process.kill()
        assert -9 == process.wait(60)

        _down(tmp_path)
        assert [] == namespaces(first.process.pid)
        assert f"host {instance.address}" == instance.answer(host)
        second.process.kill()

    with running_cloud(*AT_ONCE, "--packets"):
        assert [] == namespaces(second.process.pid)


def test_a_server_that_cannot_carry_packets_says_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not the first command that fails somewhere inside."""
    monkeypatch.setenv("PATH", str(tmp_path))
    lacking = missing()
    assert lacking

    with (
        pytest.raises(ServerError, match="cannot carry packets") as refused,
        LocalCloud.start(tmp_path, packets=True),
    ):
        pytest.fail("it started")
    assert f"--packets: this machine cannot carry packets: {lacking}" in str(refused.value)


def test_without_the_option_nothing_is_carried(shared_cloud: Cloud) -> None:
    """And it is said how to have it."""
    control = ControlClient(shared_cloud.url)
    said = "this local cloud carries no packets: start it with --packets"

    with pytest.raises(ControlError, match=said):
        control.guests()
    with pytest.raises(ControlError, match=said):
        control.put_host("subnet-1")
    with pytest.raises(ControlError, match=said):
        control.violations()
    assert [] == namespaces(shared_cloud.process.pid)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""  # a folder, or what has no value or shows none


def _said(*words: str) -> str:
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout


def _differences(before: dict[str, object], after: dict[str, object]) -> dict[str, object]:
    names = before.keys() | after.keys()
    return {it: (before.get(it), after.get(it)) for it in names if before.get(it) != after.get(it)}


def _down(directory: Path) -> None:
    words = [sys.executable, "-m", "localcloud", "down", "--directory", str(directory)]
    environment = os.environ | {"PYTHONPATH": str(ROOT / "tools")}
    subprocess.run(words, env=environment, capture_output=True, check=True)
