"""What worked before works with the second interface: the primary, names, containers."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.support.guest_lab.daemons import eventually
from tests.support.guest_lab.fabric import Interface
from tests.support.guest_lab.guest import Guest
from tests.support.guest_lab.lab import Lab, Scene, a_scene, bring_up
from tests.support.guest_lab.traffic import Connection, ask, silent

KEPT = "/var/lib/dualhome/dualhome-guest"


@pytest.fixture
def held() -> Iterator[ExitStack]:
    """Yield what closes connections in the end."""
    with ExitStack() as stack:
        yield stack


def boot(scene: Scene) -> None:
    """Lose what a reboot loses, let DHCP configure the primary, and start the unit's command."""
    scene.guest.reboot()
    bring_up(scene.primary)
    scene.guest.start("sh", KEPT, "watch", f"ENI=eni-{scene.second.port}")
    assert eventually(lambda: scene.guest.verify(scene.second).status == 0)


@pytest.mark.parametrize("native", [False, True], ids=["alone", "lease"])
def test_joined_vpcs_keep_both_directions_of_the_primary(
    peered: Scene, held: ExitStack, *, native: bool
) -> None:
    """Open connections survive apply and undo; new ones work after a reboot as well."""
    inside, primary = peered.guest.namespace, "10.0.1.10"
    out = held.enter_context(Connection(inside, "10.1.2.20", source=primary))
    into = held.enter_context(Connection(peered.far, primary))
    if native:  # a prefix route in the main table
        bring_up(peered.second, metric=513)

    def works() -> list[str]:
        return [ask(inside, "10.1.2.20", source=primary), ask(peered.far, primary)]

    before = works()
    done = peered.guest.apply(peered.second)

    assert (0, ["10.1.0.0/16"]) == (done.status, done.json["routes"]), done.said
    assert ["far saw 10.0.1.10", "guest saw 10.1.2.20"] == before == works()
    assert [True, True] == [out.alive(), into.alive()]
    assert "guest saw 10.1.1.20" == ask(peered.near, primary)
    assert "guest saw 10.1.2.20" == ask(peered.far, "10.1.1.10")
    assert 0 == peered.guest.undo(peered.second).status
    assert [True, True] == [out.alive(), into.alive()]
    peered.guest.apply(peered.second)
    boot(peered)
    assert before == works()
    assert "guest saw 10.1.2.20" == ask(peered.far, "10.1.1.10")
    assert 0 == peered.guest.undo(peered.second).status
    assert before == works()
    assert (0, 0) == (peered.a.dropped(peered.primary), peered.b.dropped(peered.second))


def test_a_subnet_whose_routes_are_not_wanted_reaches_the_primary_too(peered: Scene) -> None:
    """A lease alone routes the interface's subnet to it."""
    bring_up(peered.second, metric=513)

    done = peered.guest.apply(peered.second, ROUTES="none")

    assert (0, []) == (done.status, done.json["routes"])
    assert "guest saw 10.1.1.20" == ask(peered.near, "10.0.1.10")
    assert "far saw 10.0.1.10" == ask(peered.guest.namespace, "10.1.2.20")
    assert "guest saw 10.1.2.20" == ask(peered.far, "10.1.1.10")


def test_a_network_behind_the_target_is_reached(scene: Scene) -> None:
    """It is on premises, and the target VPC routes to it."""
    onprem = scene.lab.host(scene.b, "onprem", "192.168.50.9", "192.168.50.0/24")

    done = scene.guest.apply(scene.second, ROUTES="10.1.0.0/16 192.168.50.0/24")

    assert 0 == done.status
    assert "onprem saw 10.1.1.10" == ask(scene.guest.namespace, "192.168.50.9")
    assert "guest saw 192.168.50.9" == ask(onprem, "10.1.1.10")
    assert "far saw 10.1.1.10" == ask(scene.guest.namespace, "10.1.2.20")


@pytest.mark.parametrize("first", ["b", "c"])
def test_of_two_targets_with_one_cidr_the_first_has_the_route_and_both_answer(
    lab: Lab, first: str
) -> None:
    """The second is no failure: what comes to its address is answered by it."""
    scene = a_scene(lab)
    c = lab.vpc("c", "10.1.0.0/16")
    third = c.attach(scene.guest.namespace, "ens7", ("10.1.3.10",), "10.1.3.0/24")
    host_c = lab.host(c, "host-c", "10.1.2.20", "10.1.2.0/24")
    order = [(scene.second, "1"), (third, "2")][:: 1 if first == "b" else -1]

    done = [scene.guest.apply(it, INDEX=index) for it, index in order]

    winner = "far saw 10.1.1.10" if first == "b" else "host-c saw 10.1.3.10"
    assert [0, 0] == [it.status for it in done], done
    assert [["10.1.0.0/16"], []] == [it.json["routes"] for it in done]
    assert [0, 1] == [len(it.json["left_out"]) for it in done]
    assert winner == ask(scene.guest.namespace, "10.1.2.20")
    assert "guest saw 10.1.2.20" == ask(scene.far, "10.1.1.10")
    assert "guest saw 10.1.2.20" == ask(host_c, "10.1.3.10")
    assert "far saw 10.1.1.10" == ask(scene.guest.namespace, "10.1.2.20", source="10.1.1.10")
    assert "host-c saw 10.1.3.10" == ask(scene.guest.namespace, "10.1.2.20", device="ens7")
    assert 0 == scene.guest.undo(order[0][0]).status
    assert 0 == scene.guest.verify(order[1][0]).status


