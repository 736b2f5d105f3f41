"""What the queues ask for: reconcile an instance or those that lack a target, write a status."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol, Self, TypeVar

from dualhome.domain.attachment import AuditEntry, Cause, OperatorAction, OperatorRequest
from dualhome.domain.identifiers import InstanceId, InterfaceId, TargetName
from dualhome.domain.status import changes_status, interfaces_given_up

SOURCE = "dualhome"
DETAIL_TYPE = "Reconcile request"

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
        """Return the next look for the same cause."""
        return replace(self, attempt=self.attempt + 1)

    def joined_by(self, other: Self) -> Self:
        """
        Return one look for both, at the same instance: the later one, with the asks of both.

        A look with asks counts as later than one without: an ask is about what stood when it was
        made, and by whom, which its cause tells.
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
    Capacity for a target may have changed: look at every instance that lacks it.

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


def print_request(request: ReconcileRequest) -> dict[str, Any]:
    """Write a look in the shape of an event, as ``parse_request`` reads it."""
    cause = request.cause
    return {
        "source": SOURCE,
        "detail-type": DETAIL_TYPE,
        "detail": {
            "instance-id": request.instance,
            "attempt": request.attempt,
            "cause": {
                "id": cause.event_id,
                "source": cause.source,
                "detail-type": cause.detail_type,
                "time": cause.time.isoformat(),
                "tag-version": cause.tag_version,
                "resource": cause.resource,
                "principal": cause.principal,
            },
            "asks": [
                {"what": ask.what.value, "target": ask.target, "force": ask.force}
                for ask in request.operator_requests
            ],
            "announced": [
                {"resource": it.resource, "tags": dict(it.tags), "version": it.version}
                for it in request.announced
            ],
            "compared": request.compared,
        },
    }


def parse_request(event: Mapping[str, Any]) -> ReconcileRequest:
    """
    Read a look.

    Raises:
        KeyError, TypeError, ValueError: the event is none that ``print_request`` writes.
    """
    detail = event["detail"]
    cause = detail["cause"]
    return ReconcileRequest(
        instance=InstanceId(detail["instance-id"]),
        attempt=int(detail["attempt"]),
        cause=Cause(
            event_id=cause["id"],
            source=cause["source"],
            detail_type=cause["detail-type"],
            time=datetime.fromisoformat(cause["time"]),
            tag_version=cause["tag-version"],
            resource=cause.get("resource"),
            principal=cause.get("principal"),
        ),
        operator_requests=tuple(map(_ask, detail.get("asks", ()))),
        announced=tuple(map(_announced, detail.get("announced", ()))),
        compared=int(detail.get("compared", 0)),
    )


def _announced(it: Mapping[str, Any]) -> Announced:
    return Announced(it["resource"], tuple(sorted(it["tags"].items())), int(it["version"]))


def _ask(it: Mapping[str, Any]) -> OperatorRequest:
    target = it["target"]
    return OperatorRequest(
        OperatorAction(it["what"]), TargetName(target) if target else None, bool(it["force"])
    )


STATUS_DETAIL_TYPE = "Status request"


@dataclass(frozen=True, slots=True)
class StatusRequest:
    """
    Write what the ledger says of ``instance`` when this is read, there and on what it holds.

    ``interfaces`` may have been given up. Without an instance, nobody knows who held them.
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


def print_status_request(request: StatusRequest) -> dict[str, Any]:
    """Write a request in the shape of an event, as ``parse_status_request`` reads it."""
    return {
        "source": SOURCE,
        "detail-type": STATUS_DETAIL_TYPE,
        "detail": {"instance-id": request.instance, "interfaces": list(request.interfaces)},
    }


def parse_status_request(event: Mapping[str, Any]) -> StatusRequest:
    """
    Read a request.

    Raises:
        KeyError, TypeError, ValueError: the event is none that ``print_status_request`` writes.
    """
    if (event["source"], event["detail-type"]) != (SOURCE, STATUS_DETAIL_TYPE):
        raise ValueError(f"{event['source']}, {event['detail-type']} asks for no status")
    detail = event["detail"]
    instance = detail["instance-id"]
    return StatusRequest(
        instance=None if instance is None else InstanceId(instance),
        interfaces=tuple(map(InterfaceId, detail["interfaces"])),
    )
