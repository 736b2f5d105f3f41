"""Moves as events on the default event bus."""

from collections.abc import Sequence
from json import dumps
from typing import TYPE_CHECKING

from dualhome.adapters.aws_errors import domain_errors
from dualhome.adapters.dynamodb.items import audit_values
from dualhome.domain.attachment import AuditEntry
from dualhome.domain.errors import UnavailableError

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient

SOURCE = "dualhome"
DETAIL_TYPE = "Attachment State Change"

ENTRIES_PER_PUT = 10
"""Entries that one PutEvents takes (EventBridge quotas)."""


class EventBridgeEvents:
    """The account's default bus; an event's detail is the audit entry."""

    def __init__(self, events: "EventBridgeClient") -> None:
        self._events = events

    def publish(self, entries: Sequence[AuditEntry]) -> None:
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
                            "DetailType": DETAIL_TYPE,
                            "Time": entry.at,
                            "Detail": dumps(audit_values(entry)),
                        }
                        for entry in some
                    ]
                )
            if answer.get("FailedEntryCount"):
                failed = next(it for it in answer["Entries"] if it.get("ErrorCode"))
                raise UnavailableError(
                    f"PutEvents: {answer['FailedEntryCount']} of {len(some)} not accepted:"
                    f" {failed.get('ErrorMessage', '')}",
                    code=failed.get("ErrorCode", ""),
                )