def test_a_path_that_moves_unasked_ends_the_change(scene: Scene) -> None:
    """An open connection from an address that is not of the primary has no rule that keeps it."""
    guest = scene.guest
    guest.namespace.change("addr add 10.0.9.9/32 dev lo")
    before = guest.state()
    with guest.namespace.socket(socket.AF_INET, socket.SOCK_DGRAM) as service:
        service.bind(("10.0.9.9", 0))
        service.connect(("10.1.2.20", 53))
        done = guest.apply(scene.second)

    assert (1, "PATH_MOVED") == (done.status, done.error)
    assert "10.1.2.20 from 10.0.9.9 via 10.0.1.1 dev ens5" in done.json["error"]["text"]
    assert before == guest.state()


REFUSED = {
    "0.0.0.0/0": "default route",
    "0.0.0.0/1": "default route",
    "128.0.0.0/1": "default route",
    "10.1.0.0/16 64.0.0.0/2": "default route",
    "::/0": "default route",
    "2000::/3": "default route",
    "10.0.0.0/8": "the primary VPC 10.0.0.0/16",
    "10.0.1.1/32": "the primary gateway 10.0.1.1",
    "169.254.169.254/32": "reserved",
    "169.0.0.0/8": "reserved",
    "127.1.0.0/16": "reserved",
    "fe80::/64": "reserved",
    "224.0.0.0/8": "reserved",
    "10.1.0.0/16 198.51.100.0/24": "the resolver 198.51.100.53",
    "203.0.113.0/24": "the protected address 203.0.113.7",
}


def test_networks_that_would_take_over_are_refused(scene: Scene) -> None:
    """Each by its name, and nothing is changed."""
    guest = scene.guest
    guest.file("/etc/resolv.conf").write_text("nameserver 198.51.100.53\n", encoding="ascii")
    before = guest.state()
    said = {}
    for routes, because in REFUSED.items():
        done = guest.apply(scene.second, ROUTES=routes, PROTECT="203.0.113.7")
        said[routes] = (done.status, done.error, because in done.json["error"]["text"])

    assert dict.fromkeys(REFUSED, (2, "ROUTE_REFUSED", True)) == said
    assert before == guest.state()


@pytest.mark.parametrize(
    ("there", "because"),
    [
        ("route add 10.1.7.0/24 via 10.0.1.77 dev ens5", "the route 10.1.7.0/24 dev ens5"),
        ("route add 10.0.0.0/9 via 10.0.1.77 dev ens5", "the route 10.0.0.0/9 dev ens5"),
        ("route add blackhole 10.1.9.0/24", "the route 10.1.9.0/24"),
    ],
)
def test_a_route_that_is_there_keeps_its_network(scene: Scene, there: str, because: str) -> None:
    """It is of the owner; the interface still answers by itself."""
    scene.guest.namespace.change(there)

    done = scene.guest.apply(scene.second)

    assert (0, []) == (done.status, done.json["routes"])
    assert [{"cidr": "10.1.0.0/16", "because": f"it overlaps {because}"}] == done.json["left_out"]
    assert "guest saw 10.1.2.20" == ask(scene.far, "10.1.1.10")


def test_a_resolver_in_the_target_keeps_its_path(peered: Scene) -> None:
    """Names go on to be answered by the same server, along the same way."""
    guest = peered.guest
    guest.file("/etc/resolv.conf").write_text("nameserver 10.1.2.20\n", encoding="ascii")

    done = guest.apply(peered.second)

    assert (0, []) == (done.status, done.json["routes"])
    assert "it contains the resolver 10.1.2.20" == done.json["left_out"][0]["because"]
    assert "far saw 10.0.1.10" == ask(guest.namespace, "10.1.2.20")


def test_the_primary_keeps_its_ipv6_paths_too(lab: Lab) -> None:
    """From its address to the target's network by the primary, from no address by the second."""
    second6, target6 = "2001:db8:b:1::10", "2001:db8:b:2::20"
    scene = a_scene(lab, second=("10.1.1.10", second6))
    guest = scene.guest
    guest.namespace.change(
        "addr add 2001:db8:a:1::10/128 dev ens5 nodad",
        "route add default via fe80::1 dev ens5 metric 512",
    )

    done = guest.apply(
        scene.second,
        SUBNETS="10.1.1.0/24 2001:db8:b:1::/64",
        TARGET_CIDRS="10.1.0.0/16 2001:db8:b::/56",
        PRIMARY_CIDRS="10.0.0.0/16 2001:db8:a::/56",
        GATEWAY6="fe80::1",
    )

    assert 0 == done.status, done.said
    assert "dev ens6" in guest.namespace.shown("route", "get", target6)
    for peer in (target6, "2001:db8:b:1::20"):
        assert "dev ens5" in guest.namespace.shown(
            *("route", "get", peer, "from", "2001:db8:a:1::10")
        )
    assert "dev ens6" in guest.namespace.shown("route", "get", "2001:db8:c::1", "from", second6)
    assert "dev ens5" in guest.namespace.shown("route", "get", "2001:db8:c::1")


