"""The audit table and the functions that a redrive reads and calls."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from json import dumps, loads
from typing import TYPE_CHECKING, Any

from dualhome.adapters.records import stamp
from dualhome_cli.redriving.moves import Item, Span
from dualhome_cli.trouble import TroubleError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_lambda import LambdaClient


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


class PublishFunction:
    """The publisher, called as the audit table's stream calls it."""

    def __init__(self, functions: "LambdaClient", name: str) -> None:
        self._functions = functions
        self._name = name

    def publish(self, items: Sequence[Item]) -> Sequence[str]:
        """Publish entries; return the sort keys of those that it could not read."""
        answer = call(self._functions, self._name, {"Records": [_record(it) for it in items]})
        return [failure["itemIdentifier"] for failure in answer.get("batchItemFailures", [])]


def call(functions: "LambdaClient", name: str, event: Mapping[str, Any]) -> Any:  # noqa: ANN401 - what the function returns
    """
    Run a function to its end, and return what it returns.

    Raises:
        TroubleError: it raised an error.
    """
    answer = functions.invoke(FunctionName=name, Payload=dumps(event).encode())
    said = loads(answer["Payload"].read() or b"null")
    if answer.get("FunctionError"):
        error = f"{said.get('errorType')}: {said.get('errorMessage')}"
        raise TroubleError(f"{name} failed: {error}. Its log says more; nothing is lost.")
    return said


def _record(item: Item) -> dict[str, Any]:
    """Return an entry as the stream shows it; its sort key stands for the place in the stream."""
    key = item["sk"]["S"]
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
