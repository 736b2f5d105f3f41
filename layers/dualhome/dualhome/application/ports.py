"""What the use cases need of the world, each port cut by use."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Protocol

from dualhome.application.requests import ReconcileRequest, StatusRequest
from dualhome.domain.attachment import Attachment, AuditEntry, Move, Trace, UnreadableAudit
from dualhome.domain.ec2 import Capacity, DeviceSlot, Instance, Interface, Vpc
from dualhome.domain.identifiers import (
    AttachmentId,
    InstanceId,
    InterfaceId,
    TargetName,
    VpcId,
    Zone,
)
from dualhome.domain.pause import PauseChange
from dualhome.domain.planning.types import Holder
from dualhome.domain.states import State


class Instances(Protocol):
    """EC2's instances. Each method is one paginated read, whatever it is asked for."""

    def describe(self, ids: Iterable[InstanceId]) -> Mapping[InstanceId, Instance]:
        """Return the instances that EC2 shows; unknown ids are left out."""
        ...

    def capacities(self, types: Iterable[str]) -> Mapping[str, Capacity]:
        """Return what each instance type holds; unknown types are left out."""
        ...


class Vpcs(Protocol):
    """EC2's VPCs."""

    def describe(self) -> Mapping[VpcId, Vpc]:
        """Return every VPC of the account in the Region."""
        ...


class Interfaces(Protocol):
    """EC2's interfaces."""

    def pool(self, targets: Iterable[TargetName]) -> Mapping[InterfaceId, Interface]:
        """Return the interfaces tagged for one of ``targets``, in use or not."""
        ...

    def attach(
        self, instance: InstanceId, interface: InterfaceId, slot: DeviceSlot
    ) -> AttachmentId:
        """
        Ask EC2 to attach; the answer means accepted, not attached.

        The pause is read before each request, those that repeat one included.

        Raises:
            PausedError: nothing is asked any more; an earlier request may have been carried out.
            DualhomeError: as ``domain.errors`` sorts EC2's codes.
        """
        ...

    def detach(self, attachment: AttachmentId, *, force: bool = False) -> None:
        """
        Ask EC2 to detach an interface; the return means accepted, not detached.

        Raises:
            AttachmentGoneError: it is detached already.
            PausedError: as ``attach``.
            DualhomeError: as ``domain.errors`` sorts EC2's codes.
        """
        ...

    def find(self, interface: InterfaceId) -> Interface | None:
        """Return ``interface``; None if it does not exist."""
        ...


class Facts(Protocol):
    """
    EC2's answers by id: what a second reading rests on. Each method is one call for 200 ids.

    Raises:
        TransientError: EC2 could not be asked.
    """

    def tags(self, resources: Iterable[str]) -> Mapping[str, Mapping[str, str]]:
        """Return the tags of ``resources``; one without tags, or unknown, is left out."""
        ...

    def instance(self, id_: InstanceId) -> Instance | None:
        """Return the instance; None if EC2 does not know it."""
        ...

    def vpcs(self, ids: Iterable[VpcId]) -> Mapping[VpcId, Vpc]:
        """Return the VPCs of ``ids``; those that EC2 does not know are left out."""
        ...

    def interfaces(self, ids: Iterable[InterfaceId]) -> Mapping[InterfaceId, Interface]:
        """Return the interfaces of ``ids``; those that EC2 does not know are left out."""
        ...


class Ledger(Protocol):
    """Our records: the present, its claims and slots, and the past."""

    def records(
        self, instances: Iterable[InstanceId]
    ) -> Mapping[InstanceId, Mapping[TargetName, Attachment]]:
        """Return every record of each instance; an instance without any maps to none."""
        ...

    def claims(self, interfaces: Iterable[InterfaceId]) -> Mapping[InterfaceId, Holder]:
        """Return who holds which of ``interfaces``; the free ones are left out."""
        ...

    def commit(self, move: Move, trace: Trace) -> None:
        """
        Write the move, its claim and slot, and its audit entry: all, or nothing.

        Raises:
            RecordMovedError, ClaimTakenError, SlotClaimedError: another writer was faster.
            TransientError: nothing was written, or it cannot be known.
        """
        ...

    def in_state(
        self, target: TargetName, state: State, zone: Zone | None = None, page: int | None = None
    ) -> Iterable[Attachment]:
        """
        Return the records for ``target`` that are in ``state``, read as far as they are taken.

        Within a zone, those come first that are in it longest. Records written less than a second
        ago may be missing. ``page`` is how many are read at a time.
        """
        ...

    def unreleased(self, target: TargetName) -> Iterable[Attachment]:
        """Return every record of ``target`` but the released, page by page."""
        ...

    def unsettled(self) -> Iterable[Attachment]:
        """Return every record that is neither attached nor released, page by page."""
        ...


class Rollbacks(Protocol):
    """The state machine that releases attachments."""

    def start(self, record: Attachment) -> None:
        """
        Start the rollback of what ``record`` holds; starting again is harmless.

        One that a pause has ended is started anew, and is none of the tries that are counted.

        Raises:
            TransientError: it may not have started.
            RollbackExhaustedError: every try has died.
        """
        ...


class ReconcileQueue(Protocol):
    """The queue of instances to reconcile."""

    def put(self, requests: Iterable[ReconcileRequest], delay: timedelta) -> None:
        """Queue ``requests``, received after ``delay``: whole seconds, 15 minutes at most."""
        ...


class Events(Protocol):
    """Where moves are announced, and pauses."""

    def publish(self, entries: Sequence[AuditEntry | PauseChange]) -> None:
        """
        Announce ``entries`` in their order.

        Raises:
            TransientError: some may not have been accepted; publishing all again is harmless.
        """
        ...


class ReleaseBreaker(Protocol):
    """
    What keeps a tag policy that went wrong from emptying the account.

    Between two sweeps that find all in order, so many instances lose what they no longer want.
    """

    def admits(self, instance: InstanceId) -> bool:
        """
        Say whether ``instance`` may lose its interfaces; asked again, the answer is the same.

        Raises:
            TransientError: it cannot be known.
        """
        ...

    def open(self) -> None:
        """Let nothing more go until ``release``."""
        ...

    def reset(self) -> None:
        """Begin to count anew."""
        ...


class StatusQueue(Protocol):
    """The queue of instances whose status tags may have to be written."""

    def put(self, requests: Iterable[StatusRequest]) -> None:
        """
        Queue ``requests``.

        Raises:
            TransientError: some were not accepted.
        """
        ...


class StatusTags(Protocol):
    """The status tags on instances and interfaces."""

    def write(self, resources: Sequence[str], status: str) -> None:
        """
        Set the status of all ``resources``; an empty one takes the tag off.

        Those that are gone are skipped; so is, with a line in the log, what EC2 refuses for
        good, such as a tag beyond the limit of a resource.

        Raises:
            TransientError: some cannot be written now; the others were.
            AccessDeniedError: some may not be written; the others were.
        """
        ...


class SetAside(Protocol):
    """Where unreadable audit items are kept for an operator."""

    def put(self, items: Iterable[UnreadableAudit]) -> None:
        """
        Keep ``items``.

        Raises:
            TransientError: some were not accepted.
        """
        ...


class Metrics(Protocol):
    """What is counted and timed."""

    def moved(self, entry: AuditEntry) -> None:
        """Count a move by state and reason, and time it if it ended in ``attached``."""
        ...

    def paused(self, change: PauseChange) -> None:
        """Tell that a pause has begun, or ended."""
        ...