def default_routes(guest: Guest) -> str:
    """Return the IPv6 default routes of the main table."""
    return guest.namespace.shown("-6", "route", "show", "table", "main", "default")


def advertised(scene: Scene) -> bool:
    """Let the second interface's router advertise itself; return whether a default came of it."""
    scene.b.advertise(scene.second)
    return "dev ens6" in default_routes(scene.guest)


def test_an_advertised_router_is_used_and_gives_no_default(lab: Lab) -> None:
    """Else the kernel spreads what leaves for the internet over both interfaces."""
    six = "2001:db8:b:1::10"
    scene = a_scene(lab, second=("10.1.1.10", six))
    guest, second = scene.guest, scene.second
    guest.namespace.change("link set ens6 up")
    assert eventually(lambda: advertised(scene))
    facts = {
        "SUBNETS": "10.1.1.0/24 2001:db8:b:1::/64",
        "TARGET_CIDRS": "10.1.0.0/16 2001:db8:b::/56",
    }
    host6 = six_host(lab, scene)

    done = guest.apply(second, **facts)
    scene.b.advertise(second)

    assert 0 == done.status, done.said
    assert f"guest saw {host6.addresses[1]}" == ask(host6.namespace, six)
    assert f"far6 saw {six}" == ask(guest.namespace, host6.addresses[1])
    assert "" == default_routes(guest)
    assert 0 == scene.b.dropped(second)
    assert 0 == guest.undo(second).status
    assert eventually(lambda: advertised(scene))


def six_host(lab: Lab, scene: Scene) -> Interface:
    """Make a host of another subnet with an IPv6 address."""
    namespace = lab.host(scene.b, "far6", "10.1.6.6", "10.1.6.0/24")
    made = scene.b.attach(namespace, "eth1", ("10.1.7.7", "2001:db8:b:7::7"), "10.1.7.0/24")
    bring_up(made, default=False)
    namespace.change("route add default via fe80::1 dev eth1")
    return made


def test_a_published_port_and_local_containers_reach_the_interface(scene: Scene) -> None:
    """Where the bridge's network overlaps nothing."""
    container = scene.lab.container(scene.guest, "172.17.0.2")

    done = scene.guest.apply(scene.second)

    assert "container saw 10.1.2.20" == ask(scene.far, "10.1.1.10", port=8080)
    assert "guest saw 172.17.0.2" == ask(container, "10.1.1.10")
    assert "far saw 10.1.1.10" == ask(container, "10.1.2.20")
    assert (
        "a port published on ens6 answers 10.1.0.0/16, and local containers"
        == done.json["containers"]
    )


def test_where_a_bridge_overlaps_the_target_the_line_says_what_works(scene: Scene) -> None:
    """The bridge was there first: it keeps its network."""
    container = scene.lab.container(scene.guest, "10.1.200.2")

    done = scene.guest.apply(scene.second)

    assert (0, []) == (done.status, done.json["routes"])
    assert "10.1.200.0/24 cannot reach the addresses of ens6" in done.json["containers"]
    assert "no network is routed" in done.json["containers"]
    assert "guest saw 10.1.2.20" == ask(scene.far, "10.1.1.10")
    assert "container saw 10.1.200.1" == ask(scene.guest.namespace, "10.1.200.2")
    assert silent(container, "10.1.1.10")


def test_a_network_that_comes_later_within_the_target_has_its_part(scene: Scene) -> None:
    """A new container network takes neither the target away nor loses its own."""
    guest = scene.guest
    guest.apply(scene.second)

    scene.lab.container(guest, "10.1.200.2")

    assert "container saw 10.1.200.1" == ask(guest.namespace, "10.1.200.2")
    assert ["10.1.0.0/16"] == guest.apply(scene.second).json["routes"]
    assert "container saw 10.1.200.1" == ask(guest.namespace, "10.1.200.2")
    assert "far saw 10.1.1.10" == ask(guest.namespace, "10.1.2.20")
    assert "guest saw 10.1.2.20" == ask(scene.far, "10.1.1.10")
    assert 0 == guest.verify(scene.second).status


def test_a_bridge_that_comes_later_is_served_as_well(scene: Scene) -> None:
    """The watcher learns of it from the kernel, and asks the target's networks nothing."""
    scene.guest.apply(scene.second)

    container = scene.lab.container(scene.guest, "172.18.0.2")

    assert eventually(lambda: ask(container, "10.1.1.10", patience=0.5))
    assert "container saw 10.1.2.20" == ask(scene.far, "10.1.1.10", port=8080)
    assert 0 == scene.guest.verify(scene.second).status
