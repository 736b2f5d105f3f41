"""What is drawn: zone by zone the instances of each VPC, the interfaces of each pool, and links."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from dualhome.domain.identifiers import InstanceId, InterfaceId, TargetName, VpcId, Zone
from dualhome.domain.invariants.snapshot import Account
from dualhome_cli.pools.capacity import Pool, Use, served_by
from dualhome_cli.report.data import Facts
from dualhome_cli.report.marks import OF_STATE, OF_USE, WORST_FIRST, Mark, worst
from dualhome_cli.report.text import in_order, name_of
from dualhome_cli.status.attachment_row import AttachmentRow


@dataclass(frozen=True, slots=True)
class Cell:
    """``name`` and ``note`` are shown where there is room, ``title`` is all that is searched."""

    id: str
    vpc: VpcId | None
    zone: Zone | None
    mark: Mark
    name: str
    note: str
    title: str


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


def hosts_of(facts: Facts) -> Iterator[Cell]:
    """Yield every instance that asks for a target, or has a record of one."""
    rows = _by_instance(facts.rows)
    for id_ in sorted(facts.account.instances.keys() | rows.keys()):
        yield _host(facts, id_, rows.get(id_, []))


def interfaces_of(facts: Facts) -> Iterator[Cell]:
    """Yield every interface of a pool, and those that are held though in no pool any more."""
    held = {it.interface: it for it in facts.rows if it.interface}
    uses = _uses(facts.pools)
    for id_ in sorted(facts.account.interfaces.keys() | held.keys()):
        yield _interface(facts, id_, held.get(id_), uses.get(id_, Use.USED))


def _host(facts: Facts, id_: InstanceId, rows: Sequence[AttachmentRow]) -> Cell:
    instance = facts.account.instances.get(id_)
    said = [_said(facts, it) for it in rows] or ["no record"]
    lacking = [it for it in rows if it.needs_attention]
    name = name_of(instance)
    return Cell(
        id=id_,
        vpc=instance.vpc if instance else None,
        zone=instance.zone if instance else next((it.zone for it in rows), None),
        mark=worst({OF_STATE[it.state] for it in rows}),
        name=name or id_,
        note=_lack(lacking[0]) if lacking else (id_ if name else "; ".join(said)),
        title=" · ".join([called(facts.account, id_), *said]),
    )


def _interface(facts: Facts, id_: InterfaceId, held: AttachmentRow | None, use: Use) -> Cell:
    interface = facts.account.interfaces.get(id_)
    address = interface.address if interface else ""
    place = interface or held
    mark = OF_STATE[held.state] if held else OF_USE[use]
    if held:
        said = f"{held.target} {held.state} on {called(facts.account, held.instance)}"
    elif interface and interface.attachment:
        said = f"{use} on {called(facts.account, interface.attachment.instance)}"
    else:
        said = str(use)
    return Cell(
        id=id_,
        vpc=place.vpc if place else None,
        zone=place.zone if place else None,
        mark=mark,
        name=address or id_,
        note=id_ if address else said,
        title=" · ".join([f"{address} {id_}".strip(), said]),
    )


def called(account: Account, id_: InstanceId) -> str:
    """Return an instance's name, if it has one, and its id."""
    return f"{name_of(account.instances.get(id_))} {id_}".strip()


def _said(facts: Facts, row: AttachmentRow) -> str:
    interface = facts.account.interfaces.get(row.interface) if row.interface else None
    where = [row.interface or "", interface.address if interface else ""]
    return " ".join(filter(None, [row.target, str(row.state), str(row.reason or ""), *where]))


def _lack(row: AttachmentRow) -> str:
    return f"{row.target}: {row.reason or row.state}"


def _by_instance(rows: Iterable[AttachmentRow]) -> Mapping[InstanceId, list[AttachmentRow]]:
    found: dict[InstanceId, list[AttachmentRow]] = defaultdict(list)
    for it in rows:
        found[it.instance].append(it)
    return found


def _uses(pools: Iterable[Pool]) -> Mapping[InterfaceId, Use]:
    return {
        interface: use
        for pool in pools
        for stock in pool.stocks
        for interface, use in stock.uses.items()
    }


def panels_of(facts: Facts) -> tuple[Panel, ...]:
    """Return a panel for each zone that has an instance or an interface of ours, by name."""
    account = facts.account
    hosts, pools = _by_place(hosts_of(facts)), _by_place(interfaces_of(facts))
    links, served = _links(account, facts.rows), served_by(account)
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


def _links(account: Account, rows: Iterable[AttachmentRow]) -> Mapping[Zone, list[Link]]:
    found: dict[Zone, list[Link]] = defaultdict(list)
    for it in rows:
        if it.interface:
            title = f"{it.interface} on {called(account, it.instance)}: {it.target} {it.state}"
            link = Link(it.instance, it.interface, it.device_index, OF_STATE[it.state], title)
            found[it.zone or Zone(NO_PLACE)].append(link)
    return found
