"""The network that is to be: values read from EC2's state, which can be compared."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from ipaddress import ip_network

ANY = "-1"
"""The protocol of a rule that takes each."""


@dataclass(frozen=True)
class Rule:
    """
    What a security group lets pass, or an entry of a network ACL decides.

    ``ports`` are the lowest and the highest, or ICMP's type and code, -1 for each; None: all.
    ``networks`` are CIDRs or addresses, of which one must match.
    """

    protocol: str
    ports: tuple[int, int] | None
    networks: tuple[str, ...]
    allow: bool = True


@dataclass(frozen=True)
class Acl:
    """A network ACL that is not the default; entries in the order of their numbers."""

    ingress: tuple[Rule, ...]
    egress: tuple[Rule, ...]


@dataclass(frozen=True)
class Subnet:
    """A subnet; ``routes`` is the id of its route table, ``acl`` is None for the default."""

    id: str
    cidr: str
    cidr6: str | None
    routes: str
    acl: Acl | None

    @cached_property
    def router(self) -> str:
        """The address of the VPC's router (VPC User Guide, "Subnet CIDR blocks")."""
        return str(ip_network(self.cidr)[1])


@dataclass(frozen=True)
class Interface:
    """An interface that is plugged into a guest as ``device``; ``metadata`` tells of it there."""

    id: str
    vpc: str
    subnet: Subnet
    mac: str
    device: str
    addresses: tuple[str, ...]
    addresses6: tuple[str, ...]
    source_dest_check: bool
    ingress: tuple[Rule, ...]
    egress: tuple[Rule, ...]
    metadata: tuple[tuple[str, str], ...] = ()

    @property
    def all_addresses(self) -> tuple[str, ...]:
        """The addresses of both families."""
        return self.addresses + self.addresses6


@dataclass(frozen=True)
class Route:
    """A route; ``target`` is ``local``, a peering connection, an interface, or what is not here."""

    destination: str
    target: str


@dataclass(frozen=True)
class Peering:
    """An active peering connection."""

    id: str
    vpcs: tuple[str, str]


@dataclass(frozen=True)
class Guest:
    """
    An instance that runs, or a host; interfaces in the order of their slots.

    ``resolver`` is the address of the VPC's DNS server; a host (None) has no files of its own and
    no ``metadata``.
    """

    id: str
    interfaces: tuple[Interface, ...]
    resolver: str | None = None
    metadata: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Network:
    """
    All of it.

    ``instances`` are those that are not terminated, and may run again; ``vpcs`` all there are.
    """

    guests: tuple[Guest, ...] = ()
    instances: frozenset[str] = frozenset()
    vpcs: frozenset[str] = frozenset()
    route_tables: Mapping[str, tuple[Route, ...]] = field(default_factory=dict)
    peerings: tuple[Peering, ...] = ()
