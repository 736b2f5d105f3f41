"""What another version has written is never taken for absent: the reader says which item it is."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from dualhome.adapters.dynamodb.inventory import DynamoDbInventory
from dualhome.adapters.dynamodb.items import read_audit
from dualhome.adapters.dynamodb.ledger import DynamoDbLedger
from dualhome.adapters.dynamodb.sweep_checkpoint import DynamoDbSweepCheckpoints
from dualhome.domain.attachment import Move
from dualhome.domain.errors import UnreadableItemError
from dualhome.domain.planning.types import Holder
from dualhome.domain.states import State
from dualhome.domain.sweep import SweepCheckpoint
from tests.support.builders.values import INSTANCE, MGMT, NOW, TRACE, a_record
from tests.support.worlds.ledgers import ATTACHMENTS, AUDIT, ids, tables

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

RECORD = "INSTANCE#i-01 TARGET#mgmt"


@pytest.fixture
def dynamodb() -> Iterator["DynamoDBClient"]:
    """A DynamoDB with one record and its audit entry, of a reason unknown to this version."""
    with tables() as client:
        record = a_record(State.CLAIMED)
        DynamoDbLedger(client, ATTACHMENTS, AUDIT, ids()).commit(Move(None, record), TRACE)
        for table in (ATTACHMENTS, AUDIT):
            rewrite(client, table)
        yield client


def rewrite(client: "DynamoDBClient", table: str) -> None:
    """Give every record in ``table`` a reason of a later version."""
    for item in client.scan(TableName=table)["Items"]:
        changed: dict[str, Any] = dict(item)
        if "after" in changed:
            after = {**changed["after"]["M"], "reason": {"S": "NEW_REASON"}}
            changed["after"] = {"M": after}
        elif "state" in changed:
            changed["reason"] = {"S": "NEW_REASON"}
        client.put_item(TableName=table, Item=changed)


def test_a_record_is_named_and_not_taken_for_absent(dynamodb: "DynamoDBClient") -> None:
    """A reconciler that missed it would claim a second interface."""
    ledger = DynamoDbLedger(dynamodb, ATTACHMENTS, AUDIT, ids())
    inventory = DynamoDbInventory(dynamodb, ATTACHMENTS)

    for read in (
        lambda: ledger.records([INSTANCE]),
        lambda: list(ledger.unreleased(MGMT)),
        lambda: list(ledger.unsettled()),
        lambda: inventory.unsettled(State.CLAIMED, None),
        lambda: list(inventory.recorded([Holder(INSTANCE, MGMT)])),
    ):
        with pytest.raises(UnreadableItemError, match=RECORD) as caught:
            read()
        assert "Another version" in caught.value.message
        assert "reason" in caught.value.message


def test_an_audit_entry_is_named(dynamodb: "DynamoDBClient") -> None:
    """The publisher's log says which one it cannot publish."""
    (item,) = dynamodb.scan(TableName=AUDIT)["Items"]

    with pytest.raises(UnreadableItemError, match=item["sk"]["S"]):
        read_audit(item)


def test_an_audit_entry_without_an_id_is_named(dynamodb: "DynamoDBClient") -> None:
    """Whatever is missing."""
    (item,) = dynamodb.scan(TableName=AUDIT)["Items"]
    del item["id"], item["after"]["M"]["reason"]

    with pytest.raises(UnreadableItemError, match="required field missing"):
        read_audit(item)


def test_the_checkpoint_of_sweeps_is_named(dynamodb: "DynamoDBClient") -> None:
    """A sweep that began anew would forget the targets that it knows."""
    checkpoints = DynamoDbSweepCheckpoints(dynamodb, ATTACHMENTS)
    checkpoints.write(SweepCheckpoint(NOW))
    dynamodb.update_item(
        TableName=ATTACHMENTS,
        Key={"pk": {"S": "SWEEP"}, "sk": {"S": "STATE"}},
        UpdateExpression="SET phase = :phase",
        ExpressionAttributeValues={":phase": {"S": "new phase"}},
    )

    with pytest.raises(UnreadableItemError, match="SWEEP STATE"):
        checkpoints.read()
