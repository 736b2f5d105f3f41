"""EC2's state, read as the network that is to be."""

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from ipaddress import ip_network

from localcloud.ec2.actions.attachments import attached_interfaces
from localcloud.ec2.state import model as ec2
from localcloud.ec2.state import moto
from localcloud.packets.model import (
    ANY,
    Acl,
    Guest,
    Interface,
    Network,
    Peering,
    Route,
    Rule,
    Subnet,
)

RUNNING = {"pending", "running"}
"""The states in which an instance has processes and interfaces."""

FIRST_DEVICE, DEVICES_PER_CARD = 5, 32
"""As the slots of Nitro instances: the primary interface is ``ens5``."""

LAST_ACL_RULE = 32767
"""The entry ``*`` that denies the rest."""

PROTOCOLS = {"1": "icmp", "6": "tcp", "17": "udp", "58": "icmpv6"}


def read_network(hosts: AbstractSet[str]) -> Network:
    """Return the network of all accounts and Regions; ``hosts`` are interfaces of plain hosts."""
    backends = [moto.backend(scope) for scope in moto.scopes()]
    peerings, members = _peerings(backends), _members(backends)
    readers = [_Reader(backend, peerings, members) for backend in backends]
    return Network(
        guests=tuple(guest for reader in readers for guest in reader.guests(hosts)),
        instances=frozenset(one.id for reader in readers for one in reader.instances()),
        vpcs=frozenset(vpc for backend in backends for vpc in backend.vpcs),
        route_tables={
            table.id: tuple(_routes(table))
            for backend in backends
            for table in backend.route_tables.values()
        },
        peerings=peerings,
    )


def _peerings(backends: Iterable[ec2.Backend]) -> tuple[Peering, ...]:
    """Return those that are active; one between two accounts is known to both."""
    found = {one.id: one for backend in backends for one in backend.vpc_pcxs.values()}
    return tuple(
        Peering(one.id, (one.vpc.id, one.peer_vpc.id))
        for one in found.values()
        if one.status["Code"] == "active"
    )


def _members(backends: Iterable[ec2.Backend]) -> dict[str, list[ec2.Interface]]:
    """Return the interfaces that have each security group."""
    found: dict[str, list[ec2.Interface]] = {}
    for backend in backends:
        for eni in backend.enis.values():
            for group in eni.group_set:
                found.setdefault(group.id, []).append(eni)
    return found


@dataclass(frozen=True)
class _Reader:
    """Reads one account and Region; peerings and members of groups are those of all."""

    backend: ec2.Backend
    peerings: tuple[Peering, ...]
    members: Mapping[str, list[ec2.Interface]]

    def instances(self) -> Iterator[ec2.Instance]:
        """Yield each that is not terminated."""
        for reservation in self.backend.reservations.values():
            for instance in reservation.instances:
                if instance.instance_state.name != "terminated":
                    yield instance

    def guests(self, hosts: AbstractSet[str]) -> Iterator[Guest]:
        """Yield instances that run, and hosts."""
        for instance in self.instances():
            if instance.instance_state.name in RUNNING:
                yield self._guest(instance)
        for eni in self.backend.enis.values():
            if eni.id in hosts:
                yield Guest(eni.id, (self._interface(eni, ec2.Slot(0, 0), checked=True),))

    def _guest(self, instance: ec2.Instance) -> Guest:
        held = [
            (eni.attachment.slot, eni)
            for eni in attached_interfaces(instance)
            if eni.attachment and eni.attachment.plugged
        ]
        primary = instance.nics[0]
        return Guest(
            instance.id,
            tuple(
                self._interface(eni, slot, checked=_is_checked(instance, eni, slot))
                for slot, eni in sorted(held, key=lambda pair: pair[0])
            ),
            resolver=str(ip_network(self.backend.vpcs[primary.subnet.vpc_id].cidr_block)[2]),
            metadata=(
                ("instance-id", instance.id),
                ("instance-type", instance.instance_type),
                ("local-ipv4", primary.private_ip_address),
                ("mac", primary.mac_address),
                ("placement/availability-zone", instance.availability_zone),
            ),
        )

    def _interface(self, eni: ec2.Interface, slot: ec2.Slot, *, checked: bool) -> Interface:
        vpc = eni.subnet.vpc_id
        return Interface(
            id=eni.id,
            vpc=vpc,
            subnet=self._subnet(eni.subnet),
            mac=eni.mac_address,
            device=f"ens{FIRST_DEVICE + DEVICES_PER_CARD * slot.card + slot.index}",
            addresses=tuple(_addresses(eni)),
            addresses6=tuple(eni.ipv6_addresses),
            source_dest_check=checked,
            ingress=tuple(self._rules(vpc, (it.ingress_rules for it in eni.group_set))),
            egress=tuple(self._rules(vpc, (it.egress_rules for it in eni.group_set))),
            metadata=tuple(self._metadata(eni, slot)),
        )

    def _metadata(self, eni: ec2.Interface, slot: ec2.Slot) -> Iterator[tuple[str, str]]:
        """Source: EC2 User Guide, "Instance metadata categories" (`network/interfaces/macs`)."""
        vpc = self.backend.vpcs[eni.subnet.vpc_id]
        blocks = [it["cidr_block"] for it in vpc.get_cidr_block_association_set()]
        facts = {
            "device-number": [str(slot.index)],
            "interface-id": [eni.id],
            "ipv6s": list(eni.ipv6_addresses),
            "local-ipv4s": list(_addresses(eni)),
            "mac": [eni.mac_address],
            "network-card": [str(slot.card)],
            "owner-id": [eni.owner_id],
            "security-group-ids": [group.id for group in eni.group_set],
            "subnet-id": [eni.subnet.id],
            "subnet-ipv4-cidr-block": [eni.subnet.cidr_block],
            "subnet-ipv6-cidr-blocks": list(_blocks6(eni.subnet)),
            "vpc-id": [vpc.id],
            "vpc-ipv4-cidr-block": [vpc.cidr_block],
            "vpc-ipv4-cidr-blocks": blocks,
        }
        for name, values in facts.items():
            if values:
                yield f"network/interfaces/macs/{eni.mac_address}/{name}", "\n".join(values)

    def _subnet(self, subnet: ec2.Subnet) -> Subnet:
        return Subnet(
            id=subnet.id,
            cidr=subnet.cidr_block,
            cidr6=next(_blocks6(subnet), None),
            routes=self._route_table_of(subnet),
            acl=next((it for it in map(_acl, self._acls_of(subnet.id))), None),
        )

    def _route_table_of(self, subnet: ec2.Subnet) -> str:
        """Return its own table, else the VPC's main one (VPC User Guide, "Route tables")."""
        tables = [it for it in self.backend.route_tables.values() if it.vpc_id == subnet.vpc_id]
        for table in tables:
            if any(it.get("SubnetId") == subnet.id for it in table.associations):
                return table.id
        return next((it.id for it in tables if any(a["Main"] for a in it.associations)), "")

    def _acls_of(self, subnet_id: str) -> Iterator[ec2.NetworkAcl]:
        for acl in self.backend.network_acls.values():
            if any(it.subnet_id == subnet_id for it in acl.associations):
                yield acl

    def _rules(self, vpc: str, kinds: Iterable[list[ec2.SecurityRule]]) -> Iterator[Rule]:
        for rules in kinds:
            for rule in rules:
                if networks := tuple(self._networks(vpc, rule)):
                    ports = _ports(rule.from_port, rule.to_port)
                    yield Rule(_protocol(rule.ip_protocol), ports, networks)

    def _networks(self, vpc: str, rule: ec2.SecurityRule) -> Iterator[str]:
        """
        Yield the networks of a rule; a group stands for the addresses of its interfaces.

        They are of the VPC itself and of those it is peered with, as the same address may be
        another interface's elsewhere (VPC User Guide, "Security group rules").
        """
        yield from filter(None, (rule.cidr_ipv4, rule.cidr_ipv6))
        near = {vpc, *(it for one in self.peerings if vpc in one.vpcs for it in one.vpcs)}
        for eni in self.members.get(rule.source_group.get("GroupId", ""), []):
            if eni.subnet.vpc_id in near:
                yield from _addresses(eni)
                yield from eni.ipv6_addresses


