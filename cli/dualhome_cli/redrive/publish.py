"""Moves that were not published: read from the audit table, and passed to the publisher again."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from json import JSONDecodeError, loads
from typing import Any, Protocol

from dualhome import wire
from dualhome.domain.attachment import UnreadableAudit
from dualhome.domain.errors import BadMessageError
from dualhome_cli.redrive.dead_letters import DeadLetter

Item = Mapping[str, Any]

MARGIN = timedelta(seconds=75)
"""A move is dated before it is written: by no more than a function's life, 60 s, and clocks."""

ROUNDED = timedelta(seconds=1)
"""The stream rounds times down to the second (DynamoDB API Reference, StreamRecord)."""

STREAM_MEMORY = timedelta(days=1)
"""No stream holds older records (DynamoDB Developer Guide, "Change data capture")."""

BATCH = 100
"""Entries in one call of the publisher, as the stream delivers them."""


@dataclass(frozen=True, slots=True)
class Span:
    """A time range; ``end`` is not in it."""

    start: datetime
    end: datetime

    def without(self, other: "Span") -> Iterator["Span"]:
        """Yield what ``other`` leaves of this range."""
        for start, end in (
            (self.start, min(self.end, other.start)),
            (max(self.start, other.end), self.end),
        ):
            if start < end:
                yield Span(start, end)


class AuditItems(Protocol):
    """The audit table, as DynamoDB's wire form has it."""

    def written(self, span: Span) -> Iterable[Item]:
        """Yield the items of ``span``, oldest first."""
        ...

    def item(self, pk: str, sk: str) -> Item | None:
        """Return the item of these keys; None once it has expired."""
        ...


class Publisher(Protocol):
    """The function that publishes moves."""

    def publish(self, items: Sequence[Item]) -> Sequence[str]:
        """Publish all entries that can be read; return the sort keys of those that cannot."""
        ...


class PublishAgain:
    """
    Reads by time, not from the stream, which forgets after a day.

    What was published at the same time is published twice: subscribers know an event by its id.
    What several messages name is published once.
    """

    def __init__(self, audit: AuditItems, publisher: Publisher) -> None:
        self._audit = audit
        self._publisher = publisher
        self._done: list[Span] = []

    def kind(self, body: str) -> str:
        """Return which of the two kinds it is; raises ``BadMessageError`` as ``parse_span``."""
        if parse_unreadable(body):
            return "an audit item that could not be read"
        parse_span(body)
        return "moves that were not published"

    def handle(self, letters: Sequence[DeadLetter]) -> Mapping[str, str]:
        """Publish what ``letters`` name; return why not, by the ids of those that stay."""
        return {it.id: why for it in letters if (why := self._why_not(it))}

    def _why_not(self, letter: DeadLetter) -> str:
        if item := parse_unreadable(letter.body):
            return self._still_unreadable(item)
        try:
            span = parse_span(letter.body)
        except BadMessageError as error:
            return error.message
        unread = [key for piece in self._not_done(span) for key in self._publish(piece)]
        if unread:
            return f"{len(unread)} entries cannot be read, the first is {unread[0]}"
        self._done.append(span)
        return ""

    def _still_unreadable(self, audit: UnreadableAudit) -> str:
        """Publish the one item; one that has expired is gone, and its message with it."""
        item = self._audit.item(audit.pk, audit.sk)
        if item is None or not self._publisher.publish([item]):
            return ""
        return f"{audit.pk} {audit.sk} cannot be read by the deployed version: {audit.why}"

    def _publish(self, span: Span) -> Iterator[str]:
        entries = iter(self._audit.written(span))
        while some := list(islice(entries, BATCH)):
            yield from self._publisher.publish(some)

    def _not_done(self, span: Span) -> list[Span]:
        pieces = [span]
        for done in self._done:
            pieces = [rest for piece in pieces for rest in piece.without(done)]
        return pieces


def key_of(item: Item) -> str:
    """Return an entry's sort key: there is no other entry that has it."""
    return str(item["sk"]["S"])


def parse_unreadable(body: str) -> UnreadableAudit | None:
    """Return the item that a message of the publisher names; None if it is none of those."""
    try:
        return wire.parse_unreadable(loads(body))
    except (KeyError, TypeError, ValueError, RecursionError):
        return None


def parse_span(body: str) -> Span:
    """
    Return when the moves were made that a failed batch of the stream held.

    Source: AWS Lambda Developer Guide, "Retain discarded batch records" for DynamoDB Streams.

    Raises:
        BadMessageError: the message names no batch, or no time that a stream can remember.
    """
    try:
        batch = loads(body)["DDBStreamBatchInfo"]
        first = datetime.fromisoformat(batch["approximateArrivalOfFirstRecord"])
        last = datetime.fromisoformat(batch["approximateArrivalOfLastRecord"])
        if first.tzinfo and timedelta() <= last - first <= STREAM_MEMORY:
            return Span(first - MARGIN, last + ROUNDED)
    except (JSONDecodeError, KeyError, TypeError, ValueError, OverflowError) as exc:
        raise BadMessageError(f"no failed batch of a stream: {body[:80]!r}") from exc
    raise BadMessageError(f"no batch of a stream lies between {first} and {last}")
