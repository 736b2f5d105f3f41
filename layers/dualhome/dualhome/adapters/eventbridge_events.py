"""Moves and pauses as events on the default event bus."""

from collections.abc import Sequence
from json import dumps
from typing import TYPE_CHECKING

from dualhome.adapters.aws_errors import domain_errors
from dualhome.adapters.dynamodb.items import Values, audit_values, pause_values
from dualhome.domain.attachment import AuditEntry
from dualhome.domain.errors import UnavailableError
from dualhome.domain.pause import PauseChange

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient

SOURCE = "dualhome"
DETAIL_TYPE = "Attachment State Change"
PAUSE_DETAIL_TYPE = "Pause Change"

ENTRIES_PER_PUT = 10
"""Entries that one PutEvents takes (EventBridge quotas)."""


class EventBridgeEvents:
    """The account's default bus; an event's detail is the audit entry."""

    def __init__(self, events: "EventBridgeClient") -> None:
        self._events = events

    def publish(self, entries: Sequence[AuditEntry | PauseChange]) -> None:
        """
        Announce ``entries`` in their order.

        Raises:
            TransientError: some were not accepted.
        """
        for start in range(0, len(entries), ENTRIES_PER_PUT):
            some = entries[start : start + ENTRIES_PER_PUT]
            with domain_errors():
                answer = self._events.put_events(
                    Entries=[
                        {
                            "Source": SOURCE,
                            "DetailType": detail_type,
                            "Time": entry.at,
                            "Detail": dumps(detail),
                        }
                        for entry in some
                        for detail_type, detail in [_announcement(entry)]
                    ]
                )
            if answer.get("FailedEntryCount"):
                failed = next(it for it in answer["Entries"] if it.get("ErrorCode"))
                raise UnavailableError(
                    f"PutEvents: {answer['FailedEntryCount']} of {len(some)} not accepted:"
                    f" {failed.get('ErrorMessage', '')}",
                    code=failed.get("ErrorCode", ""),
                )


def _announcement(entry: AuditEntry | PauseChange) -> tuple[str, Values]:
    match entry:
        case AuditEntry():
            return DETAIL_TYPE, audit_values(entry)
        case PauseChange():
            return PAUSE_DETAIL_TYPE, pause_values(entry)
