"""From a queue message to what it asks for: one parser for each kind of event."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from json import JSONDecodeError, loads
from typing import Any

from dualhome.application.requests import SOURCE, Announced, CapacityChange, ReconcileRequest
from dualhome.domain.attachment import Cause
from dualhome.domain.errors import BadMessageError
from dualhome.domain.identifiers import AccountId, InstanceId, TargetName
from dualhome.domain.tags import TagKeys, names_in
from dualhome.wire import DETAIL_TYPE, parse_request

Event = Mapping[str, Any]
Request = ReconcileRequest | CapacityChange

_INSTANCE_ID = re.compile(r"i-[0-9a-f]{8,17}")


@dataclass(frozen=True, slots=True)
class Scope:
    """Where we run; events of another account or Region are none of ours."""

    account: AccountId
    region: str
    keys: TagKeys


def parse_message(body: str, scope: Scope) -> tuple[Request, ...]:
    """
    Read what a message asks for; nothing, if it is an event that is known and asks for nothing.

    Raises:
        BadMessageError: it is not JSON, of an unknown kind, incomplete, or comes from another
            account or Region; the message says which, and quotes no more than its beginning.
    """
    try:
        event = loads(body)
        kind = (event["source"], event["detail-type"])
    except (JSONDecodeError, KeyError, TypeError) as exc:
        raise BadMessageError(f"not an event in JSON: {body[:80]!r}") from exc
    parser = _PARSERS.get(kind)
    if parser is None:
        raise BadMessageError(f"no parser for events of source and detail-type {kind}")
    try:
        return tuple(parser(event, scope))
    except (KeyError, TypeError, ValueError, AttributeError) as exc:
        raise BadMessageError(f"{kind[0]}, {kind[1]}: malformed: {exc!r}") from exc


def _reconcile_request(event: Event, _: Scope) -> Iterator[Request]:
    request = parse_request(event)
    _check_instance(request.instance)
    yield request


def _state_change(event: Event, scope: Scope) -> Iterator[Request]:
    _check_origin(event, scope)
    instance = event["detail"]["instance-id"]
    yield ReconcileRequest(_check_instance(instance), _cause(event))


def _tag_change(event: Event, scope: Scope) -> Iterator[Request]:
    """Tags in an event say what to reconcile, and what EC2 should show; they may be stale."""
    _check_origin(event, scope)
    detail = event["detail"]
    tags = detail.get("tags", {})
    for arn in event["resources"]:
        resource = arn.rpartition("/")[2]
        cause = replace(_cause(event), resource=resource)
        ours = tuple(sorted(scope.keys.of_input(tags).items()))
        announced = (Announced(resource, ours, cause.tag_version or 0),)
        if detail["resource-type"] == "instance":
            yield ReconcileRequest(_check_instance(resource), cause, announced=announced)
            continue
        for target in sorted(_targets_of(detail["resource-type"], tags, scope.keys)):
            yield CapacityChange(target, cause, announced)


def _targets_of(kind: str, tags: Mapping[str, str], keys: TagKeys) -> frozenset[TargetName]:
    """Return the targets that tags of an interface or a VPC are about."""
    match kind:
        case "network-interface":
            target = tags.get(keys.pool, "").strip()
            return frozenset({TargetName(target)} if target else ())
        case "vpc":
            # A malformed one is an error of each target that it may be meant for.
            return frozenset(names_in(tags.get(keys.target, "")))
        case _:
            raise BadMessageError(f"tags of a {kind} say nothing to us")


_PARSERS: Mapping[tuple[str, str], Callable[[Event, Scope], Iterator[Request]]] = {
    (SOURCE, DETAIL_TYPE): _reconcile_request,
    ("aws.ec2", "EC2 Instance State-change Notification"): _state_change,
    ("aws.tag", "Tag Change on Resource"): _tag_change,
}


def _cause(event: Event) -> Cause:
    version = event["detail"].get("version")
    return Cause(
        event_id=event["id"],
        source=event["source"],
        detail_type=event["detail-type"],
        time=datetime.fromisoformat(event["time"]),
        # It may arrive as a float such as 4.0.
        tag_version=None if version is None else int(float(version)),
    )


def _check_origin(event: Event, scope: Scope) -> None:
    origin = (event["account"], event["region"])
    if origin != (scope.account, scope.region):
        raise BadMessageError(
            f"event {event['id']} is of account {origin[0]} in {origin[1]},"
            f" but this is {scope.account} in {scope.region}"
        )


def _check_instance(instance: str) -> InstanceId:
    if not _INSTANCE_ID.fullmatch(instance):
        raise BadMessageError(f"{instance!r} is no instance id")
    return InstanceId(instance)
