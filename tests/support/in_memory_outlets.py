"""Where moves are told, in memory: events, status tags and metrics."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from dualhome.domain.audit import AuditEntry
from dualhome.domain.tags import MAX_VALUE
from tests.support.builders import POLICY
from tests.support.in_memory_calls import Calls
from tests.support.in_memory_ec2 import InMemoryEc2


@dataclass(frozen=True, slots=True)
class InMemoryEvents:
    """The port ``Events``; ``published`` is what subscribers saw."""

    calls: Calls
    published: list[AuditEntry] = field(default_factory=list)

    def publish(self, entries: Sequence[AuditEntry]) -> None:
        """Announce ``entries`` in their order."""
        with self.calls.making("put_events"):
            self.published.extend(entries)


@dataclass(frozen=True, slots=True)
class InMemoryStatusTags:
    """The port ``StatusTags`` over an EC2 in memory."""

    ec2: InMemoryEc2
    key: str = POLICY.keys.status

    def write(self, resources: Sequence[str], status: str) -> None:
        """Set the status of all ``resources``; those that are gone are passed over."""
        with self.ec2.calls.making("create_tags"):
            if len(status) > MAX_VALUE:
                raise ValueError(f"EC2 takes no tag value of {len(status)} characters")
            for resource in resources:
                self.ec2.tag(resource, {self.key: status})


@dataclass(frozen=True, slots=True)
class InMemoryMetrics:
    """The port ``Metrics``; ``counted`` holds every move that was counted."""

    counted: list[AuditEntry] = field(default_factory=list)

    def moved(self, entry: AuditEntry) -> None:
        """Count a move."""
        self.counted.append(entry)
