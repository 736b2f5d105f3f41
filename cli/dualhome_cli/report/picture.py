"""What is drawn: zone by zone the instances of each VPC, the interfaces of each pool, and links."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dualhome.domain.account import Account
from dualhome.domain.identifiers import TargetName, VpcId, Zone
from dualhome_cli.capacity import served_by
from dualhome_cli.report.cells import Cell, called, hosts_of, interfaces_of
from dualhome_cli.report.facts import Facts
from dualhome_cli.report.marks import OF_STATE, WORST_FIRST, Mark
from dualhome_cli.report.wording import in_order, name_of
from dualhome_cli.standing import Standing

DEFAULT_HEADING = "VPC"

NO_PLACE = "unknown"
"""Where an instance is, or was, that EC2 does not show and no record places."""


@dataclass(frozen=True, slots=True)
class Box:
    """A VPC's part in a zone; ``heading`` is the target that it serves and its name, if any."""

    vpc: VpcId
    heading: str
    cidrs: tuple[str, ...]
    cells: tuple[Cell, ...]

    @property
    def title(self) -> str:
        """All that the box says, unclipped."""
        return " ".join(filter(None, (self.heading, self.vpc, *self.cidrs)))


@dataclass(frozen=True, slots=True)
class Link:
    """An interface on an instance, or on its way there or back."""

    host: str
    interface: str
    index: int | None
    mark: Mark
    title: str


@dataclass(frozen=True, slots=True)
class Panel:
    """A zone: no attachment ever leaves it."""

    zone: Zone
    hosts: tuple[Box, ...]
    pools: tuple[Box, ...]
    links: tuple[Link, ...]

    @property
    def instances(self) -> int:
        """How many instances are here."""
        return sum(len(box.cells) for box in self.hosts)

    @property
    def interfaces(self) -> int:
        """How many interfaces are here."""
        return sum(len(box.cells) for box in self.pools)


def panels_of(facts: Facts) -> tuple[Panel, ...]:
    """Return a panel for each zone that has an instance or an interface of ours, by name."""
    account = facts.account
    hosts, pools = _by_place(hosts_of(facts)), _by_place(interfaces_of(facts))
    links, served = _links(account, facts.standings), served_by(account)
    return tuple(
        Panel(
            zone=zone,
            hosts=tuple(_box(account, served, *it) for it in sorted(hosts[zone].items())),
            pools=tuple(_box(account, served, *it) for it in sorted(pools[zone].items())),
            links=tuple(links[zone]),
        )
        for zone in sorted(hosts.keys() | pools.keys())
    )


def _by_place(cells: Iterable[Cell]) -> Mapping[Zone, Mapping[VpcId, list[Cell]]]:
    found: dict[Zone, dict[VpcId, list[Cell]]] = defaultdict(lambda: defaultdict(list))
    for cell in cells:
        found[cell.zone or Zone(NO_PLACE)][cell.vpc or VpcId(NO_PLACE)].append(cell)
    return found


def _box(
    account: Account, served: Mapping[VpcId, TargetName], id_: VpcId, cells: Iterable[Cell]
) -> Box:
    vpc = account.vpcs.get(id_)
    return Box(
        vpc=id_,
        heading=" · ".join(filter(None, (served.get(id_), name_of(vpc)))) or DEFAULT_HEADING,
        cidrs=vpc.cidrs if vpc else (),
        cells=tuple(
            sorted(cells, key=lambda it: (WORST_FIRST.index(it.mark), in_order(it.name), it.id))
        ),
    )


def _links(account: Account, standings: Iterable[Standing]) -> Mapping[Zone, list[Link]]:
    found: dict[Zone, list[Link]] = defaultdict(list)
    for it in standings:
        if it.interface:
            title = f"{it.interface} on {called(account, it.instance)}: {it.target} {it.state}"
            link = Link(it.instance, it.interface, it.device_index, OF_STATE[it.state], title)
            found[it.zone or Zone(NO_PLACE)].append(link)
    return found
