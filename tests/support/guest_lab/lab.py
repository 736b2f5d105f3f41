"""Two VPCs, an instance in the first, hosts in both: what tests of the guest script begin with."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.support.guest_lab.fabric import Interface, Vpc
from tests.support.guest_lab.guest import Guest
from tests.support.guest_lab.netns import Namespace, run
from tests.support.guest_lab.traffic import Servers


@dataclass
class Lab:
    """Everything that one test has made, to be deleted with it."""

    servers: Servers = field(default_factory=Servers)
    vpcs: list[Vpc] = field(default_factory=list)
    guests: list[Guest] = field(default_factory=list)
    namespaces: list[Namespace] = field(default_factory=list)

    def vpc(self, name: str, cidr: str) -> Vpc:
        """Make a VPC."""
        self.vpcs.append(Vpc.create(name, cidr))
        return self.vpcs[-1]

    def guest(self, *, rp_filter: int = 0) -> Guest:
        """Make an instance without interfaces, which serves as ``guest``."""
        self.guests.append(Guest.create("guest", rp_filter=rp_filter))
        self.servers.add(self.guests[-1].namespace, "guest")
        return self.guests[-1]

    def host(self, vpc: Vpc, name: str, address: str, subnet: str) -> Namespace:
        """Make a configured host in a VPC or behind it, which serves as ``name``."""
        namespace = Namespace.create(name)
        self.namespaces.append(namespace)
        bring_up(vpc.attach(namespace, "eth0", (address,), subnet))
        self.servers.add(namespace, name)
        return namespace

    def container(self, guest: Guest, address: str, bridge: str = "docker0") -> Namespace:
        """Make a container on a bridge of the guest, with port 8080 published, as Docker does."""
        namespace = Namespace.create("container")
        self.namespaces.append(namespace)
        network = address.rpartition(".")[0]
        run(
            *("ip", "link", "add", "veth0", "netns", guest.namespace.name, "type", "veth"),
            *("peer", "name", "eth0", "netns", namespace.name),
        )
        guest.namespace.change(
            f"link add {bridge} type bridge",
            f"addr add {network}.1/24 dev {bridge}",
            f"link set veth0 master {bridge}",
            "link set veth0 up",
            f"link set {bridge} up",
        )
        namespace.change(
            f"addr add {address}/24 dev eth0",
            "link set eth0 up",
            f"route add default via {network}.1",
        )
        guest.namespace.set_kernel(**{"net/ipv4/ip_forward": 1})
        guest.namespace.nft(
            "table ip nat {\n"
            " chain pre { type nat hook prerouting priority -100;"
            f" fib daddr type local tcp dport 8080 dnat to {address}:8000; }}\n"
            " chain post { type nat hook postrouting priority 100;"
            f' ip saddr {network}.0/24 oifname != "{bridge}" masquerade; }}\n'
            "}\n"
        )
        self.servers.add(namespace, "container")
        return namespace

    def close(self) -> None:
        """Delete all of it."""
        for guest in self.guests:
            guest.close()
        self.servers.close()
        for namespace in (*self.namespaces, *(vpc.namespace for vpc in self.vpcs)):
            namespace.delete()


def bring_up(interface: Interface, *, metric: int = 512, default: bool = True) -> None:
    """Configure an interface as DHCP does."""
    length = interface.subnet.partition("/")[2]
    namespace = interface.namespace
    namespace.change(
        f"addr add {interface.address}/{length} dev {interface.name} metric {metric}",
        f"link set {interface.name} up",
        *(
            f"addr add {it}/128 dev {interface.name} nodad"
            for it in interface.addresses
            if ":" in it
        ),
    )
    if default:
        namespace.change(
            f"route add default via {interface.gateway} dev {interface.name} metric {metric}"
        )


@contextmanager
def open_lab() -> Iterator[Lab]:
    """Yield a lab, and delete what was made in it."""
    lab = Lab()
    try:
        yield lab
    finally:
        lab.close()


@dataclass(frozen=True)
class Scene:
    """The usual one: the primary interface in VPC a, another one in VPC b, hosts in both."""

    lab: Lab
    a: Vpc
    b: Vpc
    guest: Guest
    primary: Interface
    second: Interface
    host_a: Namespace
    near: Namespace
    far: Namespace

    @property
    def near_address(self) -> str:
        """The address of ``near``."""
        return f"{self.second.subnet.rpartition('.')[0]}.20"


def a_scene(
    lab: Lab,
    *,
    rp_filter: int = 0,
    peered: bool = False,
    target: str = "10.1.0.0/16",
    second: tuple[str, ...] = ("10.1.1.10",),
    prefixes: tuple[str, ...] = (),
    subnet: str = "10.1.1.0/24",
    far: str = "10.1.2.20",
) -> Scene:
    """Make it; ``near`` is in the second interface's subnet, ``far`` in another one."""
    a, b = lab.vpc("a", "10.0.0.0/16"), lab.vpc("b", target)
    guest = lab.guest(rp_filter=rp_filter)
    primary = a.attach(guest.namespace, "ens5", ("10.0.1.10",), "10.0.1.0/24")
    bring_up(primary)
    host_a = lab.host(a, "host-a", "10.0.2.20", "10.0.2.0/24")
    far_host = lab.host(b, "far", far, f"{far.rpartition('.')[0]}.0/24")
    near = lab.host(b, "near", f"{subnet.rpartition('.')[0]}.20", subnet)
    if peered:
        a.join(b)
    added = b.attach(guest.namespace, "ens6", second, subnet, prefixes=prefixes)
    return Scene(lab, a, b, guest, primary, added, host_a, near, far_host)
