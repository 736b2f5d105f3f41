"""What the command reads of a deployed account: the ports that ``Stack`` fulfils."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from dualhome.application.snapshot import Sources
from dualhome.application.sweep_ports import Scan
from dualhome.domain.attachment import Attachment, AuditEntry
from dualhome.domain.ec2 import DeviceSlot
from dualhome.domain.identifiers import InstanceId, InterfaceId, TargetName
from dualhome.domain.pause import PauseChange
from dualhome.domain.planning.eligibility import Policy
from dualhome.domain.planning.types import Holder


class AuditLog(Protocol):
    """
    Audit entries, oldest first, or ``newest`` first; ``since`` leaves out what is older.

    An index may miss entries of the last second. What the retention has expired is gone.
    """

    def of_instance(
        self, instance: InstanceId, since: datetime | None = None, *, newest: bool = False
    ) -> Iterator[AuditEntry]:
        """Yield the moves of an instance's attachments."""
        ...

    def of_interface(
        self, interface: InterfaceId, since: datetime | None = None, *, newest: bool = False
    ) -> Iterator[AuditEntry]:
        """Yield the moves that had to do with an interface, on whichever instance."""
        ...

    def of_day(
        self, day: date, since: datetime | None = None, *, newest: bool = False
    ) -> Iterator[AuditEntry | PauseChange]:
        """Yield the moves and pauses of a day, in UTC."""
        ...


@dataclass(frozen=True, slots=True)
class Partition:
    """One instance's part of the table of attachments."""

    instance: InstanceId
    records: tuple[Attachment, ...]
    slots: Mapping[tuple[InstanceId, DeviceSlot], Holder]


class Partitions(Protocol):
    """The table of attachments, instance by instance."""

    def of(self, instance: InstanceId) -> Partition:
        """Return the part of ``instance`` as last written, by one read."""
        ...


@dataclass(frozen=True, slots=True)
class BreakerState:
    """The release breaker: the instances ``admitted`` since the last sweep; ``open``: no more."""

    open: bool = False
    admitted: frozenset[InstanceId] = frozenset()


@dataclass(frozen=True, slots=True)
class Caller:
    """
    The operator's ARN, and the unique id that IAM calls ``aws:userid``.

    ``at`` is the time by AWS's clock, if AWS said it.
    """

    arn: str
    user_id: str
    at: datetime | None


class AccountSource(Protocol):
    """
    Where a whole account is read.

    Without ``whole_past`` the oldest audit entries expire.
    """

    @property
    def policy(self) -> Policy:
        """What the deployment decides about choices."""
        ...

    @property
    def whole_past(self) -> bool:
        """Whether the audit log keeps every entry."""
        ...

    @property
    def sources(self) -> Sources:
        """What a reconciler reads: instances, VPCs, interfaces and the ledger."""
        ...

    @property
    def scan(self) -> Scan:
        """Everything tagged in EC2, page by page."""
        ...

    @property
    def partitions(self) -> Partitions:
        """The table of attachments, instance by instance."""
        ...

    @property
    def audit_log(self) -> AuditLog:
        """The audit log."""
        ...

    def swept_targets(self) -> frozenset[TargetName]:
        """Return every target that a sweep has recorded."""
        ...
