"""A batch of the audit table's stream, published."""

from collections.abc import Callable, Mapping
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
    Publish a batch of audit entries; return the records that hold none.

    ``read_entry`` reads an item in DynamoDB's wire form.

    Raises:
        TransientError: nothing is lost; the stream delivers the batch again.
    """
    entries: list[AuditEntry] = []

    def collect(record: DynamoDBRecord) -> None:
        entries.append(read_entry(record.raw_event["dynamodb"]["NewImage"]))

    answer = each(event, EventType.DynamoDBStreams, collect)
    publish(entries, outlets)
    return answer
