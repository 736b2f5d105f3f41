"""One thing that another version has written does not blind the command to all the rest."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import boto3
import pytest

from dualhome.adapters.dynamodb.ledger import DynamoDbLedger
from dualhome.adapters.dynamodb.sweep_checkpoint import DynamoDbSweepCheckpoints
from dualhome.domain.attachment import Move
from dualhome.domain.identifiers import InstanceId
from dualhome.domain.states import State
from dualhome.domain.sweep import SweepCheckpoint
from dualhome_cli.history.tail import Tail
from dualhome_cli.stack import Stack
from tests.support.builders.values import ACCOUNT, NOW, TRACE, a_record
from tests.support.scenarios.stack import OUTPUTS, PARAMETERS, run
from tests.support.worlds.ledgers import ATTACHMENTS, AUDIT, ids, tables

MOST = {"MaxReleasesPerSweep": "20", "PoolLowWater": "2", "SweepSchedule": "rate(5 minutes)"}
INSTALL = "Install the version of this command that is deployed."


@pytest.fixture
def stack() -> Iterator[Stack]:
    """A stack of which i-01 has a reason that this version does not know, and i-02 none."""
    with tables() as client:
        ledger = DynamoDbLedger(client, ATTACHMENTS, AUDIT, ids())
        for instance, interface in (("i-01", "eni-01"), ("i-02", "eni-02")):
            record = a_record(State.FAILED, instance=instance, interface=interface)
            ledger.commit(Move(None, replace(record, state=State.CLAIMED)), TRACE)
        for table in (ATTACHMENTS, AUDIT):
            for item in client.scan(TableName=table)["Items"]:
                if item.get("instance") == {"S": "i-01"} and item["sk"]["S"] != "CLAIM":
                    client.put_item(TableName=table, Item=of_another_version(item))
        DynamoDbSweepCheckpoints(client, ATTACHMENTS).write(SweepCheckpoint(NOW))
        outputs = OUTPUTS | {"AttachmentsTableName": ATTACHMENTS, "AuditTableName": AUDIT}
        session = boto3.Session(region_name="us-east-1")
        yield Stack(session, "dualhome", ACCOUNT, "us-east-1", outputs, PARAMETERS | MOST)


def of_another_version(item: Any) -> Any:  # noqa: ANN401 - DynamoDB's wire form
    """Return a record or an audit entry with a reason that this version does not know."""
    if "after" not in item:
        return {**item, "reason": {"S": "NEW_REASON"}}
    return {**item, "after": {"M": {**item["after"]["M"], "reason": {"S": "NEW_REASON"}}}}


@pytest.mark.parametrize(
    "words",
    [
        ["status", "-o", "json"],
        ["history", "--day", f"{NOW:%F}", "-o", "json"],
        ["history", "eni-02", "-o", "json"],
        ["targets"],
        ["report", "--html", "-"],
    ],
)
def test_a_list_goes_on_without_it_and_says_so(stack: Stack, words: list[str]) -> None:
    """An operator sees the other 999."""
    result = run(stack, *words)

    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert result.exit_code in {0, 1}
    if words != ["history", "eni-02", "-o", "json"]:
        assert "INSTANCE#i-01" in result.stderr
        assert INSTALL in result.stderr
    if words[0] in {"status", "history"}:
        assert ["i-02"] == [row["instance"] for row in json.loads(result.stdout)]


def test_it_is_counted_once_however_often_it_is_read(stack: Stack) -> None:
    """The account is read by two indexes."""
    assert "1 item is skipped. Another version" in run(stack, "targets").stderr


def test_of_a_single_instance_it_is_all_there_is_to_say(stack: Stack) -> None:
    """Nothing recorded would be a lie."""
    for words in (["status", "i-01"], ["plan", "i-01"]):
        result = run(stack, *words)

        assert 3 == result.exit_code
        assert "Another version of dualhome has written the item INSTANCE#i-01" in result.stderr
        assert result.stderr.rstrip().endswith(INSTALL)
        assert "Traceback" not in result.stderr


def test_the_checkup_goes_on_and_warns(stack: Stack) -> None:
    """The rest that it says of the account lacks something."""
    result = run(stack, "doctor", "--ledger", "-o", "json")

    found = {(it["check"], it["severity"]): it for it in json.loads(result.stdout)}
    assert result.exit_code in {1, 4}, result.stderr
    assert "1 item is skipped" in found["versions", "warning"]["what"]
    assert INSTALL == found["versions", "warning"]["remedy"]
    assert "could not be read" in found["ledger", "warning"]["what"]


def test_a_watch_goes_on_without_it(stack: Stack) -> None:
    """And says it while it goes on, not only in the end."""
    tail = Tail(stack.audit_log, NOW)

    assert [] == list(tail.new(NOW))
    assert 1 == stack.skipped.count


def test_what_sweeps_know_may_be_unreadable_too(stack: Stack) -> None:
    """Then the targets are those that tags and records tell of."""
    stack.client("dynamodb").update_item(
        TableName=ATTACHMENTS,
        Key={"pk": {"S": "SWEEP"}, "sk": {"S": "STATE"}},
        UpdateExpression="SET phase = :phase",
        ExpressionAttributeValues={":phase": {"S": "new phase"}},
    )

    result = run(stack, "status", "-o", "json")

    assert [InstanceId("i-02")] == [row["instance"] for row in json.loads(result.stdout)]
    assert "2 items are skipped" in result.stderr
