"""The past in memory: the audit entries of the ledger beside it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from dualhome.domain.audit import AuditEntry
from dualhome.domain.identifiers import InstanceId, InterfaceId


@dataclass(frozen=True, slots=True)
class InMemoryArchive:
    """The port ``Archive``; ``audit`` may grow while it is read."""

    audit: Sequence[AuditEntry]

    def of_instance(
        self, instance: InstanceId, since: datetime | None = None, *, newest: bool = False
    ) -> Iterator[AuditEntry]:
        """Yield the moves of an instance's attachments."""
        return self._those(lambda it: it.after.instance == instance, since, newest=newest)

    def of_interface(
        self, interface: InterfaceId, since: datetime | None = None, *, newest: bool = False
    ) -> Iterator[AuditEntry]:
        """Yield the moves that had to do with an interface."""
        return self._those(
            lambda it: bool(it.held and it.held.interface == interface), since, newest=newest
        )

    def of_day(
        self, day: date, since: datetime | None = None, *, newest: bool = False
    ) -> Iterator[AuditEntry]:
        """Yield the moves of a day, in UTC."""
        return self._those(lambda it: it.at.astimezone(UTC).date() == day, since, newest=newest)

    def _those(
        self, mine: Callable[[AuditEntry], bool], since: datetime | None, *, newest: bool
    ) -> Iterator[AuditEntry]:
        found = [it for it in self.audit if mine(it) and (not since or it.at >= since)]
        return iter(sorted(found, key=lambda it: (it.at, it.id), reverse=newest))
