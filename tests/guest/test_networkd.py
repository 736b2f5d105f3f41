"""Real systemd-networkd beside the script: what it removes, keeps, adopts and sets at boot."""

import threading
import time
from collections.abc import Callable

import pytest

from tests.support.guest_lab.daemons import Networkd, eventually
from tests.support.guest_lab.lab import Scene
from tests.support.guest_lab.needs import need
from tests.support.guest_lab.traffic import ask

PRIMARY = """[Match]
Name=ens5
[Network]
Address=10.0.1.10/24
IPv6AcceptRA=no
[Route]
Gateway=10.0.1.1
Metric=512
"""
PRIMARY_TABLE = """[Route]
Table=10000
Gateway=10.0.1.1
[Route]
Table=10000
Destination=10.0.1.0/24
"""
"""What amazon-ec2-net-utils adds for the primary."""
NET_UTILS = """[Match]
Name=ens6
[Network]
Address=10.1.1.10/24
IPv6AcceptRA=no
[Route]
Table=10001
Gateway=10.1.1.1
[Route]
Table=10001
Destination=10.1.1.0/24
[RoutingPolicyRule]
From=10.1.1.10
Priority=10001
Table=10001
"""
"""An imitation of what amazon-ec2-net-utils writes, with addresses instead of a lease."""


@pytest.fixture
def networkd(peered: Scene) -> Networkd:
    """Return one that runs, with the primary as its own."""
    need("systemd-networkd")
    daemon = Networkd(peered.guest)
    peered.guest.namespace.change("addr flush dev ens5", "link set ens5 down")
    daemon.describe("/etc/systemd/network/10-ens5.network", PRIMARY)
    daemon.start()
    return daemon


def rules(scene: Scene) -> list[str]:
    """Return the rules, each once: networkd adds a copy of those that a file has too."""
    shown = scene.guest.namespace.shown("rule").replace(" proto static", "")
    found = set(shown.splitlines())
    return sorted(it for it in found if "from all lookup" not in it)


def reachable(scene: Scene) -> list[str]:
    """Ask along every way that the script promises."""
    inside = scene.guest.namespace
    return [
        ask(scene.far, "10.1.1.10"),
        ask(inside, "10.1.2.20"),
        ask(inside, "10.1.2.20", source="10.0.1.10"),
        ask(scene.far, "10.0.1.10"),
        ask(scene.near, "10.0.1.10"),
        ask(inside, "10.0.2.20"),
    ]


PROMISED = [
    "guest saw 10.1.2.20",
    "far saw 10.1.1.10",
    "far saw 10.0.1.10",
    "guest saw 10.1.2.20",
    "guest saw 10.1.1.20",
    "host-a saw 10.0.1.10",
]


@pytest.mark.parametrize("native", [False, True], ids=["alone", "net-utils"])
def test_a_restart_and_a_boot_of_networkd_keep_what_was_set(
    peered: Scene, networkd: Networkd, *, native: bool
) -> None:
    """With a file of ours alone, and with a drop-in for that of amazon-ec2-net-utils."""
    guest = peered.guest
    if native:
        networkd.describe("/etc/systemd/network/10-ens5.network", PRIMARY + PRIMARY_TABLE)
        networkd.describe("/run/systemd/network/70-ens6.network", NET_UTILS)
        networkd.restart()
        assert eventually(lambda: "10.1.1.10" in guest.namespace.shown("rule"))
    before = rules(peered)

    done = guest.apply(peered.second, BACKEND="networkd", NATIVE_WAIT="2")
    set_up = rules(peered)
    end_watch(peered)
    networkd.restart()

    folder = "70-ens6.network.d/90-" if native else "01-"
    assert (0, native) == (done.status, done.json["native"]), done.said
    assert f"/etc/systemd/network/{folder}dualhome" in done.json["file"]
    assert PROMISED == reachable(peered)
    assert set_up == rules(peered)
    networkd.stop()
    guest.reboot()
    if native:
        networkd.describe("/run/systemd/network/70-ens6.network", NET_UTILS)
    networkd.start()
    assert eventually(lambda: "ens6" in guest.namespace.shown("route", "show", "table", "10001"))
    assert set_up == rules(peered)
    assert PROMISED[:4] == reachable(peered)[:4]
    assert 0 == guest.undo(peered.second).status
    networkd.restart()
    assert before == rules(peered)


def test_a_restart_of_networkd_removes_nothing_that_is_in_no_file(
    peered: Scene, networkd: Networkd
) -> None:
    """It removes the rules of others, but for those that are marked as the kernel's."""
    done = peered.guest.apply(peered.second, BACKEND="none")
    peered.guest.namespace.change("rule add from 10.9.9.9 lookup 10001 priority 10001")
    set_up = rules(peered)
    end_watch(peered)
    networkd.restart()

    assert 0 == done.status, done.said
    assert {"10001:\tfrom 10.9.9.9 lookup 10001"} == set(set_up) - set(rules(peered))
    assert PROMISED == reachable(peered)


def end_watch(scene: Scene) -> None:
    """End the watcher: what stays then, networkd does not remove."""
    for file in scene.guest.file("/run/dualhome").glob("*.watch"):
        scene.guest.run("kill", "-TERM", "--", f"-{file.read_text(encoding='ascii').strip()}")


def test_ten_restarts_of_networkd_lose_no_probe_for_two_seconds(
    peered: Scene, networkd: Networkd
) -> None:
    """A probe ten times a second, both ways; the watcher puts back what is gone."""
    networkd.describe("/run/systemd/network/70-ens6.network", NET_UTILS)
    networkd.restart()
    peered.guest.apply(peered.second, BACKEND="networkd", NATIVE_WAIT="2")

    def ten_restarts() -> None:
        for _ in range(10):
            networkd.restart()

    longest = longest_loss(peered, ten_restarts)

    assert longest < 2, longest
    assert eventually(lambda: peered.guest.verify(peered.second).status == 0, seconds=5)


def test_what_a_tool_removes_by_force_is_put_back_within_two_seconds(scene: Scene) -> None:
    """An imitation of a refresh that removes all, what is marked as the kernel's included."""
    guest = scene.guest
    guest.apply(scene.second)

    def refresh() -> None:
        for _ in range(10):
            guest.run("sh", "-c", REFRESH)
            time.sleep(1.2)

    longest = longest_loss(scene, refresh)

    assert 0 < longest < 2, longest
    assert eventually(lambda: guest.verify(scene.second).status == 0, seconds=5)


REFRESH = """
for priority in 9999 10000 10001 20001 25001; do
  while ip rule del priority $priority 2>/dev/null; do :; done
done
ip route flush table 10001
ip route flush table 10000
"""


def longest_loss(scene: Scene, action: Callable[[], None]) -> float:
    """Return for how many seconds no probe was answered, at the longest, while it goes on."""
    worker = threading.Thread(target=action)
    worker.start()
    longest, since = 0.0, time.monotonic()
    while worker.is_alive():
        began = time.monotonic()
        heard = ask(scene.far, "10.1.1.10", patience=0.1) and ask(
            scene.guest.namespace, "10.1.2.20", patience=0.1
        )
        if heard:
            longest, since = max(longest, time.monotonic() - since - 0.1), time.monotonic()
        time.sleep(max(0.0, 0.1 - (time.monotonic() - began)))
    worker.join()
    return max(longest, time.monotonic() - since - 0.1)
