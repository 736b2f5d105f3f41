"""
The messages of the stack's own queues, in the shape of an event, and times as text.

Adapters print them, entrypoints and the command parse them; what they mean is
``application.requests``' to say.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from dualhome.application.requests import SOURCE, Announced, ReconcileRequest, StatusRequest
from dualhome.domain.attachment import (
    Cause,
    OperatorAction,
    OperatorRequest,
    UnreadableAudit,
)
from dualhome.domain.identifiers import InstanceId, InterfaceId, TargetName

DETAIL_TYPE = "Reconcile request"
STATUS_DETAIL_TYPE = "Status request"
UNREADABLE_DETAIL_TYPE = "Unreadable audit item"


def print_request(request: ReconcileRequest) -> dict[str, Any]:
    """Write a reconcile request, as ``parse_request`` reads it."""
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
                {"what": it.what.value, "target": it.target, "force": it.force}
                for it in request.operator_requests
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
    Read a reconcile request.

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
        operator_requests=tuple(map(_operator_request, detail.get("asks", ()))),
        announced=tuple(map(_announced, detail.get("announced", ()))),
        compared=int(detail.get("compared", 0)),
    )


def _announced(given: Mapping[str, Any]) -> Announced:
    return Announced(given["resource"], tuple(sorted(given["tags"].items())), int(given["version"]))


def _operator_request(given: Mapping[str, Any]) -> OperatorRequest:
    target = given["target"]
    return OperatorRequest(
        OperatorAction(given["what"]), TargetName(target) if target else None, bool(given["force"])
    )


def print_status_request(request: StatusRequest) -> dict[str, Any]:
    """Write a status request, as ``parse_status_request`` reads it."""
    return {
        "source": SOURCE,
        "detail-type": STATUS_DETAIL_TYPE,
        "detail": {"instance-id": request.instance, "interfaces": list(request.interfaces)},
    }


def parse_status_request(event: Mapping[str, Any]) -> StatusRequest:
    """
    Read a status request.

    Raises:
        KeyError, TypeError, ValueError: the event is none that ``print_status_request`` writes.
    """
    if (event["source"], event["detail-type"]) != (SOURCE, STATUS_DETAIL_TYPE):
        raise ValueError(f"{event['source']}, {event['detail-type']} is no status request")
    detail = event["detail"]
    instance = detail["instance-id"]
    return StatusRequest(
        instance=None if instance is None else InstanceId(instance),
        interfaces=tuple(map(InterfaceId, detail["interfaces"])),
    )


def print_unreadable(item: UnreadableAudit) -> dict[str, Any]:
    """Write an audit item that cannot be read, as ``parse_unreadable`` reads it."""
    return {
        "source": SOURCE,
        "detail-type": UNREADABLE_DETAIL_TYPE,
        "detail": {"pk": item.pk, "sk": item.sk, "why": item.why},
    }


def parse_unreadable(event: Mapping[str, Any]) -> UnreadableAudit:
    """
    Read an audit item that cannot be read.

    Raises:
        KeyError, TypeError, ValueError: the event is none that ``print_unreadable`` writes.
    """
    if event["detail-type"] != UNREADABLE_DETAIL_TYPE:
        raise ValueError(f"{event['detail-type']} is no unreadable item")
    detail = event["detail"]
    keys = detail["pk"], detail["sk"], detail["why"]
    if not all(isinstance(it, str) and it for it in keys):
        raise ValueError("an unreadable item has keys, and a reason")
    return UnreadableAudit(*keys)


def stamp(time: datetime) -> str:
    """Return ``time`` in UTC to the millisecond, so that text sorts as time does."""
    return time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
