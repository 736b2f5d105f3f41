"""Moves that were not published: read from the audit, and handed to the publisher again."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from json import JSONDecodeError, loads
from typing import Any, Protocol

from dualhome.domain.errors import BadMessageError
from dualhome_cli.redriving.letters import Letter

Item = Mapping[str, Any]

MARGIN = timedelta(seconds=75)
"""A move is dated before it is written: by no more than a function's life, 60 s, and clocks."""

ROUNDED = timedelta(seconds=1)
"""The stream tells times rounded down to the second (DynamoDB API Reference, StreamRecord)."""

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


class UnreadableEntryError(Exception):
    """The first of the entries that were handed over is none; nothing was published."""


class Audit(Protocol):
    """The past, as its table holds it."""

    def written(self, span: Span) -> Iterable[Item]:
        """Yield the entries of ``span`` in DynamoDB's wire form, oldest first."""
        ...


class Publisher(Protocol):
    """The function that tells the world about moves."""

    def publish(self, items: Sequence[Item]) -> str | None:
        """
        Publish entries up to the first that has to be handed over again; return its sort key.

        Raises:
            UnreadableEntryError: the first of ``items`` holds no audit entry.
        """
        ...


class PublishAgain:
    """
    Reads by time, not from the stream, which forgets after a day.

    What was published at the same time is published twice: subscribers know an event by its id.
    What several messages tell of is published once.
    """

    def __init__(self, audit: Audit, publisher: Publisher) -> None:
        self._audit = audit
        self._publisher = publisher
        self._done: list[Span] = []

    def kind(self, body: str) -> str:
        """Return the only kind there is; raises ``BadMessageError`` as ``parse_span``."""
        parse_span(body)
        return "moves that were not published"

    def apply(self, letters: Sequence[Letter]) -> Mapping[str, str]:
        """Publish what ``letters`` tell of; return why not, by the ids of those that stay."""
        return {it.id: why for it in letters if (why := self._why_not(it))}

    def _why_not(self, letter: Letter) -> str:
        try:
            span = parse_span(letter.body)
        except BadMessageError as error:
            return error.message
        unread = [key for piece in self._not_done(span) for key in self._publish(piece)]
        if unread:
            return f"{len(unread)} entries cannot be read, the first is {unread[0]}"
        self._done.append(span)
        return ""

    def _publish(self, span: Span) -> Iterator[str]:
        entries = iter(self._audit.written(span))
        while some := list(islice(entries, BATCH)):
            yield from self._hand_over(some)

    def _hand_over(self, entries: Sequence[Item]) -> Iterator[str]:
        """Publish ``entries``, and go on where the publisher stopped; yield what it cannot read."""
        while entries:
            try:
                stopped = self._publisher.publish(entries)
            except UnreadableEntryError:
                yield key_of(entries[0])
                entries = entries[1:]
            else:
                keys = [key_of(it) for it in entries]
                entries = entries[keys.index(stopped) :] if stopped else ()

    def _not_done(self, span: Span) -> list[Span]:
        pieces = [span]
        for done in self._done:
            pieces = [rest for piece in pieces for rest in piece.without(done)]
        return pieces


def key_of(item: Item) -> str:
    """Return an entry's sort key: there is no other entry that has it."""
    return str(item["sk"]["S"])


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
