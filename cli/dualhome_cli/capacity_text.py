"""Pools as people see them: few columns, and beside them only what there is."""

from collections.abc import Iterator, Mapping

from dualhome_cli.capacity_rows import Row
from dualhome_cli.shortages import Lack
from dualhome_cli.table import Column


def also(row: Row) -> str:
    """Say what the columns leave out, where there is any."""
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
