"""Items of a DynamoDB table by their keys, many at a time."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING

from dualhome.adapters.aws_errors import domain_errors
from dualhome.adapters.dynamodb import items
from dualhome.domain.errors import ThrottledError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

KEYS_PER_GET = 100
"""Keys that one BatchGetItem takes (DynamoDB API Reference)."""


def read_items(
    dynamodb: "DynamoDBClient", table: str, keys: Iterable[items.Item]
) -> Iterator[items.Item]:
    """
    Yield those items of ``keys`` that there are, in wire form, as last written.

    Raises:
        TransientError: some could not be read.
    """
    rest = iter(keys)
    while some := [items.wire(key) for key in islice(rest, KEYS_PER_GET)]:
        with domain_errors():
            answer = dynamodb.batch_get_item(
                RequestItems={table: {"Keys": some, "ConsistentRead": True}}
            )
        if answer.get("UnprocessedKeys"):
            raise ThrottledError("BatchGetItem left keys unread: DynamoDB throttles")
        yield from answer["Responses"].get(table, [])
