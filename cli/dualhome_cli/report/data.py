"""Everything that the page shows, and how it is read."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from dualhome.domain.invariants.snapshot import Account
from dualhome_cli.pools.capacity import Pool, pools_of
from dualhome_cli.pools.shortages import Shortage, shortages
from dualhome_cli.report.statistics import Day, day_of
from dualhome_cli.stack import Stack
from dualhome_cli.status.attachment_row import AttachmentRow, row_of
from dualhome_cli.ui.shell_commands import with_options


@dataclass(frozen=True, slots=True)
class Facts:
    """``rows`` are all attachments that are not released; ``at`` is when they were read."""

    stack: str
    region: str
    at: datetime
    account: Account
    rows: tuple[AttachmentRow, ...]
    pools: tuple[Pool, ...]
    shortages: tuple[Shortage, ...]
    day: Day


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
        rows=tuple(row_of(record, now) for record in account.records.values()),
        pools=pools,
        shortages=tuple(
            replace(it, remedy=with_options(it.remedy, stack))
            for it in shortages(account, pools, low_water)
        ),
        day=day_of(day, stack.audit_log.of_day(day)),
    )
