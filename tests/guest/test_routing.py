"""What has an address of the second interface leaves by it, whatever filter, CIDRs and tools."""

import threading

import pytest

from tests.support.guest_lab.guest import Guest
from tests.support.guest_lab.lab import Lab, Scene, a_scene, bring_up
from tests.support.guest_lab.traffic import ask, silent

FILTERS = pytest.mark.parametrize("rp_filter", [0, 1, 2])
NATIVE = pytest.mark.parametrize("native", [False, True], ids=["alone", "native"])
OVERLAPPING = {
    "overlapping": {"second": ("10.0.5.10",), "subnet": "10.0.5.0/24"},
    "same subnet": {"second": ("10.0.1.50",), "subnet": "10.0.1.0/24"},
}


def as_net_utils(scene: Scene, table: int = 10001) -> None:
    """Leave what amazon-ec2-net-utils leaves: a lease, a table, a rule for the address."""
    second, name = scene.second, scene.second.name
    bring_up(second, metric=513)
    second.namespace.change(
        f"route add {second.subnet} dev {name} table {table}",
        f"route add default via {second.gateway} dev {name} table {table}",
        f"rule add from {second.address} lookup {table} priority {table}",
    )


def test_without_the_script_replies_leave_by_the_wrong_interface(scene: Scene) -> None:
    """The fabric sees them and drops them: that is what the script is for."""
    bring_up(scene.second, default=False)

    assert silent(scene.far, "10.1.1.10")
    assert 0 < scene.a.dropped(scene.primary)


@FILTERS
@NATIVE
def test_networks_apart_are_reached_both_ways(lab: Lab, rp_filter: int, *, native: bool) -> None:
    """From another subnet too, where replies need a gateway; and the primary's VPC stays."""
    scene = a_scene(lab, rp_filter=rp_filter)
    if native:
        as_net_utils(scene)

    done = scene.guest.apply(scene.second)

    inside = scene.guest.namespace
    assert (0, native, ["10.1.0.0/16"]) == (done.status, done.json["native"], done.json["routes"])
    assert "guest saw 10.1.2.20" == ask(scene.far, "10.1.1.10")
    assert "guest saw 10.1.1.20" == ask(scene.near, "10.1.1.10")
    assert "far saw 10.1.1.10" == ask(inside, "10.1.2.20")
    assert "far saw 10.1.1.10" == ask(inside, "10.1.2.20", source="10.1.1.10")
    assert "far saw 10.1.1.10" == ask(inside, "10.1.2.20", device="ens6")
    assert "host-a saw 10.0.1.10" == ask(inside, "10.0.2.20")
    assert "guest saw 10.0.2.20" == ask(scene.host_a, "10.0.1.10")
    assert (0, 0) == (scene.a.dropped(scene.primary), scene.b.dropped(scene.second))


@FILTERS
@NATIVE
@pytest.mark.parametrize("case", OVERLAPPING)
def test_overlapping_networks_are_kept_apart_by_source_and_device(
    lab: Lab, rp_filter: int, case: str, *, native: bool
) -> None:
    """The first keeps its routes; of two hosts with one address each is reached on its side."""
    made = OVERLAPPING[case]
    scene = a_scene(
        lab,
        rp_filter=rp_filter,
        target="10.0.0.0/16",
        second=tuple(made["second"]),
        subnet=str(made["subnet"]),
        far="10.0.2.20",
    )
    if native:
        as_net_utils(scene)

    done = scene.guest.apply(scene.second, TARGET_CIDRS="10.0.0.0/16")

    inside, address = scene.guest.namespace, scene.second.address
    assert (0, [], ["10.0.0.0/16"]) == (
        done.status,
        done.json["routes"],
        [it["cidr"] for it in done.json["left_out"]],
    )
    assert "guest saw 10.0.2.20" == ask(scene.far, address)
    assert "far saw " + address == ask(inside, "10.0.2.20", source=address)
    assert "far saw " + address == ask(inside, "10.0.2.20", device="ens6")
    assert f"via {scene.second.gateway} dev ens6" in inside.shown(
        *("route", "get", "10.0.2.20", "oif", "ens6")  # a datagram is routed once, not twice
    )
    assert "near" == ask(inside, scene.near_address, source=address).split()[0]
    assert "host-a saw 10.0.1.10" == ask(inside, "10.0.2.20")
    assert "guest saw 10.0.2.20" == ask(scene.host_a, "10.0.1.10")
    assert (0, 0) == (scene.a.dropped(scene.primary), scene.b.dropped(scene.second))


