"""Moves that were not published: read from the audit table, and handed to the publisher again."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from json import JSONDecodeError, dumps, loads
from typing import TYPE_CHECKING, Any, Protocol

from dualhome.adapters.dynamodb.items import stamp
from dualhome.adapters.sqs import DETAIL_TYPE
from dualhome.domain import errors
from dualhome.domain.attachment import UnreadableAudit
from dualhome.domain.errors import BadMessageError
from dualhome_cli.errors import CommandError
from dualhome_cli.redrive.dead_letters import Letter

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_lambda import LambdaClient

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


class Audit(Protocol):
    """The past, as its table holds it."""

    def written(self, span: Span) -> Iterable[Item]:
        """Yield the entries of ``span`` in DynamoDB's wire form, oldest first."""
        ...

    def item(self, pk: str, sk: str) -> Item | None:
        """Return the item of these keys; None once it has expired."""
        ...


class Publisher(Protocol):
    """The function that tells the world about moves."""

    def publish(self, items: Sequence[Item]) -> Sequence[str]:
        """Publish all entries that can be read; return the sort keys of those that cannot."""
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
        """Return which of the two kinds it is; raises ``BadMessageError`` as ``parse_span``."""
        if parse_unreadable(body):
            return "an audit item that could not be read"
        parse_span(body)
        return "moves that were not published"

    def apply(self, letters: Sequence[Letter]) -> Mapping[str, str]:
        """Publish what ``letters`` tell of; return why not, by the ids of those that stay."""
        return {it.id: why for it in letters if (why := self._why_not(it))}

    def _why_not(self, letter: Letter) -> str:
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

    def _still_unreadable(self, it: UnreadableAudit) -> str:
        """Publish the one item; one that has expired has nothing left to tell."""
        item = self._audit.item(it.pk, it.sk)
        if item is None or not self._publisher.publish([item]):
            return ""
        return f"{it.pk} {it.sk} cannot be read by the deployed version: {it.why}"

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
        event = loads(body)
        if event["detail-type"] != DETAIL_TYPE:
            return None
        detail = event["detail"]
        keys = detail["pk"], detail["sk"], detail["why"]
    except (JSONDecodeError, KeyError, TypeError, RecursionError):
        return None
    return UnreadableAudit(*keys) if all(isinstance(it, str) and it for it in keys) else None


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


PAUSES = (1.0, 2.0, 4.0, 8.0, 16.0)
"""Seconds before a call is made once more."""

PASSING = frozenset(
    it.__name__
    for it in vars(errors).values()
    if isinstance(it, type) and issubclass(it, errors.TransientError)
)
"""Errors of a function of ours that a later call may not meet."""


class FailedCallError(CommandError):
    """A function ended with an error: ``type`` is its class, ``said`` its text."""

    def __init__(self, function: str, type_: str, said: str) -> None:
        super().__init__(f"{function} failed: {type_}: {said}. Its log says more; nothing is lost.")
        self.type = type_
        self.said = said


class AuditDays:
    """The audit table, read day by day."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    def written(self, span: Span) -> Iterator[Item]:
        """Yield the entries of ``span``, page by page."""
        day = span.start
        while stamp(day)[:10] <= stamp(span.end)[:10]:
            pages = self._dynamodb.get_paginator(
                "query"
            ).paginate(
                TableName=self._table,
                IndexName="by-day",
                KeyConditionExpression="#day = :day AND sk BETWEEN :start AND :end",
                ExpressionAttributeNames={"#day": "day"},  # a word that DynamoDB reserves
                ExpressionAttributeValues={
                    ":day": {"S": stamp(day)[:10]},
                    ":start": {"S": stamp(span.start)},
                    ":end": {"S": stamp(span.end)},
                },
            )
            for page in pages:
                yield from page["Items"]
            day += timedelta(days=1)

    def item(self, pk: str, sk: str) -> Item | None:
        """Return the item of these keys; None once it has expired."""
        found = self._dynamodb.get_item(
            TableName=self._table, Key={"pk": {"S": pk}, "sk": {"S": sk}}
        )
        return found.get("Item")


class PublishFunction:
    """The publisher, called as the audit table's stream calls it."""

    def __init__(
        self, functions: "LambdaClient", name: str, sleep: Callable[[float], None]
    ) -> None:
        self._functions = functions
        self._name = name
        self._sleep = sleep

    def publish(self, items: Sequence[Item]) -> Sequence[str]:
        """
        Publish what can be read of ``items``; return the sort keys of the others.

        What fails for a while is tried for half a minute.

        Raises:
            TroubleError: the function failed, or is too old to say what it cannot read.
        """
        answer = self._call({"Records": [_record(it) for it in items], "redrive": True})
        if "unreadable" not in answer:
            raise CommandError(f"{self._name} is of an older version: deploy this version first.")
        return [str(it) for it in answer["unreadable"]]

    def _call(self, event: Mapping[str, Any]) -> Any:  # noqa: ANN401 - what the function returns
        for pause in PAUSES:
            try:
                return call(self._functions, self._name, event)
            except FailedCallError as error:
                if error.type not in PASSING:
                    raise
                self._sleep(pause)
        return call(self._functions, self._name, event)


def call(functions: "LambdaClient", name: str, event: Mapping[str, Any]) -> Any:  # noqa: ANN401 - what the function returns
    """
    Run a function to its end, and return what it returns.

    Raises:
        FailedCallError: it raised an error.
    """
    answer = functions.invoke(FunctionName=name, Payload=dumps(event).encode())
    said = loads(answer["Payload"].read() or b"null")
    if answer.get("FunctionError"):
        raise FailedCallError(name, str(said.get("errorType")), str(said.get("errorMessage")))
    return said


def _record(item: Item) -> dict[str, Any]:
    """Return an entry as the stream shows it; its sort key stands for the place in the stream."""
    key = key_of(item)
    return {
        "eventID": key,
        "eventName": "INSERT",
        "eventSource": "aws:dynamodb",
        "dynamodb": {
            "Keys": {"pk": item["pk"], "sk": item["sk"]},
            "NewImage": item,
            "SequenceNumber": key,
        },
    }
