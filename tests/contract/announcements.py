"""Events as a subscriber receives them: what we put on the bus, in EventBridge's envelope."""

import json
from collections.abc import Iterable
from datetime import UTC
from typing import Any, cast

from dualhome.adapters.eventbridge_events import EventBridgeEvents
from dualhome.domain.attachment import AuditEntry
from dualhome.domain.pause import PauseChange

Event = dict[str, Any]


class _Bus:
    """The one call of EventBridge that publishing makes; it refuses what EventBridge refuses."""

    def __init__(self) -> None:
        self.accepted: list[Event] = []

    def put_events(self, *, Entries: list[Event]) -> Event:  # noqa: N803 - boto3's own name
        for entry in Entries:
            detail = json.loads(entry["Detail"])
            self.accepted.append(
                {
                    "version": "0",
                    "id": f"event-{len(self.accepted)}",
                    "source": entry["Source"],
                    "detail-type": entry["DetailType"],
                    "account": detail["account"],
                    "time": entry["Time"].astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
                    "region": detail["region"],
                    "resources": [],
                    "detail": detail,
                }
            )
        return {"FailedEntryCount": 0}


def announced(entries: Iterable[AuditEntry | PauseChange]) -> list[Event]:
    """Return the events of ``entries``, in their order."""
    bus = _Bus()
    EventBridgeEvents(cast("Any", bus)).publish(list(entries))
    return bus.accepted
