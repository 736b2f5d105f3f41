"""What the status queue asks for: the status of an instance, and of interfaces that it gave up."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

from dualhome.application.looks import SOURCE, joined
from dualhome.domain.audit import AuditEntry
from dualhome.domain.identifiers import InstanceId, InterfaceId
from dualhome.domain.status import changes_status, interfaces_given_up

DETAIL_TYPE = "Status"


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
        "detail-type": DETAIL_TYPE,
        "detail": {"instance-id": request.instance, "interfaces": list(request.interfaces)},
    }


def parse_status_request(event: Mapping[str, Any]) -> StatusRequest:
    """
    Read a request.

    Raises:
        KeyError, TypeError, ValueError: the event is none that ``print_status_request`` writes.
    """
    if (event["source"], event["detail-type"]) != (SOURCE, DETAIL_TYPE):
        raise ValueError(f"{event['source']}, {event['detail-type']} asks for no status")
    detail = event["detail"]
    instance = detail["instance-id"]
    return StatusRequest(
        instance=None if instance is None else InstanceId(instance),
        interfaces=tuple(map(InterfaceId, detail["interfaces"])),
    )
