"""Tell the world about moves and pauses: events, metrics, and whose status may have changed."""

from collections.abc import Sequence
from dataclasses import dataclass

from dualhome.application.ports import Events, Metrics, SetAside, StatusQueue
from dualhome.application.requests import status_requests
from dualhome.domain.attachment import AuditEntry
from dualhome.domain.errors import DualhomeError
from dualhome.domain.pause import PauseChange
from dualhome.domain.status import StatusScope


@dataclass(frozen=True, slots=True)
class Publishers:
    """Where moves are published; what cannot be read goes ``aside``."""

    events: Events
    metrics: Metrics
    statuses: StatusQueue
    aside: SetAside
    scope: StatusScope = StatusScope.BOTH


def publish(
    entries: Sequence[AuditEntry | PauseChange], publishers: Publishers
) -> DualhomeError | None:
    """
    Publish ``entries``, which stand in the order in which they were written.

    Status requests come first, since to ask again is harmless, while an event published again is
    seen again. A queue that does not take them holds up neither events nor metrics: its error is
    returned, and sweeps find the tags that were not written.

    Raises:
        TransientError: publish all of ``entries`` again.
    """
    refused = None
    moves = [it for it in entries if isinstance(it, AuditEntry)]
    requests = status_requests(moves) if publishers.scope is not StatusScope.NONE else ()
    if requests:
        try:
            publishers.statuses.put(requests)
        except DualhomeError as error:
            refused = error
    if entries:
        publishers.events.publish(entries)
    for entry in entries:
        match entry:
            case AuditEntry():
                publishers.metrics.moved(entry)
            case PauseChange():
                publishers.metrics.paused(entry)
    return refused
