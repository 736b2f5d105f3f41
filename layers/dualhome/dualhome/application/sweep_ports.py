"""What a sweep needs of the world beside the ports that others use: everything page by page."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from dualhome.domain.attachment import Attachment
from dualhome.domain.ec2 import Instance, Interface
from dualhome.domain.identifiers import InstanceId, InterfaceId, TargetName
from dualhome.domain.planning.types import Holder
from dualhome.domain.states import State
from dualhome.domain.sweep import SweepCheckpoint

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """At most 1,000 items; ``token`` is that of the next page, None behind the last one."""

    items: Sequence[T]
    token: str | None = None


class Scan(Protocol):
    """
    Everything of EC2's that a sweep compares; a page is one read.

    Raises:
        PageGoneError: EC2 does not know the token, or no longer.
        TransientError: the read failed.
    """

    def asking(self, token: str | None) -> Page[Instance]:
        """Return a page of the instances that ask for targets, or to be left alone."""
        ...

    def tagged(self, token: str | None) -> Page[Instance]:
        """Return a page of those, and of the instances that carry a status."""
        ...

    def pools(self, token: str | None) -> Page[Interface]:
        """Return a page of the interfaces that are in a pool."""
        ...


class Inventory(Protocol):
    """
    The ledger's records, as a sweep goes through them; a page may lag by a second.

    Raises:
        TransientError: the read failed.
    """

    def attached(self, target: TargetName, token: str | None) -> Page[Attachment]:
        """Return a page of the records of ``target`` that are attached."""
        ...

    def unsettled(self, state: State, token: str | None) -> Page[Attachment]:
        """Return a page of the records in ``state``, which is neither attached nor released."""
        ...

    def recorded(self, holders: Iterable[Holder]) -> Iterable[Attachment]:
        """Return those records of ``holders`` that there are, as last written."""
        ...


class Claims(Protocol):
    """The ledger's claims, and all records of an instance."""

    def records(
        self, instances: Iterable[InstanceId]
    ) -> Mapping[InstanceId, Mapping[TargetName, Attachment]]:
        """Return every record of each instance, as last written; one query for each."""
        ...

    def claims(self, interfaces: Iterable[InterfaceId]) -> Mapping[InterfaceId, Holder]:
        """Return who holds which of ``interfaces``, as last written; free ones are left out."""
        ...


class SweepCheckpoints(Protocol):
    """The checkpoint of sweeps: the round that is under way, or the last one."""

    def read(self) -> SweepCheckpoint | None:
        """Return the round as last written; None before the first sweep."""
        ...

    def write(self, checkpoint: SweepCheckpoint) -> SweepCheckpoint:
        """
        Write ``checkpoint`` over the version that it names; return it with its new version.

        Raises:
            RecordMovedError: another sweep has written meanwhile.
        """
        ...

    def targets(self) -> frozenset[TargetName]:
        """Return every target under which sweeps say that something may be attached."""
        ...
