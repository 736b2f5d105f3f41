"""The network at a glance: VPCs down, zones across, and the interfaces of the pools."""

from collections.abc import Iterable
from ipaddress import ip_network

from rich.table import Table
from rich.text import Text

from demo.network import Host, Network, Vpc
from demo.screen import ruled

FREE, INSTANCE = "○", "▪"
LEGEND = f"{INSTANCE} instance   {FREE} free interface of a pool"


def draw_network(network: Network, hosts: Iterable[Host]) -> Table:
    """Draw ``network`` before anything is attached."""
    table = ruled(gap=2)
    table.add_column("VPC")
    for zone in network.zones:
        table.add_column(zone)
    hosts = list(hosts)
    for number, (name, vpc) in enumerate(network.vpcs.items()):
        if number:
            table.add_row()
        mine = [host for host in hosts if host.vpc == name]
        cells = (_cell(vpc, zone, mine) for zone in network.zones)
        table.add_row(_vpc(name, vpc, network), *cells)
    return table


def _vpc(name: str, vpc: Vpc, network: Network) -> Text:
    app = network.vpcs["app"]
    lines = [Text.assemble((name, "bold"), ("  target" if vpc.plan.target else "", "dim"))]
    for cidr in vpc.plan.cidrs:
        overlaps = vpc is not app and _overlap(cidr, app.plan.cidrs)
        lines.append(Text(cidr, "yellow" if overlaps else "cyan"))
        if overlaps:
            lines.append(Text("  overlaps app", "yellow"))
    if vpc.plan.target:
        lines.append(Text("admits app", "green"))
    return Text("\n").join(lines)


def _overlap(cidr: str, others: Iterable[str]) -> bool:
    return any(ip_network(cidr).overlaps(ip_network(other)) for other in others)


def _cell(vpc: Vpc, zone: str, hosts: Iterable[Host]) -> Text:
    subnet = vpc.subnets.get(zone)
    if subnet is None:
        return Text("no pool" if vpc.plan.target else "", "dim")
    lines = [Text(subnet.cidr, "cyan")]
    lines += [Text(f"{INSTANCE} {host.name}", "bold") for host in hosts if host.zone == zone]
    lines += [Text(f"{FREE} {address}") for address in subnet.pool]
    return Text("\n").join(lines)
