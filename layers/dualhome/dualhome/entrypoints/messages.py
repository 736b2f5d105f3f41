"""From a queue message to what it asks for: one parser for each kind of event."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from json import JSONDecodeError, loads
from typing import Any

from dualhome.application.looks import DETAIL_TYPE, SOURCE, Look, Wake, parse_look
from dualhome.domain.attachment import Cause
from dualhome.domain.errors import BadMessageError
from dualhome.domain.identifiers import AccountId, InstanceId, TargetName
from dualhome.domain.tags import TagKeys, names_in

Event = Mapping[str, Any]
Request = Look | Wake | None
"""None: an event that is known and asks for nothing."""

_INSTANCE_ID = re.compile(r"i-[0-9a-f]{8,17}")


@dataclass(frozen=True, slots=True)
class Place:
    """Where we run; events of another account or Region are none of ours."""

    account: AccountId
    region: str
    keys: TagKeys


def parse_message(body: str, place: Place) -> Request:
    """
    Read what a message asks for.

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
        return parser(event, place)
    except (KeyError, TypeError, ValueError, AttributeError) as exc:
        raise BadMessageError(f"{kind[0]}, {kind[1]}: malformed: {exc!r}") from exc


def _look(event: Event, _: Place) -> Request:
    look = parse_look(event)
    _check_instance(look.instance)
    return look


def _state_change(event: Event, place: Place) -> Request:
    _check_origin(event, place)
    instance = event["detail"]["instance-id"]
    return Look(_check_instance(instance), _cause(event))


def _tag_change(event: Event, place: Place) -> Request:
    """Tags in an event say whom to look at, never what is wanted: they may be stale."""
    _check_origin(event, place)
    detail = event["detail"]
    resource = event["resources"][0].rpartition("/")[2]
    cause = replace(_cause(event), resource=resource)
    tags = detail.get("tags", {})
    match detail["resource-type"]:
        case "instance":
            return Look(_check_instance(resource), cause)
        case "network-interface":
            target = tags.get(place.keys.pool, "").strip()
        case "vpc":
            # One that is malformed is told to whoever it may be meant for.
            named = names_in(tags.get(place.keys.target, ""))
            target = next(iter(named)) if len(named) == 1 else ""
        case other:
            raise BadMessageError(f"tags of a {other} say nothing to us")
    return Wake(TargetName(target), cause) if target else None


_PARSERS: Mapping[tuple[str, str], Callable[[Event, Place], Request]] = {
    (SOURCE, DETAIL_TYPE): _look,
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


def _check_origin(event: Event, place: Place) -> None:
    origin = (event["account"], event["region"])
    if origin != (place.account, place.region):
        raise BadMessageError(
            f"event {event['id']} is of account {origin[0]} in {origin[1]},"
            f" but this is {place.account} in {place.region}"
        )


def _check_instance(instance: str) -> InstanceId:
    if not _INSTANCE_ID.fullmatch(instance):
        raise BadMessageError(f"{instance!r} is no instance id")
    return InstanceId(instance)
