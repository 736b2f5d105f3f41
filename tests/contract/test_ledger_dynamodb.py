"""What only the ledger in DynamoDB has: its indexes, its expiry, and DynamoDB's own troubles."""

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from botocore.stub import Stubber

from dualhome.adapters.dynamodb.ledger import DynamoDbLedger
from dualhome.domain.attachment import Move
from dualhome.domain.errors import (
    ClaimTakenError,
    DualhomeError,
    RecordMovedError,
    ThrottledError,
    UnavailableError,
    UnexpectedAwsError,
)
from dualhome.domain.states import SETTLED, State
from tests.support.builders.values import INSTANCE, INTERFACE, NOW, TRACE, a_record
from tests.support.worlds.ledgers import ATTACHMENTS, AUDIT, dynamodb_books, ids, tables, write

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

FINE = {"Code": "None"}
FIRST = Move(None, a_record(State.CLAIMED))


@pytest.fixture
def dynamodb() -> Iterator["DynamoDBClient"]:
    """A DynamoDB with both tables."""
    with tables() as client:
        yield client


@pytest.mark.parametrize("state", [State.CLAIMED, State.ATTACHED, State.WAITING, State.REFUSED])
def test_the_index_of_what_needs_attention_holds_nothing_settled(
    dynamodb: "DynamoDBClient", state: State
) -> None:
    """The sweep reads it every five minutes: it must stay small however large the fleet."""
    write(dynamodb_books(dynamodb, ids()), None, a_record(state))

    items = dynamodb.scan(TableName=ATTACHMENTS, IndexName="needs-attention")["Items"]

    expected = set() if state in SETTLED else {(state.value, INSTANCE)}
    assert expected == {(it["attention"]["S"], it["instance"]["S"]) for it in items}


@pytest.mark.parametrize(("days", "expires"), [(0, None), (90, NOW + timedelta(days=90))])
def test_the_past_is_kept_as_long_as_the_deployment_asks(
    dynamodb: "DynamoDBClient", days: int, expires: object
) -> None:
    """0 is for ever; DynamoDB deletes an item when the time in its attribute has passed."""
    ledger = DynamoDbLedger(dynamodb, ATTACHMENTS, AUDIT, ids(), audit_retention_days=days)

    ledger.commit(FIRST, TRACE)

    (item,) = dynamodb.scan(TableName=AUDIT)["Items"]
    wanted = None if expires is None else {"N": f"{(NOW + timedelta(days=days)).timestamp():.0f}"}
    assert wanted == item.get("expires_at")


@pytest.mark.parametrize(
    ("reasons", "meaning"),
    [
        ([{"Code": "TransactionConflict"}, FINE, FINE, FINE], RecordMovedError),
        ([FINE, {"Code": "TransactionConflict"}, FINE, FINE], ClaimTakenError),
        ([FINE, FINE, FINE, {"Code": "ThrottlingError", "Message": "slowly"}], ThrottledError),
        ([{"Code": "ValidationError", "Message": "no"}, FINE, FINE, FINE], UnexpectedAwsError),
    ],
)
def test_a_cancelled_transaction_means_what_its_reasons_say(
    dynamodb: "DynamoDBClient", reasons: list[dict[str, str]], meaning: type[DualhomeError]
) -> None:
    """DynamoDB gives one reason for each write, in their order: record, claim, slot, audit."""
    ledger = DynamoDbLedger(dynamodb, ATTACHMENTS, AUDIT, ids())
    with Stubber(dynamodb) as stubber:
        stubber.add_client_error(
            "transact_write_items",
            "TransactionCanceledException",
            modeled_fields={"CancellationReasons": reasons},
        )

        with pytest.raises(DualhomeError) as caught:
            ledger.commit(FIRST, TRACE)

    assert meaning is type(caught.value)


@pytest.mark.parametrize(
    ("code", "status", "meaning"),
    [
        ("ProvisionedThroughputExceededException", 400, ThrottledError),
        ("ThrottlingException", 400, ThrottledError),
        ("TransactionInProgressException", 400, UnavailableError),
        ("InternalServerError", 500, UnavailableError),
    ],
)
def test_what_dynamodb_cannot_do_now_may_work_later(
    dynamodb: "DynamoDBClient", code: str, status: int, meaning: type[DualhomeError]
) -> None:
    """The message goes back to the queue; nothing is undone."""
    ledger = DynamoDbLedger(dynamodb, ATTACHMENTS, AUDIT, ids())
    with Stubber(dynamodb) as stubber:
        stubber.add_client_error("transact_write_items", code, http_status_code=status)

        with pytest.raises(DualhomeError) as caught:
            ledger.commit(FIRST, TRACE)

    assert meaning is type(caught.value)


def test_claims_that_dynamodb_left_unread_are_not_taken_for_free(
    dynamodb: "DynamoDBClient",
) -> None:
    """BatchGetItem may answer for some keys only; the others are no free interfaces."""
    ledger = DynamoDbLedger(dynamodb, ATTACHMENTS, AUDIT, ids())
    key = {"pk": {"S": f"INTERFACE#{INTERFACE}"}, "sk": {"S": "CLAIM"}}
    with Stubber(dynamodb) as stubber:
        unread = {ATTACHMENTS: {"Keys": [key]}}
        stubber.add_response("batch_get_item", {"Responses": {}, "UnprocessedKeys": unread})

        with pytest.raises(ThrottledError):
            ledger.claims([INTERFACE])
