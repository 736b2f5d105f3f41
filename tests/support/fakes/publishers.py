"""Where moves are told, in memory: events, metrics, status tags, and what cannot be read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from dualhome.domain.attachment import AuditEntry, UnreadableAudit
from dualhome.domain.errors import DualhomeError
from dualhome.domain.pause import PauseChange
from dualhome.domain.tags import MAX_VALUE
from tests.support.builders.values import POLICY
from tests.support.fakes.call_log import Calls
from tests.support.fakes.ec2 import InMemoryEc2


@dataclass(frozen=True, slots=True)
class InMemoryEvents:
    """The port ``Events``; ``announced`` is what subscribers saw, ``published`` the moves in it."""

    calls: Calls
    announced: list[AuditEntry | PauseChange] = field(default_factory=list)

    @property
    def published(self) -> list[AuditEntry]:
        """The moves that subscribers saw."""
        return [it for it in self.announced if isinstance(it, AuditEntry)]

    def publish(self, entries: Sequence[AuditEntry | PauseChange]) -> None:
        """Announce ``entries`` in their order."""
        with self.calls.making("put_events"):
            self.announced.extend(entries)


@dataclass(frozen=True, slots=True)
class InMemoryStatusTags:
    """The port ``StatusTags`` over an EC2 in memory; ``refusing`` says which it may not tag."""

    ec2: InMemoryEc2
    key: str = POLICY.keys.status
    refusing: dict[str, DualhomeError] = field(default_factory=dict)

    def write(self, resources: Sequence[str], status: str) -> None:
        """Set the status of all ``resources``, or take it off, as the port says."""
        if len(status) > MAX_VALUE:
            raise ValueError(f"EC2 takes no tag value of {len(status)} characters")
        with self.ec2.calls.making("create_tags" if status else "delete_tags"):
            refused = [self.refusing[it] for it in resources if it in self.refusing]
            for resource in resources:
                if resource not in self.refusing:
                    self.ec2.tag(resource, {self.key: status or None})
            if refused:
                raise refused[0]


@dataclass(frozen=True, slots=True)
class InMemoryMetrics:
    """The port ``Metrics``; ``counted`` holds every move that was counted, ``pauses`` what else."""

    counted: list[AuditEntry] = field(default_factory=list)
    pauses: list[PauseChange] = field(default_factory=list)

    def moved(self, entry: AuditEntry) -> None:
        """Count a move."""
        self.counted.append(entry)

    def paused(self, change: PauseChange) -> None:
        """Keep what is told of a pause."""
        self.pauses.append(change)


@dataclass(frozen=True, slots=True)
class InMemorySetAside:
    """The port ``SetAside``; ``kept`` is what lies there."""

    calls: Calls
    kept: list[UnreadableAudit] = field(default_factory=list)

    def put(self, items: Iterable[UnreadableAudit]) -> None:
        """Keep ``items``."""
        with self.calls.making("set_aside"):
            self.kept.extend(items)
