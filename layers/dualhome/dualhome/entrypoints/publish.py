"""A batch of the audit table's stream, published."""

from collections.abc import Callable, Mapping
from typing import Any

from aws_lambda_powertools import Logger

from dualhome.application.publish import Publishers, publish
from dualhome.domain.attachment import AuditEntry, UnreadableAudit
from dualhome.domain.errors import DualhomeError
from dualhome.domain.pause import PauseChange

logger = Logger(child=True)

ReadEntry = Callable[[Mapping[str, Any]], AuditEntry | PauseChange]


def handle_moves(
    event: Mapping[str, Any], publishers: Publishers, read_entry: ReadEntry
) -> Mapping[str, Any]:
    """
    Publish a batch of audit entries; what cannot be read goes to the failures' queue.

    Each batch is published whole or redelivered whole: no single record fails. ``read_entry`` reads
    an item in DynamoDB's wire form. A redrive, whose event says so, is only told what cannot be
    read: it has found it in that queue.

    Raises:
        TransientError: the stream delivers the batch again.
    """
    entries: list[AuditEntry | PauseChange] = []
    unreadable: list[UnreadableAudit] = []
    for record in event["Records"]:
        image = record["dynamodb"]
        try:
            entries.append(read_entry(image["NewImage"]))
        except (DualhomeError, KeyError, TypeError, ValueError) as error:
            unreadable.append(_unreadable(image, error))
    answer: dict[str, Any] = {"batchItemFailures": []}
    if event.get("redrive"):
        answer["unreadable"] = [it.sk for it in unreadable]
    elif unreadable:
        # First: what that queue does not take must come back, and nothing may have been announced.
        for it in unreadable:
            logger.error("audit item cannot be read", pk=it.pk, sk=it.sk, why=it.why)
        publishers.aside.put(unreadable)
    if refused := publish(entries, publishers):
        logger.error("status not queued", code=refused.code, error=refused.message)
    return answer


def _unreadable(image: Mapping[str, Any], error: Exception) -> UnreadableAudit:
    keys = image.get("Keys") or image.get("NewImage") or {}
    pk, sk = (str(keys.get(name, {}).get("S", "")) for name in ("pk", "sk"))
    return UnreadableAudit(pk, sk, f"{type(error).__name__}: {error}")