@FILTERS
@NATIVE
def test_equal_addresses_are_refused(lab: Lab, rp_filter: int, *, native: bool) -> None:
    """A rule for the address would cut off the primary."""
    scene = a_scene(
        lab,
        rp_filter=rp_filter,
        target="10.0.0.0/16",
        second=("10.0.1.10",),
        subnet="10.0.1.0/24",
        far="10.0.2.20",
    )
    if native:
        as_net_utils(scene)
    before = scene.guest.state()

    done = scene.guest.apply(scene.second, TARGET_CIDRS="10.0.0.0/16")

    assert (2, "EQUAL_ADDRESS") == (done.status, done.error)
    assert "10.0.1.10 is on ens5" in done.json["error"]["text"]
    assert "another private address" in done.json["error"]["text"]
    assert before == scene.guest.state()


def test_every_address_and_prefix_answers(lab: Lab) -> None:
    """Secondary addresses and delegated prefixes have rules of their own, IPv6 as IPv4."""
    six, prefix, prefix6 = "2001:db8:b:1::10", "10.1.1.32/28", "2001:db8:b:1:1::/80"
    scene = a_scene(lab, second=("10.1.1.10", "10.1.1.11", six), prefixes=(prefix, prefix6))
    scene.guest.namespace.change("addr add 10.1.1.33/32 dev lo")

    done = scene.guest.apply(
        scene.second,
        SUBNETS="10.1.1.0/24 2001:db8:b:1::/64",
        PREFIXES=f"{prefix} {prefix6}",
        GATEWAY6="fe80::1",
        TARGET_CIDRS="10.1.0.0/16 2001:db8:b::/56",
    )

    rules = scene.guest.namespace.shown("rule") + scene.guest.namespace.shown("-6", "rule")
    assert 0 == done.status, done.said
    for source in ("10.1.1.10", "10.1.1.11", prefix, six, prefix6):
        assert f"10001:\tfrom {source} lookup 10001" in rules
    assert "guest saw 10.1.2.20" == ask(scene.far, "10.1.1.11")
    assert "guest saw 10.1.2.20" == ask(scene.far, "10.1.1.33")
    assert 0 == scene.b.dropped(scene.second)


@pytest.mark.parametrize("shell", [("dash",), ("bash", "--posix"), ("busybox", "sh")], ids=str)
def test_every_shell_runs_it_and_a_second_run_changes_nothing(
    scene: Scene, shell: tuple[str, ...]
) -> None:
    """What /bin/sh is differs from system to system; a repeat is what a retry sends."""
    scene.guest.shell = shell

    first, second = scene.guest.apply(scene.second), scene.guest.apply(scene.second)

    assert (0, 0) == (first.status, second.status), first.said + second.said
    assert 12 < len(first.json["changed"])
    assert [] == second.json["changed"]
    assert 0 == scene.guest.verify(scene.second).status
    assert "guest saw 10.1.2.20" == ask(scene.far, "10.1.1.10")
    assert 0 == scene.guest.undo(scene.second).status


def test_an_interface_that_comes_later_is_waited_for(lab: Lab) -> None:
    """Attach and command may overtake each other."""
    scene = a_scene(lab)
    later = "06:00:00:00:ff:01"
    attach = threading.Timer(
        0.5,
        scene.b.attach,
        (scene.guest.namespace, "ens7", ("10.1.1.12",), "10.1.1.0/24"),
        {"mac": later},
    )
    attach.start()

    done = scene.guest.apply(scene.second, MAC=later, ADDRESSES="10.1.1.12")
    attach.join()

    assert (0, "ens7") == (done.status, done.json["interface"])
    assert "guest saw 10.1.2.20" == ask(scene.far, "10.1.1.12")


def test_a_gateway_that_does_not_answer_ends_in_the_state_before(scene: Scene) -> None:
    """The facts are wrong then, or the interface is not where it is said to be."""
    before = scene.guest.state()

    done = scene.guest.apply(scene.second, GATEWAY="10.1.1.9")

    assert (1, "CHECK_FAILED") == (done.status, done.error)
    assert "gateway: 10.1.1.9 answers on ens6" in done.json["error"]["text"]
    assert before == scene.guest.state()


def test_verify_sees_what_another_tool_has_removed_and_apply_puts_it_back(scene: Scene) -> None:
    """A check is of what a packet would do, not of a number of a table."""
    guest = scene.guest
    guest.apply(scene.second)
    stop_watching(guest)
    guest.namespace.change("rule del from 10.1.1.10 lookup 10001")

    assert 1 == guest.verify(scene.second).status
    assert ("MISSING", 1) == (
        guest.status(scene.second).error,
        guest.status(scene.second).json["missing"],
    )
    assert ["rule -4 from 10.1.1.10 lookup 10001 priority 10001"] == guest.apply(scene.second).json[
        "changed"
    ]
    assert 0 == guest.verify(scene.second).status


def stop_watching(guest: Guest) -> None:
    """End the watcher of a guest, so that a test sees what it would hide."""
    for file in guest.file("/run/dualhome").glob("*.watch"):
        guest.run("kill", "-TERM", "--", f"-{file.read_text(encoding='ascii').strip()}")
