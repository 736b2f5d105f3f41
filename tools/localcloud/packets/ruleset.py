"""What a VPC drops, as rules of nftables: spoofed packets, and what its groups and ACLs refuse."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from ipaddress import ip_network

from localcloud.packets.model import ANY, Interface, Rule

VOID = "void"
"""The device to which the route leads of what no route leads anywhere."""

METADATA = "169.254.169.254"

KINDS = (
    SPOOFED := "spoofed-source",
    FOREIGN := "foreign-destination",
    NO_ROUTE := "no-route",
    GROUP_EGRESS := "group-egress",
    GROUP_INGRESS := "group-ingress",
    ACL_EGRESS := "acl-egress",
    ACL_INGRESS := "acl-ingress",
)
"""Why a packet was dropped; each interface has a counter of each, ``eni-….<kind>``."""

TRACKED = "ct state established,related return"
NUMBERED = {"tcp", "udp", "icmp", "icmpv6"}
CHAINS = ("from", "leave", "enter", "acl-leave", "acl-enter")


def ruleset(
    ports: Mapping[str, Interface], marks: Mapping[str, int], departed: Iterable[str]
) -> str:
    """
    Return the transaction that puts a fabric's rules in the place of those before; counters stay.

    Args:
        ports: the interfaces by the device of the fabric into which they are plugged.
        marks: the mark of what a subnet's interfaces send, by the route table that it has.
        departed: devices that had rules before.
    """
    counters = [f"add counter inet vpc {it.id}.{kind}" for it in ports.values() for kind in KINDS]
    chains = [f"delete chain inet vpc {chain}-{port}" for port in departed for chain in CHAINS]
    of_ports = (line for port in ports for line in _of_port(port, ports))
    table = ["table inet vpc {", *_common(ports, marks), *of_ports, "}"]
    lines = ["add table inet vpc", *counters, "flush table inet vpc", *chains, *table]
    return "\n".join(lines) + "\n"


def _common(ports: Mapping[str, Interface], marks: Mapping[str, int]) -> Iterator[str]:
    def by_port(values: Iterable[object]) -> str:
        pairs = (f'"{port}" : {value}' for port, value in zip(ports, values, strict=True))
        return f"{{ {', '.join(pairs)} }}"

    def jumps(chain: str) -> str:
        return by_port(f"jump {chain}-{port}" for port in ports)

    # Before connections are tracked (priority -200): what is spoofed leaves no trace.
    yield "chain prerouting { type filter hook prerouting priority -310; policy accept;"
    if ports:
        yield f"iifname vmap {jumps('from')}"
        tables = by_port(marks[it.subnet.routes] for it in ports.values())
        yield f"meta mark set iifname map {tables}"
    yield "}"
    yield "chain input { type filter hook input priority 0; policy drop;"
    yield "icmpv6 type { nd-router-solicit, nd-neighbor-solicit, nd-neighbor-advert } accept"
    yield f"ip daddr {METADATA} tcp dport 80 accept"
    yield "}"
    yield "chain forward { type filter hook forward priority 0; policy accept;"
    if ports:
        counters = by_port(f'"{it.id}.{NO_ROUTE}"' for it in ports.values())
        yield f'oifname "{VOID}" counter name iifname map {counters}'
        yield f'oifname "{VOID}" drop'
        yield f"iifname vmap {jumps('leave')}"
        yield f"oifname vmap {jumps('enter')}"
    yield "}"


def _of_port(port: str, ports: Mapping[str, Interface]) -> Iterator[str]:
    """Yield the chains of one interface: for all that it sends, and for what the VPC carries."""
    interface, acl = ports[port], ports[port].subnet.acl
    neighbours = [f'"{name}"' for name, it in ports.items() if it.subnet.id == interface.subnet.id]
    # A network ACL is asked where a subnet begins and ends (VPC User Guide, "Network ACLs").
    elsewhere = f"!= {{ {', '.join(neighbours)} }}"
    yield f"chain from-{port} {{"
    if interface.source_dest_check:
        yield from _spoofed(interface)
    yield f"}}\nchain leave-{port} {{"
    if acl:
        yield f"oifname {elsewhere} jump acl-leave-{port}"
    yield from (TRACKED, *_passing(interface.egress, "daddr"), _drop(interface, GROUP_EGRESS))
    yield f"}}\nchain enter-{port} {{"
    if interface.source_dest_check:
        for family, own in _sets(interface.all_addresses):
            yield f"{family} daddr != {own} {_drop(interface, FOREIGN)}"
    if acl:
        yield f"iifname {elsewhere} jump acl-enter-{port}"
    yield from (TRACKED, *_passing(interface.ingress, "saddr"), _drop(interface, GROUP_INGRESS))
    yield f"}}\nchain acl-leave-{port} {{"
    yield from _decided(acl.egress if acl else (), "daddr", _drop(interface, ACL_EGRESS))
    yield f"}}\nchain acl-enter-{port} {{"
    yield from _decided(acl.ingress if acl else (), "saddr", _drop(interface, ACL_INGRESS))
    yield "}"


def _spoofed(interface: Interface) -> Iterator[str]:
    # What an interface says on its link to its neighbours has a source of the link (RFC 4291).
    own6 = ", ".join((*interface.addresses6, "fe80::/10", "::"))
    yield f"ip saddr != {{ {', '.join(interface.addresses)} }} {_drop(interface, SPOOFED)}"
    yield f"ip6 saddr != {{ {own6} }} {_drop(interface, SPOOFED)}"


def _drop(interface: Interface, kind: str) -> str:
    return f"counter name {interface.id}.{kind} drop"


def _passing(rules: Iterable[Rule], address: str) -> Iterator[str]:
    return (f"{match} return" for rule in rules for match in _matches(rule, address))


def _decided(entries: Iterable[Rule], address: str, drop: str) -> Iterator[str]:
    """Yield a verdict for each entry; what none matches is dropped."""
    for entry in entries:
        for match in _matches(entry, address):
            yield f"{match} {'return' if entry.allow else drop}"
    yield drop


def _matches(rule: Rule, address: str) -> Iterator[str]:
    """Yield a rule's conditions, one for each family; ``address`` is ``saddr`` or ``daddr``."""
    for family, networks in _sets(rule.networks):
        if "0.0.0.0/0" in networks or "::/0" in networks:
            where = f"meta nfproto {'ipv4' if family == 'ip' else 'ipv6'}"
        else:
            where = f"{family} {address} {networks}"
        yield f"{where} {_of_protocol(rule)}".rstrip()


def _sets(networks: Sequence[str]) -> Iterator[tuple[str, str]]:
    for family, version in (("ip", 4), ("ip6", 6)):
        found = sorted({it for it in networks if ip_network(it, strict=False).version == version})
        if found:
            yield family, f"{{ {', '.join(found)} }}"


def _of_protocol(rule: Rule) -> str:
    if rule.protocol == ANY:
        return ""
    named = f"meta l4proto {rule.protocol}"
    if rule.ports is None or rule.ports == (-1, -1) or rule.protocol not in NUMBERED:
        return named
    first, last = rule.ports
    if rule.protocol.startswith("icmp"):
        return f"{rule.protocol} type {first}" + (
            "" if last == -1 else f" {rule.protocol} code {last}"
        )
    return f"{rule.protocol} dport {first}-{last}"
