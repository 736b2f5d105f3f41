"""Messages that nobody handled: put on their queue again, if they can be read."""

from collections.abc import Callable, Mapping, Sequence
from json import loads
from typing import Protocol

from dualhome.application.looks import Look
from dualhome.domain.errors import BadMessageError
from dualhome.entrypoints.messages import Place, parse_message
from dualhome.entrypoints.statuses import parse_status_message
from dualhome_cli.redriving.letters import Letter


class Changes(Protocol):
    """The queue that a function reads."""

    def send(self, letters: Sequence[Letter]) -> Mapping[str, str]:
        """Queue the bodies of ``letters``; return why not, by the ids of those refused."""
        ...


class SendAgain:
    """
    Takes only what the reconciler can read; the rest would come back five receives later.

    So SQS's own redrive (StartMessageMoveTask) will not do. Nor does it take a queue that
    EventBridge feeds (SQS API Reference, StartMessageMoveTask).
    """

    def __init__(self, changes: Changes, place: Place) -> None:
        self._changes = changes
        self._place = place

    def kind(self, body: str) -> str:
        """
        Return the event's source and type, and what somebody asked for by command.

        Raises:
            BadMessageError: as ``parse_message`` does.
        """
        requests = parse_message(body, self._place)
        event = loads(body)
        looks = (it for it in requests if isinstance(it, Look))
        asked = [ask.what.value for look in looks for ask in look.asks]
        return " ".join([f"{event['source']}: {event['detail-type']}", *dict.fromkeys(asked)])

    def apply(self, letters: Sequence[Letter]) -> Mapping[str, str]:
        """Send what can be read; return why not, by the ids of those that stay."""
        return _send_readable(letters, self.kind, self._changes)


class StatusAgain:
    """Asks once more for status tags: the writer reads what the ledger says by then."""

    def __init__(self, statuses: Changes) -> None:
        self._statuses = statuses

    def kind(self, body: str) -> str:
        """Return the only kind there is; raises ``BadMessageError`` as the writer does."""
        parse_status_message(body)
        return "a status tag that was not written"

    def apply(self, letters: Sequence[Letter]) -> Mapping[str, str]:
        """Send what can be read; return why not, by the ids of those that stay."""
        return _send_readable(letters, self.kind, self._statuses)


def _send_readable(
    letters: Sequence[Letter], read: Callable[[str], object], queue: Changes
) -> Mapping[str, str]:
    unreadable: dict[str, str] = {}
    for letter in letters:
        try:
            read(letter.body)
        except BadMessageError as error:
            unreadable[letter.id] = error.message
    rest = [letter for letter in letters if letter.id not in unreadable]
    return unreadable | dict(queue.send(rest) if rest else {})
