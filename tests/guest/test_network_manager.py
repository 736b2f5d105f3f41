"""Real NetworkManager beside the script: it lets the rules be, and sets them at the next boot."""

import re

import pytest

from tests.support.guest_lab.daemons import eventually
from tests.support.guest_lab.lab import Scene
from tests.support.guest_lab.needs import need
from tests.support.guest_lab.network_manager import NetworkManager, need_network_manager
from tests.support.guest_lab.traffic import ask


@pytest.fixture
def manager(peered: Scene) -> NetworkManager:
    """Return one that runs, with the primary as its own."""
    need("dbus-daemon")
    need_network_manager()
    peered.guest.namespace.change("addr flush dev ens5", "link set ens5 down")
    made = NetworkManager(peered.guest)
    made.prepare()
    made.start()
    return made


def test_networkmanager_sets_at_boot_what_the_script_has_set(
    peered: Scene, manager: NetworkManager
) -> None:
    """Nothing but its profile does: no watcher is started. A veth has no permanent MAC address."""
    guest, inside = peered.guest, peered.guest.namespace

    done = guest.apply(peered.second, NATIVE_WAIT="1")
    profile = guest.file(done.json["file"])
    text = profile.read_text(encoding="ascii")
    profile.write_text(re.sub(r"mac-address=.*\n", "", text), encoding="ascii")
    rules = inside.shown("rule")
    guest.reboot()
    manager.start()

    assert (0, "nm") == (done.status, done.json["backend"]), done.said
    assert eventually(lambda: "lookup 10001" in inside.shown("rule"))
    assert eventually(lambda: inside.shown("route", "show", "table", "10001"))
    assert sorted(rules.splitlines()) == sorted(
        inside.shown("rule").replace(" proto static", "").splitlines()
    )
    assert "guest saw 10.1.2.20" == ask(peered.far, "10.1.1.10")
    assert "far saw 10.1.1.10" == ask(inside, "10.1.2.20")
    assert "far saw 10.0.1.10" == ask(inside, "10.1.2.20", source="10.0.1.10")
    assert "guest saw 10.1.2.20" == ask(peered.far, "10.0.1.10")
    assert "default via 10.0.1.1 dev ens5" in inside.shown("route")
    assert "default" not in inside.shown("route", "show", "dev", "ens6")
    assert 0 == guest.undo(peered.second).status
    assert "10001" not in inside.shown("rule")
    assert not profile.exists()
