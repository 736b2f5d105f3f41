"""What the queues ask for: reconcile an instance or those that lack a target, write a status."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, Self, TypeVar

from dualhome.domain.attachment import AuditEntry, Cause, OperatorRequest
from dualhome.domain.identifiers import InstanceId, InterfaceId, TargetName
from dualhome.domain.status import changes_status, interfaces_given_up

SOURCE = "dualhome"
"""What the causes and the events of the product name as their source."""

Key = TypeVar("Key")
Joined = TypeVar("Joined", bound="Joinable")

MOST_ANNOUNCED = 8
"""Resources whose tags a message carries; SQS takes 256 KB."""


class Joinable(Protocol):
    """A request that one message makes, and others may make too."""

    def joined_by(self, other: Self) -> Self:
        """Return one request for both, about the same thing."""
        ...


def joined(requests: Iterable[Joined], about: Callable[[Joined], Key]) -> dict[Key, Joined]:
    """Return one request for each thing that ``requests`` are about, in the order of the first."""
    found: dict[Key, Joined] = {}
    for it in requests:
        before = found.get(about(it))
        found[about(it)] = before.joined_by(it) if before else it
    return found


@dataclass(frozen=True, slots=True)
class Announced:
    """
    The input tags of a resource as an event shows them; ``version`` rises with each change.

    They are only compared: EC2's answer may still show older ones, never what to do.
    """

    resource: str
    tags: tuple[tuple[str, str], ...]
    version: int = 0


@dataclass(frozen=True, slots=True)
class ReconcileRequest:
    """
    Reconcile one instance. ``attempt`` counts the requests since the ``cause``, from 0.

    ``operator_requests`` are done by the first reconciliation that gets to them. ``announced`` are
    tags that EC2 should show by now, ``compared`` how often it has shown others.
    """

    instance: InstanceId
    cause: Cause
    attempt: int = 0
    operator_requests: tuple[OperatorRequest, ...] = ()
    announced: tuple[Announced, ...] = ()
    compared: int = 0

    def again(self) -> Self:
        """Return the next request for the same cause."""
        return replace(self, attempt=self.attempt + 1)

    def joined_by(self, other: Self) -> Self:
        """
        Return one request for both, of the same instance: the later one, with what operators ask.

        One with operator requests counts as later than one without: they are about what stood when
        they were made, and by whom, which the cause tells.
        """
        later = max(
            other, self, key=lambda it: (bool(it.operator_requests), it.cause.time, -it.attempt)
        )
        return replace(
            later,
            operator_requests=tuple(
                dict.fromkeys((*self.operator_requests, *other.operator_requests))
            ),
            announced=newest((*self.announced, *other.announced)),
            # One that announces nothing has compared nothing.
            compared=min((it.compared for it in (self, other) if it.announced), default=0),
        )


@dataclass(frozen=True, slots=True)
class CapacityChange:
    """
    Capacity for a target may have changed: every instance that lacks it is reconciled.

    ``announced`` are the tags of interfaces and VPCs that have changed it.
    """

    target: TargetName
    cause: Cause
    announced: tuple[Announced, ...] = ()

    @property
    def interfaces(self) -> tuple[InterfaceId, ...]:
        """The interfaces whose tags have changed; none where only tags of VPCs have."""
        ids = (it.resource for it in self.announced)
        return tuple(InterfaceId(id_) for id_ in ids if id_.startswith("eni-"))

    def joined_by(self, other: Self) -> Self:
        """Return one for both, of the same target: for the later cause, with what both announce."""
        later = max(self, other, key=lambda it: it.cause.time)
        return replace(later, announced=newest((*self.announced, *other.announced)))


def newest(announced: Iterable[Announced]) -> tuple[Announced, ...]:
    """Return the latest of each resource, of so many resources as a message may carry."""
    latest: dict[str, Announced] = {}
    for it in sorted(announced, key=lambda it: it.version):
        latest[it.resource] = it
    return tuple(latest[id_] for id_ in sorted(latest)[:MOST_ANNOUNCED])


@dataclass(frozen=True, slots=True)
class StatusRequest:
    """
    Write what the ledger says of ``instance`` when this is read, there and on what it holds.

    ``interfaces`` may have been given up. Without an instance, their last holder is not known.
    """

    instance: InstanceId | None
    interfaces: tuple[InterfaceId, ...] = ()

    def joined_by(self, other: Self) -> Self:
        """Return one request for both, of the same instance."""
        return replace(self, interfaces=tuple(dict.fromkeys((*self.interfaces, *other.interfaces))))


def status_requests(entries: Iterable[AuditEntry]) -> Sequence[StatusRequest]:
    """Return one request for each instance whose status the moves of ``entries`` may change."""
    requests = (
        StatusRequest(entry.after.instance, interfaces_given_up(entry.move))
        for entry in entries
        if changes_status(entry.move)
    )
    return list(joined(requests, lambda it: it.instance).values())