def _is_checked(instance: ec2.Instance, eni: ec2.Interface, slot: ec2.Slot) -> bool:
    """ModifyInstanceAttribute sets the attribute of an instance's only interface in moto apart."""
    of_instance = str(instance.source_dest_check).lower() != "false"
    return eni.source_dest_check and (of_instance or slot != ec2.Slot(0, 0))


def _blocks6(subnet: ec2.Subnet) -> Iterator[str]:
    for association in subnet.ipv6_cidr_block_associations.values():
        if association["ipv6CidrBlockState"]["State"] == "associated":
            yield association["ipv6CidrBlock"]


def _addresses(eni: ec2.Interface) -> Iterator[str]:
    yield eni.private_ip_address
    for one in eni.private_ip_addresses:
        if one["PrivateIpAddress"] != eni.private_ip_address:
            yield one["PrivateIpAddress"]


def _routes(table: ec2.RouteTable) -> Iterator[Route]:
    for route in table.routes:
        destination = route.destination_cidr_block or route.destination_ipv6_cidr_block
        if destination:
            yield Route(destination, _target(route))


def _target(route: ec2.Route) -> str:
    """Return what a route leads to; gateways and the like lead nowhere here."""
    if route.vpc_pcx:
        return route.vpc_pcx.id
    if route.interface:
        return route.interface.id
    if route.instance:
        return route.instance.nics[0].id
    return "local" if route.local else ""


def _acl(acl: ec2.NetworkAcl) -> Acl | None:
    """Return its entries; None if it is the default one and lets all pass (of IPv6 too, on AWS)."""
    entries = sorted(acl.entries, key=lambda it: it.rule_number)
    shown = {(it.rule_number, it.protocol, it.rule_action, it.cidr_block) for it in entries}
    if acl.default and shown == {
        (100, ANY, "allow", "0.0.0.0/0"),
        (LAST_ACL_RULE, ANY, "deny", "0.0.0.0/0"),
    }:
        return None
    return Acl(
        ingress=tuple(_acl_rule(it) for it in entries if not it.egress),
        egress=tuple(_acl_rule(it) for it in entries if it.egress),
    )


def _acl_rule(entry: ec2.AclEntry) -> Rule:
    protocol = _protocol(entry.protocol)
    ports = (
        _ports(entry.icmp_type, entry.icmp_code)
        if protocol.startswith("icmp")
        else _ports(entry.port_range_from, entry.port_range_to)
    )
    networks = tuple(filter(None, (entry.cidr_block, entry.ipv6_cidr_block)))
    return Rule(protocol, ports, networks, allow=entry.rule_action == "allow")


def _protocol(named: str | int) -> str:
    return PROTOCOLS.get(str(named), str(named).lower())


def _ports(first: int | str | None, last: int | str | None) -> tuple[int, int] | None:
    return None if first is None or last is None else (int(first), int(last))
