"""Whether targets can be had: what is missing, by the rules that `dualhome targets` shows."""

from collections.abc import Iterator
from dataclasses import dataclass

from dualhome.domain.invariants.snapshot import Account
from dualhome_cli.doctor.check import Remark, Severity
from dualhome_cli.pools.capacity import pools_of
from dualhome_cli.pools.shortages import Lack, shortages


@dataclass(frozen=True, slots=True)
class Pools:
    """The account, and how many interfaces a pool should have free."""

    account: Account
    low_water: int


def shortages_of(pools: Pools) -> Iterator[Remark]:
    """Names that no VPC serves, VPCs without interfaces or that allow no VPC, low pools."""
    for shortage in shortages(pools.account, pools_of(pools.account), pools.low_water):
        if shortage.lack is Lack.BAD_NAME:  # the check of tags reports every malformed one
            continue
        yield Remark(
            Severity.NOTE if shortage.lack is Lack.LOW_UNASKED else Severity.WARNING,
            shortage.text,
            shortage.remedy,
            about=shortage.interfaces,
            targets=(shortage.target,),
        )
