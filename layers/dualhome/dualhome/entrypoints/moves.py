"""A batch of the audit table's stream, published."""

from collections.abc import Callable, Mapping
from itertools import takewhile
from typing import Any

from aws_lambda_powertools.utilities.batch import EventType
from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import DynamoDBRecord

from dualhome.application.publish import Outlets, publish
from dualhome.domain.audit import AuditEntry
from dualhome.entrypoints.batches import each

ReadEntry = Callable[[Mapping[str, Any]], AuditEntry]


def handle_moves(
    event: Mapping[str, Any], outlets: Outlets, read_entry: ReadEntry
) -> Mapping[str, Any]:
    """
    Publish a batch of audit entries; return the first record that has to come back.

    Lambda delivers that one again, and all after it (Lambda Developer Guide, "Configuring partial
    batch response with DynamoDB and Lambda"): so nothing after it is published now.
    ``read_entry`` reads an item in DynamoDB's wire form.

    Raises:
        TransientError: nothing is lost; the stream delivers the batch again.
        ValueError: the first record holds no audit entry.
    """
    read: dict[str, AuditEntry] = {}

    def collect(record: DynamoDBRecord) -> None:
        image = record.raw_event["dynamodb"]
        read[image["SequenceNumber"]] = read_entry(image["NewImage"])

    each(event, EventType.DynamoDBStreams, collect)
    numbers = [record["dynamodb"]["SequenceNumber"] for record in event["Records"]]
    readable = list(takewhile(lambda number: number in read, numbers))
    if not readable:
        raise ValueError(f"the record {numbers[0]} of the audit's stream holds no audit entry")
    published = publish([read[number] for number in readable], outlets)
    return {"batchItemFailures": [{"itemIdentifier": it} for it in numbers[published:][:1]]}
