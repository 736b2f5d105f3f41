"""How many interfaces of a pool are free in a zone, besides those that EC2 has refused."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from dualhome.application.snapshot import Sources
from dualhome.domain.attachment import Attachment
from dualhome.domain.ec2 import Vpc, reservation_of
from dualhome.domain.errors import DualhomeError
from dualhome.domain.identifiers import InterfaceId, TargetName, VpcId, Zone
from dualhome.domain.invariants.snapshot import Account
from dualhome.domain.planning.eligibility import Policy
from dualhome_cli.pools.capacity import Use, pools_of
from dualhome_cli.status.details import refusals_now

Kept = str
"""The reservation of an interface: an instance's id, or a Name; empty for none."""


@dataclass
class Alternatives:
    """Pools, each read when it is first asked about: most records have nothing refused."""

    sources: Sources
    policy: Policy
    _free: dict[TargetName, dict[tuple[Zone, Kept], set[InterfaceId]]] = field(default_factory=dict)

    def of(self, record: Attachment, now: datetime) -> int | None:
        """
        Return how many are free that ``record`` has not been refused; None if it cannot be read.

        What has a reservation may have those alone that are reserved likewise.
        """
        if record.zone is None:
            return None
        refused = {it.interface for it in refusals_now(record, now)}
        try:
            free = self._free_of(record.target)
        except DualhomeError:  # a status without it is better than none
            return None
        return len(free.get((record.zone, record.reservation or ""), set()) - refused)

    @cached_property
    def _vpcs(self) -> Mapping[VpcId, Vpc]:
        return self.sources.vpcs.describe()

    def _free_of(self, target: TargetName) -> dict[tuple[Zone, Kept], set[InterfaceId]]:
        if target not in self._free:
            pool = self.sources.interfaces.pool({target})
            claims = self.sources.ledger.claims(pool.keys())
            account = Account({}, claims, {}, (), {}, pool, self._vpcs, self.policy)
            self._free[target] = _free(account)
        return self._free[target]


def _free(account: Account) -> dict[tuple[Zone, Kept], set[InterfaceId]]:
    found: dict[tuple[Zone, Kept], set[InterfaceId]] = defaultdict(set)
    for pool in pools_of(account):
        for stock in pool.stocks:
            for id_, use in stock.uses.items():
                if use in {Use.FREE, Use.RESERVED}:
                    kept = reservation_of(account.interfaces[id_], account.policy.keys)
                    found[pool.zone, kept].add(id_)
    return found
