"""The audit table and the functions that a redrive reads and calls."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from json import dumps, loads
from typing import TYPE_CHECKING, Any

from dualhome.adapters.records import stamp
from dualhome.domain import errors
from dualhome_cli.redriving.moves import Item, Span, key_of
from dualhome_cli.trouble import TroubleError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_lambda import LambdaClient

PAUSES = (1.0, 2.0, 4.0, 8.0, 16.0)
"""Seconds before a call is made once more."""

PASSING = frozenset(
    it.__name__
    for it in vars(errors).values()
    if isinstance(it, type) and issubclass(it, errors.TransientError)
)
"""Errors of a function of ours that a later call may not meet."""


class FailedCallError(TroubleError):
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
            raise TroubleError(f"{self._name} is of an older version: deploy this version first.")
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
