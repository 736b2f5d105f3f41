"""
A VPC's fabric: the namespace into which its interfaces are plugged, each by a veth of its own.

There is no common link. The fabric answers ARP for the router and for the interfaces of the same
subnet; it knows each interface's MAC address, as EC2 does, so that nothing depends on what a guest
says; it chooses a route by the mark of the subnet's route table; and it drops as ``ruleset`` says.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count

from localcloud.packets.commands import NETNS, ip, nft, run, write_sysctls
from localcloud.packets.guests import ROUTER6
from localcloud.packets.model import Interface, Network, Route
from localcloud.packets.ruleset import BASE, METADATA, VOID, change, rules

SYSCTLS = {
    "ipv4/ip_forward": 1,
    "ipv4/conf/all/rp_filter": 0,
    "ipv4/conf/default/rp_filter": 0,
    "ipv4/conf/all/arp_ignore": 1,  # answer for the router of the asking interface's subnet only
    "ipv4/conf/all/send_redirects": 0,
    "ipv4/conf/default/send_redirects": 0,
    "ipv6/conf/all/forwarding": 1,
    "ipv6/conf/all/proxy_ndp": 1,
    "ipv6/conf/default/accept_dad": 0,
}
PORT_SYSCTLS = {"ipv4/neigh/{}/proxy_delay": 0, "ipv6/neigh/{}/proxy_delay": 0}
FIRST_TABLE = 1000
RULE6 = "rule6"
"""A rule names no address, by which iproute2 would know that it is one of IPv6."""

PEER, PEER6 = "169.254.0.1", "fe80::1"
"""The next hops on a link between two fabrics; their MAC addresses are known."""

REQUESTER_MAC, ACCEPTER_MAC = "02:50:00:00:00:01", "02:50:00:00:00:02"


@dataclass(frozen=True, order=True)
class Line:
    """Something that iproute2 keeps; the kernel forgets it with its ``device``."""

    kind: str
    words: str
    device: str = ""

    def added(self) -> str:
        """Return the line of a batch that makes it so."""
        verb = {"route": "replace", "neighbour": "replace"}.get(self.kind, "add")
        return f"{self._object} {verb} {self._words}"

    def deleted(self) -> str:
        """Return the line that ends it."""
        return f"{self._object} del {self._words}"

    @property
    def _object(self) -> str:
        return "rule" if self.kind == RULE6 else self.kind

    @property
    def _words(self) -> str:
        return f"{self.words} dev {self.device}" if self.device else self.words


@dataclass
class Fabric:
    """The namespace of one VPC, and what it has been given so far."""

    namespace: str
    ports: dict[str, Interface] = field(default_factory=dict)
    peers: dict[str, tuple[str, str]] = field(default_factory=dict)
    marks: dict[str, int] = field(default_factory=dict)
    _lines: frozenset[Line] = frozenset()
    _rules: dict[str, list[str]] = field(default_factory=dict)
    _new: list[str] = field(default_factory=list)
    _numbers: "count[int]" = field(default_factory=lambda: count(FIRST_TABLE))

    def prepare(self) -> None:
        """Set up the namespace, which exists."""
        write_sysctls(self.namespace, SYSCTLS)
        ends = f"link add {VOID} type veth peer name {VOID}-end"
        ip(
            (
                "link set lo up",
                f"address add {METADATA}/32 dev lo",
                ends,
                f"link set {VOID} up",
                f"route add default dev {VOID}",
            ),
            self.namespace,
        )
        nft(BASE, self.namespace)

    def gain(self, device: str) -> None:
        """Note that there is a device to be set up."""
        self._new.append(device)

    def lose(self, devices: Iterable[str]) -> None:
        """Note that devices are gone, and what the kernel has forgotten with them."""
        for device in devices:
            self.ports.pop(device, None)
            self.peers.pop(device, None)
            self._lines = frozenset(it for it in self._lines if it.device != device)

    def apply(self, network: Network) -> None:
        """Give it the rules, addresses and routes of ``network`` as far as they have changed."""
        for interface in self.ports.values():
            if interface.subnet.routes not in self.marks:
                self.marks[interface.subnet.routes] = next(self._numbers)
        wanted_rules = {
            port: rules(port, self.ports, self.marks[it.subnet.routes])
            for port, it in self.ports.items()
        }
        if changes := list(change(self._rules, wanted_rules)):
            nft("\n".join(changes) + "\n", self.namespace)
        wanted = frozenset(self._wanted(network))
        gone, new = sorted(self._lines - wanted), sorted(wanted - self._lines)
        lines = [(it.kind, it.deleted()) for it in gone] + [(it.kind, it.added()) for it in new]
        write_sysctls(
            self.namespace,
            {name.format(it): value for it in self._new for name, value in PORT_SYSCTLS.items()},
        )
        up = [f"link set {it} up" for it in self._new]
        ip((*up, *(it for kind, it in lines if kind != RULE6)), self.namespace)
        ip((it for kind, it in lines if kind == RULE6), self.namespace, "-6")
        self._rules, self._lines, self._new = wanted_rules, wanted, []

    def dropped(self) -> Iterator[tuple[str, str, int]]:
        """Yield interface, kind and number of what was dropped; zeros are left out."""
        where = ("nsenter", f"--net={NETNS / self.namespace}", "--")
        said = run((*where, "nft", "-j", "list", "counters", "table", "inet", "vpc"))
        for item in json.loads(said)["nftables"]:
            counter = item.get("counter", {})
            if counter.get("packets"):
                interface, kind = counter["name"].split(".")
                yield interface, kind, counter["packets"]

    def _wanted(self, network: Network) -> Iterator[Line]:
        for port, interface in self.ports.items():
            yield from _of_port(port, interface)
            yield from self._neighbours(port, interface)
        for device, (mac, _) in self.peers.items():
            yield Line("neighbour", f"{PEER} lladdr {mac} nud permanent", device)
            yield Line("neighbour", f"{PEER6} lladdr {mac} nud permanent", device)
        six = any(it.addresses6 for it in self.ports.values())
        if six:
            yield Line("route", f"::/0 dev {VOID}")
        for name, mark in self.marks.items():
            for kind in ("rule", RULE6) if six else ("rule",):
                yield Line(kind, f"fwmark {mark} lookup {mark} pref {mark}")
            for route in network.route_tables.get(name, ()):
                yield self._route(route, mark)

    def _neighbours(self, port: str, interface: Interface) -> Iterator[Line]:
        for other in self.ports.values():
            if other.subnet.id == interface.subnet.id and other is not interface:
                for address in other.all_addresses:
                    yield Line("neighbour", f"proxy {address}", port)

    def _route(self, route: Route, table: int) -> Line:
        """Return a subnet's route; one that leads nowhere hides those that are less specific."""
        to, six = route.destination, ":" in route.destination
        if route.target == "local":
            return Line("route", f"throw {to} table {table}")
        for device, (_, peering) in self.peers.items():
            if peering == route.target:
                via = PEER6 if six else PEER
                return Line("route", f"{to} via {via} onlink table {table}", device)
        for port, interface in self.ports.items():
            own = interface.addresses6 if six else interface.addresses
            if interface.id == route.target and own:
                return Line("route", f"{to} via {own[0]} onlink table {table}", port)
        return Line("route", f"{to} dev {VOID} table {table}")


def _of_port(port: str, interface: Interface) -> Iterator[Line]:
    """Yield the router's addresses on its link, and the way to its own."""
    yield Line("address", f"{interface.subnet.router}/32", port)
    if interface.addresses6:
        yield Line("address", f"{ROUTER6}/64 nodad", port)
    for address in interface.all_addresses:
        length = 128 if ":" in address else 32
        yield Line("neighbour", f"{address} lladdr {interface.mac} nud permanent", port)
        yield Line("route", f"{address}/{length}", port)
