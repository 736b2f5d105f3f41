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
"""For each interface: all that it sends, what of that the VPC carries, what comes to it."""

HOOKED = CHAINS[:3]
BASE = f"""
table inet vpc {{
  map from {{ type ifname : verdict; }}
  map leave {{ type ifname : verdict; }}
  map enter {{ type ifname : verdict; }}
  # Before connections are tracked (priority -200): what is spoofed leaves no trace.
  chain prerouting {{ type filter hook prerouting priority -310; policy accept;
    iifname vmap @from
  }}
  chain input {{ type filter hook input priority 0; policy drop;
    icmpv6 type {{ nd-router-solicit, nd-neighbor-solicit, nd-neighbor-advert }} accept
    ip daddr {METADATA} tcp dport 80 accept
  }}
  chain forward {{ type filter hook forward priority 0; policy accept;
    iifname vmap @leave
    oifname "{VOID}" drop
    oifname vmap @enter
  }}
}}
"""
"""What every fabric has, before any interface is plugged in."""


def change(
    before: Mapping[str, Sequence[str]], after: Mapping[str, Sequence[str]]
) -> Iterator[str]:
    """Yield what makes of one ``rules`` by device another; an interface's counters stay."""
    for port in before.keys() - after.keys():
        yield from (f'delete element inet vpc {it} {{ "{port}" }}' for it in HOOKED)
        yield from (f"flush chain inet vpc {it}-{port}" for it in CHAINS)
        yield from (f"delete chain inet vpc {it}-{port}" for it in CHAINS)
    for port in after.keys() - before.keys():
        yield from (f"add chain inet vpc {it}-{port}" for it in CHAINS)
        yield from after[port]
        for it in HOOKED:
            yield f'add element inet vpc {it} {{ "{port}" : jump {it}-{port} }}'
    for port in before.keys() & after.keys():
        if before[port] != after[port]:
            yield from (f"flush chain inet vpc {it}-{port}" for it in CHAINS)
            yield from after[port]


def rules(port: str, ports: Mapping[str, Interface], mark: int) -> list[str]:
    """
    Return the counters and rules of one interface.

    Args:
        port: the device of the fabric into which it is plugged.
        ports: all of the fabric.
        mark: given to what it sends, so that its subnet's route table is asked.
    """
    counters = [f"add counter inet vpc {ports[port].id}.{kind}" for kind in KINDS]
    return counters + [
        f"add rule inet vpc {chain}-{port} {rule}" for chain, rule in _rules(port, ports, mark)
    ]


def _rules(port: str, ports: Mapping[str, Interface], mark: int) -> Iterator[tuple[str, str]]:
    interface, acl = ports[port], ports[port].subnet.acl
    if interface.source_dest_check:
        yield from (("from", it) for it in _spoofed(interface))
        for family, own in _sets(interface.all_addresses):
            yield "enter", f"{family} daddr != {own} {_drop(interface, FOREIGN)}"
    yield "from", f"meta mark set {mark}"
    yield "leave", f'oifname "{VOID}" {_drop(interface, NO_ROUTE)}'
    if acl:
        # A network ACL is asked where a subnet begins and ends (VPC User Guide, "Network ACLs").
        near = [f'"{name}"' for name, it in ports.items() if it.subnet.id == interface.subnet.id]
        elsewhere = f"!= {{ {', '.join(near)} }}"
        yield "leave", f"oifname {elsewhere} jump acl-leave-{port}"
        yield "enter", f"iifname {elsewhere} jump acl-enter-{port}"
        for it in _decided(acl.egress, "daddr", _drop(interface, ACL_EGRESS)):
            yield "acl-leave", it
        for it in _decided(acl.ingress, "saddr", _drop(interface, ACL_INGRESS)):
            yield "acl-enter", it
    for chain, group, address, kind in (
        ("leave", interface.egress, "daddr", GROUP_EGRESS),
        ("enter", interface.ingress, "saddr", GROUP_INGRESS),
    ):
        for it in (TRACKED, *_passing(group, address), _drop(interface, kind)):
            yield chain, it


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
