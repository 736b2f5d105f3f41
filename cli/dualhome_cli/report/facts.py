"""Everything that the page shows, before it is drawn."""

from dataclasses import dataclass
from datetime import datetime

from dualhome.domain.account import Account
from dualhome_cli.capacity import Pool
from dualhome_cli.report.day import Day
from dualhome_cli.shortages import Shortage
from dualhome_cli.standing import Standing


@dataclass(frozen=True, slots=True)
class Facts:
    """``standings`` are all attachments that are not released; ``at`` is when they were read."""

    stack: str
    region: str
    at: datetime
    account: Account
    standings: tuple[Standing, ...]
    pools: tuple[Pool, ...]
    shortages: tuple[Shortage, ...]
    day: Day
