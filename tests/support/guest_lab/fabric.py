"""
A VPC as an instance sees it: one namespace, to which every interface has a wire of its own.

It answers ARP for the subnet's router and for interfaces of the same subnet alone; it routes
between its subnets; and it enforces the source/destination check of each interface and counts what
that drops: a reply that leaves by the wrong interface is seen as such, not as a timeout.
Source: Amazon EC2 User Guide, elastic network interfaces (source/destination checking).
"""

import ipaddress
import itertools
import json
import socket
from dataclasses import dataclass, field

from tests.support.guest_lab.netns import Namespace, run

ROUTER6 = "fe80::1"
_macs = itertools.count(1)


@dataclass(frozen=True)
class Interface:
    """An interface of a VPC, and the port at which the fabric holds its other end."""

    namespace: Namespace
    name: str
    mac: str
    port: str
    addresses: tuple[str, ...]
    subnet: str

    @property
    def gateway(self) -> str:
        """The subnet's router: its first address (VPC User Guide, subnet sizing for IPv4)."""
        return str(ipaddress.ip_network(self.subnet)[1])

    @property
    def address(self) -> str:
        """The first private address."""
        return self.addresses[0]


@dataclass
class Vpc:
    """A fabric."""

    name: str
    namespace: Namespace
    cidr: str
    interfaces: list[Interface] = field(default_factory=list)

    @classmethod
    def create(cls, name: str, cidr: str) -> "Vpc":
        """Return one without interfaces; what has no route in it is dropped."""
        made = cls(name, Namespace.create(name, forwarding=True), cidr)
        made.namespace.change(f"route add unreachable {cidr} metric 9999")
        made.namespace.nft(
            "table inet check {\n"
            " chain pre { type filter hook prerouting priority -310; }\n"
            " chain post { type filter hook postrouting priority 300; }\n"
            "}\n"
        )
        return made

    def attach(
        self,
        namespace: Namespace,
        name: str,
        addresses: tuple[str, ...],
        subnet: str,
        *,
        prefixes: tuple[str, ...] = (),
        mac: str = "",
    ) -> Interface:
        """Plug an interface in, down and without an address, as EC2 does."""
        number = next(_macs)
        mac = mac or f"06:00:00:00:{number >> 8:02x}:{number & 255:02x}"
        made = Interface(namespace, name, mac, f"p{number}", addresses, subnet)
        run(
            *("ip", "link", "add", made.port, "netns", self.namespace.name, "type", "veth"),
            *("peer", "name", name, "netns", namespace.name, "address", mac),
        )
        self._wire(made, (*addresses, *prefixes))
        self._check(made, (*addresses, *prefixes))
        self.interfaces.append(made)
        return made

    def detach(self, interface: Interface) -> None:
        """Unplug an interface: the kernel of the instance loses it at once."""
        self.interfaces.remove(interface)
        self.namespace.change(f"link del {interface.port}")

    def dropped(self, interface: Interface) -> int:
        """Return how many packets of or to an interface its source/destination check dropped."""
        listed = run("ip", "netns", "exec", self.namespace.name, "nft", "-j", "list", "counters")
        counters = [
            it["counter"] for it in json.loads(listed.stdout)["nftables"] if "counter" in it
        ]
        return sum(it["packets"] for it in counters if it["name"].startswith(f"{interface.port}_"))

    def advertise(self, interface: Interface) -> None:
        """Send one router advertisement (RFC 4861, 4.2) to an interface: I am a default router."""
        mac = json.loads(self.namespace.shown("-j", "link", "show", "dev", interface.port))[0]
        source = bytes.fromhex(mac["address"].replace(":", ""))
        with self.namespace.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6) as raw:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, interface.port.encode())
            raw.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, 255)
            raw.sendto(
                bytes([134, 0, 0, 0, 64, 0, 7, 8]) + bytes(8) + b"\x01\x01" + source,
                ("ff02::1", 0),
            )

    def route(self, network: str, interface: Interface) -> None:
        """Route a network to an interface, as a VPC's route table does."""
        self.namespace.change(
            f"route replace {network} via {interface.address} dev {interface.port} onlink"
        )

    def join(self, other: "Vpc") -> None:
        """Let the two reach each other, as peering does."""
        port, theirs = f"j{next(_macs)}", f"j{next(_macs)}"
        run(
            *("ip", "link", "add", port, "netns", self.namespace.name, "type", "veth"),
            *("peer", "name", theirs, "netns", other.namespace.name),
        )
        self.namespace.change(
            f"addr add 192.0.2.1/30 dev {port}",
            f"link set {port} up",
        )
        other.namespace.change(f"addr add 192.0.2.2/30 dev {theirs}", f"link set {theirs} up")
        self.namespace.change(f"route add {other.cidr} via 192.0.2.2")
        other.namespace.change(f"route add {self.cidr} via 192.0.2.1")

    def _wire(self, new: Interface, addresses: tuple[str, ...]) -> None:
        four = [it for it in addresses if ":" not in it]
        six = [it for it in addresses if ":" in it]
        neighbours = [it for it in self.interfaces if it.subnet == new.subnet]
        self.namespace.change(
            f"addr add {new.gateway}/32 dev {new.port}",
            f"link set {new.port} up",
            f"addr add {ROUTER6}/64 dev {new.port} nodad",
            *(f"route add {it} dev {new.port} src {new.gateway}" for it in four),
            *(f"route add {it} dev {new.port}" for it in six),
            *(
                f"neigh add proxy {address} dev {new.port}"
                for it in neighbours
                for address in it.addresses
                if ":" not in address
            ),
            *(
                f"neigh add proxy {address} dev {it.port}"
                for it in neighbours
                for address in four
                if "/" not in address
            ),
        )
        self.namespace.set_kernel(**{f"net/ipv4/neigh/{new.port}/proxy_delay": 0})

    def _check(self, new: Interface, addresses: tuple[str, ...]) -> None:
        four = ", ".join(["0.0.0.0/32", *(it for it in addresses if ":" not in it)])
        six = ", ".join(["::", "fe80::/10", *(it for it in addresses if ":" in it)])
        port = new.port
        drop_source, drop_other = f"counter name {port}_src drop", f"counter name {port}_dst drop"
        pre = f'add rule inet check pre iifname "{port}"'
        post = f'add rule inet check post oifname "{port}"'
        self.namespace.nft(
            f"add counter inet check {port}_src\nadd counter inet check {port}_dst\n"
            f"{pre} ip saddr != {{ {four} }} {drop_source}\n"
            f"{pre} ip6 saddr != {{ {six} }} {drop_source}\n"
            f"{post} ip daddr != {{ {four}, 255.255.255.255 }} {drop_other}\n"
            f"{post} ip6 daddr != {{ {six}, ff00::/8 }} {drop_other}\n"
        )
