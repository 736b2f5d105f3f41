"""Pools as rows: one for each target, zone and VPC; few columns for operators."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from dualhome.domain.identifiers import InstanceId, InterfaceId, TargetName, VpcId, Zone
from dualhome_cli.pools.capacity import Pool, Stock, Use
from dualhome_cli.pools.rejections import counts
from dualhome_cli.pools.shortages import Lack, Shortage
from dualhome_cli.ui.table import Column

NOT_RECORDED = "NOT_LOOKED_AT"
"""Stands for the reason where an instance that waits has no record yet."""


@dataclass(frozen=True, slots=True)
class Row:
    """
    What one VPC has for a target in a zone.

    The interfaces are this VPC's; ``wanting`` and ``waiting`` count the zone's instances, whichever
    VPC of the target they may use, and are the same in each of its rows. ``vpc`` is None where none
    serves the target, ``zone`` where a VPC has nothing in any. What is counted first is named
    after: each interface with its use, each instance that waits with its reason.
    """

    target: TargetName
    zone: Zone | None
    vpc: VpcId | None
    free: int
    reserved: int
    claimed: int
    used: int
    unusable: int
    wanting: int
    waiting: int
    unusable_because: Mapping[str, int]
    waiting_because: Mapping[str, int]
    lacks: tuple[Lack, ...]
    remedies: tuple[str, ...]
    interfaces: Mapping[InterfaceId, Use]
    unusable_details: Mapping[InterfaceId, str]
    wanting_instances: tuple[InstanceId, ...]
    waiting_instances: Mapping[InstanceId, str]
    shortages: tuple[Shortage, ...]


def rows(pools: Iterable[Pool], found: Iterable[Shortage]) -> Iterator[Row]:
    """Yield a row for each VPC of each pool, then one for each VPC that can give nothing."""
    missing = list(found)
    shown = set[tuple[TargetName, VpcId]]()
    for pool in pools:
        shown.update((pool.target, stock.vpc) for stock in pool.stocks)
        for stock in pool.stocks or (None,):
            yield _row(pool, stock, missing)
    for it in missing:
        nowhere_shown = it.vpc and (it.target, it.vpc) not in shown
        if it.vpc and nowhere_shown and it.lack in {Lack.NO_INTERFACES, Lack.BAD_NAME}:
            shown.add((it.target, it.vpc))
            nowhere = Pool(it.target, Zone(""), (), frozenset(), {})
            yield _row(nowhere, Stock(it.vpc), missing)


def _row(pool: Pool, stock: Stock | None, missing: Iterable[Shortage]) -> Row:
    vpc, zone = stock.vpc if stock else None, pool.zone or None
    found = [
        it
        for it in missing
        if it.target == pool.target and it.zone in {None, zone} and it.vpc in {None, vpc}
    ]
    waiting = {it: str(reason or NOT_RECORDED) for it, reason in sorted(pool.waiting.items())}
    faults = stock.faults if stock else ()
    return Row(
        target=pool.target,
        zone=zone,
        vpc=vpc,
        **{use.value: stock.count(use) if stock else 0 for use in Use},
        wanting=len(pool.wanting),
        waiting=len(pool.waiting),
        unusable_because=counts(faults),
        waiting_because=dict(sorted(Counter(waiting.values()).items())),
        lacks=tuple(it.lack for it in found),
        remedies=tuple(it.remedy for it in found),
        interfaces=dict(sorted(stock.uses.items())) if stock else {},
        unusable_details={it.interface: f"{it.reason}: {it.detail}" for it in faults},
        wanting_instances=tuple(sorted(pool.wanting)),
        waiting_instances=waiting,
        shortages=tuple(found),
    )


def also(row: Row) -> str:
    """Say what the columns leave out."""
    return "; ".join(_parts(row))


def _parts(row: Row) -> Iterator[str]:
    if row.reserved:
        yield f"{row.reserved} reserved"
    if row.claimed:
        yield f"{row.claimed} claimed"
    if row.unusable:
        yield f"unusable: {_listed(row.unusable_because)}"
    if row.waiting:
        yield f"waiting: {_listed(row.waiting_because)}"


def _listed(because: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {reason}" for reason, count in because.items())


def _style(row: Row) -> str:
    return "yellow" if set(row.lacks) - {Lack.LOW_UNASKED} else ""


COLUMNS: tuple[Column[Row], ...] = (
    Column("Target", lambda it: it.target, style=_style),
    Column("Zone", lambda it: it.zone or "-"),
    Column("VPC", lambda it: it.vpc or "-"),
    Column("Free", lambda it: str(it.free), style=_style),
    Column("Used", lambda it: str(it.used)),
    Column("Wanted", lambda it: str(it.wanting)),
    Column("Waiting", lambda it: str(it.waiting), style=_style),
    Column("Also", also, prose=True),
)
