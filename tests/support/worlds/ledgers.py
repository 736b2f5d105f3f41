"""Two ledgers that have to behave alike: ours in memory, and the one in DynamoDB."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from itertools import count, pairwise
from typing import TYPE_CHECKING

import boto3
from moto import mock_aws

from dualhome.adapters.dynamodb.items import read_audit
from dualhome.adapters.dynamodb.ledger import DynamoDbLedger
from dualhome.application.ports import Ledger
from dualhome.domain.attachment import Attachment, AuditEntry, Move
from dualhome.domain.states import State
from tests.support.builders.values import TRACE
from tests.support.fakes.ledger import InMemoryLedger
from tests.support.readers import template

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

ATTACHMENTS, AUDIT = "AttachmentsTable", "AuditTable"
CREATION = ("AttributeDefinitions", "BillingMode", "GlobalSecondaryIndexes", "KeySchema")


@dataclass(frozen=True, slots=True)
class Books:
    """A ledger, and its past as a test reads it, oldest first."""

    ledger: Ledger
    past: Callable[[], list[AuditEntry]]


MakeBooks = Callable[[Callable[[], str]], Books]
"""Makes an empty ledger that takes its audit ids from a source."""


def ids() -> Callable[[], str]:
    """Return a source of ids that are new each time and sort by time, as ULIDs do."""
    numbers = count(1)
    return lambda: f"{next(numbers):026}"


def in_memory_books(new_id: Callable[[], str]) -> Books:
    """Return ours."""
    ledger = InMemoryLedger(new_id=new_id)
    return Books(ledger, lambda: list(ledger.audit))


def dynamodb_books(client: "DynamoDBClient", new_id: Callable[[], str]) -> Books:
    """Return the one in the DynamoDB that ``tables`` made."""

    def past() -> list[AuditEntry]:
        entries = map(read_audit, client.scan(TableName=AUDIT)["Items"])
        moves = (it for it in entries if isinstance(it, AuditEntry))
        return sorted(moves, key=lambda entry: entry.id)

    return Books(DynamoDbLedger(client, ATTACHMENTS, AUDIT, new_id), past)


def successor(record: Attachment, state: State) -> Attachment:
    """Return ``record`` as the next move leaves it, in ``state``."""
    return replace(record, state=state, version=record.version + 1)


def write(books: Books, *records: Attachment | None) -> None:
    """Write the moves from each of ``records`` to the next one; None is the state before all."""
    for before, after in pairwise(records):
        if after is None:
            raise ValueError("only the first record has none before it")
        books.ledger.commit(Move(before, after), TRACE)


@contextmanager
def tables() -> Iterator["DynamoDBClient"]:
    """Make both tables in a DynamoDB of moto's, with the keys and indexes of the template."""
    with mock_aws():
        client = _client()
        for name, properties in _tables().items():
            client.create_table(TableName=name, **properties)
        yield client


@cache
def _client() -> "DynamoDBClient":
    """Making a client takes longer than most tests that use it."""
    return boto3.client("dynamodb")


@cache
def _tables() -> dict[str, template.Json]:
    found = template.resources("DynamoDB::Table").items()
    return {name: {key: properties[key] for key in CREATION} for name, properties in found}
