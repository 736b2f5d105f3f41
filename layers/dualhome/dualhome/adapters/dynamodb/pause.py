"""The pause as one item of the attachments table, and its changes in the audit table."""

from typing import TYPE_CHECKING

from aws_lambda_powertools import Logger

from dualhome.adapters.aws_errors import domain_errors
from dualhome.adapters.dynamodb import items
from dualhome.adapters.dynamodb.items import values
from dualhome.adapters.dynamodb.ledger import why_cancelled
from dualhome.domain.errors import DualhomeError, RecordMovedError, TransientError
from dualhome.domain.pause import Pause, PauseChange

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import PutTypeDef, TransactWriteItemTypeDef

logger = Logger(child=True)

KEY = {"pk": "PAUSE", "sk": "STATE"}


class DynamoDbPauses:
    """The item, for functions, whose roles may read this key and never write it."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    def read(self) -> Pause | None:
        """Return what was written last; None before the first pause or resume."""
        with domain_errors():
            answer = self._dynamodb.get_item(
                TableName=self._table, Key=items.wire(KEY), ConsistentRead=True
            )
        return items.read_item(Pause, answer["Item"]) if "Item" in answer else None


class DynamoDbPauseBook(DynamoDbPauses):
    """Both tables, for the command."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str, audit_table: str) -> None:
        super().__init__(dynamodb, table)
        self._audit = audit_table

    def write(self, change: PauseChange, retention_days: int) -> None:
        """
        Write the item and its audit entry, which expires after so many days, 0 being never.

        Both are written, or none.

        Raises:
            RecordMovedError: another operator has written since ``change.before`` was read.
            TransientError: nothing was written, or it cannot be known.
        """
        item = KEY | values(change.after)
        entry = items.pause_item(change, retention_days)
        with domain_errors():
            try:
                self._dynamodb.transact_write_items(
                    TransactItems=[
                        _put(self._table, item, change.before),
                        _put(self._audit, entry, None),
                    ]
                )
            except self._dynamodb.exceptions.TransactionCanceledException as exc:
                raise why_cancelled(exc, [RecordMovedError, RecordMovedError]) from exc


def _put(table: str, item: items.Item, before: Pause | None) -> "TransactWriteItemTypeDef":
    """Put ``item`` in the place of ``before``, or where there is none."""
    put: PutTypeDef = {"TableName": table, "Item": items.wire(item)}
    if before is None:
        put["ConditionExpression"] = "attribute_not_exists(pk)"
        return {"Put": put}
    put["ConditionExpression"] = "version = :version"
    put["ExpressionAttributeValues"] = items.wire({":version": before.version})
    return {"Put": put}


def log_unread(error: DualhomeError) -> None:
    """Tell why the pause cannot be read, which counts as paused."""
    log = logger.warning if isinstance(error, TransientError) else logger.error
    log("pause unreadable: nothing is attached or detached", code=error.code, error=error.message)
