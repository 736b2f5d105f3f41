"""One cell of the picture for each instance and each interface."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from dualhome.domain.account import Account
from dualhome.domain.identifiers import InstanceId, InterfaceId, VpcId, Zone
from dualhome_cli.capacity import Pool, Use
from dualhome_cli.report.facts import Facts
from dualhome_cli.report.marks import OF_STATE, OF_USE, Mark, worst
from dualhome_cli.report.wording import name_of
from dualhome_cli.standing import Standing


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


def hosts_of(facts: Facts) -> Iterator[Cell]:
    """Yield every instance that asks for a target, or has a record of one."""
    standings = _by_instance(facts.standings)
    for id_ in sorted(facts.account.instances.keys() | standings.keys()):
        yield _host(facts, id_, standings.get(id_, []))


def interfaces_of(facts: Facts) -> Iterator[Cell]:
    """Yield every interface of a pool, and those that are held though in no pool any more."""
    held = {it.interface: it for it in facts.standings if it.interface}
    uses = _uses(facts.pools)
    for id_ in sorted(facts.account.interfaces.keys() | held.keys()):
        yield _interface(facts, id_, held.get(id_), uses.get(id_, Use.USED))


def _host(facts: Facts, id_: InstanceId, standings: Sequence[Standing]) -> Cell:
    instance = facts.account.instances.get(id_)
    said = [_said(facts, it) for it in standings] or ["no record"]
    lacking = [it for it in standings if it.needs_attention]
    name = name_of(instance)
    return Cell(
        id=id_,
        vpc=instance.vpc if instance else None,
        zone=instance.zone if instance else next((it.zone for it in standings), None),
        mark=worst({OF_STATE[it.state] for it in standings}),
        name=name or id_,
        note=_lack(lacking[0]) if lacking else (id_ if name else "; ".join(said)),
        title=" · ".join([called(facts.account, id_), *said]),
    )


def _interface(facts: Facts, id_: InterfaceId, held: Standing | None, use: Use) -> Cell:
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


def _said(facts: Facts, it: Standing) -> str:
    interface = facts.account.interfaces.get(it.interface) if it.interface else None
    where = [it.interface or "", interface.address if interface else ""]
    return " ".join(filter(None, [it.target, str(it.state), str(it.reason or ""), *where]))


def _lack(it: Standing) -> str:
    return f"{it.target}: {it.reason or it.state}"


def _by_instance(standings: Iterable[Standing]) -> Mapping[InstanceId, list[Standing]]:
    found: dict[InstanceId, list[Standing]] = defaultdict(list)
    for it in standings:
        found[it.instance].append(it)
    return found


def _uses(pools: Iterable[Pool]) -> Mapping[InterfaceId, Use]:
    return {
        interface: use
        for pool in pools
        for stock in pool.stocks
        for interface, use in stock.uses.items()
    }
