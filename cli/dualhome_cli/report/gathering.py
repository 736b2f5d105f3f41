"""Reads everything that the page shows."""

from dataclasses import replace
from datetime import date, datetime

from dualhome.domain.account import Account
from dualhome_cli.capacity import pools_of
from dualhome_cli.pasting import pasted
from dualhome_cli.report.day import day_of
from dualhome_cli.report.facts import Facts
from dualhome_cli.shortages import shortages
from dualhome_cli.stack import Stack
from dualhome_cli.standing import standing_of


def gather(stack: Stack, account: Account, day: date, now: datetime) -> Facts:
    """
    Return what there is; the moves of ``day`` are counted page by page.

    Raises:
        DualhomeError: a read failed.
    """
    pools = pools_of(account)
    low_water = int(stack.parameter("PoolLowWater"))
    return Facts(
        stack=stack.name,
        region=stack.region,
        at=now,
        account=account,
        standings=tuple(standing_of(record, now) for record in account.records.values()),
        pools=pools,
        shortages=tuple(
            replace(it, remedy=pasted(it.remedy, stack))
            for it in shortages(account, pools, low_water)
        ),
        day=day_of(day, stack.archive.of_day(day)),
    )
