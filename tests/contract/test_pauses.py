"""Both pauses behave alike: the one in memory, and the one in DynamoDB."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Protocol

import boto3
import pytest
from botocore.stub import Stubber

from dualhome.adapters.dynamodb.items import read_audit
from dualhome.adapters.dynamodb.pause import DynamoDbPauseBook, DynamoDbPauses, log_unread
from dualhome.application.pause import PauseGate
from dualhome.domain.errors import RecordMovedError
from dualhome.domain.pause import PauseChange
from dualhome_cli.data.pauses import PauseBook
from tests.support.builders.values import a_pause, a_pause_change
from tests.support.fakes.pauses import InMemoryPauses
from tests.support.worlds.ledgers import ATTACHMENTS, AUDIT, tables

FOREVER = 0
FIRST = a_pause_change()
SECOND = replace(
    a_pause_change("01KAPAUSE0000000000000000B", paused=False, version=2), before=FIRST.after
)


class Past(Protocol):
    """What was audited, as a test reads it, oldest first."""

    def __call__(self) -> list[PauseChange]:
        """Return every entry."""
        ...


@dataclass(frozen=True)
class Pauses:
    """A pause, and its past."""

    book: PauseBook
    past: Past


@pytest.fixture(params=["in memory", "DynamoDB"])
def pauses(request: pytest.FixtureRequest) -> Iterator[Pauses]:
    """Each in turn, never written."""
    if request.param == "in memory":
        memory = InMemoryPauses()
        yield Pauses(memory, lambda: memory.audit)
        return
    with tables() as client:

        def past() -> list[PauseChange]:
            found = [read_audit(it) for it in client.scan(TableName=AUDIT)["Items"]]
            changes = [it for it in found if isinstance(it, PauseChange)]
            return sorted(changes, key=lambda it: it.id)

        yield Pauses(DynamoDbPauseBook(client, ATTACHMENTS, AUDIT), past)


def test_before_the_first_pause_there_is_none(pauses: Pauses) -> None:
    """The parameter decides then."""
    assert (None, []) == (pauses.book.read(), pauses.past())


def test_what_was_written_last_is_read_and_all_of_it_is_kept(pauses: Pauses) -> None:
    """The present in one item, the past as entries."""
    pauses.book.write(FIRST, FOREVER)
    paused = pauses.book.read()
    pauses.book.write(SECOND, FOREVER)

    assert (FIRST.after, SECOND.after) == (paused, pauses.book.read())
    assert [FIRST, SECOND] == pauses.past()


@pytest.mark.parametrize(
    "late",
    [
        replace(FIRST, id="01KAPAUSE0000000000000000C", after=a_pause(reason="another")),
        replace(SECOND, before=a_pause(version=7), after=a_pause(version=8)),
    ],
    ids=["as the first", "over another version"],
)
def test_a_slower_operator_writes_neither_item_nor_entry(pauses: Pauses, late: PauseChange) -> None:
    """Of two at once, one is told."""
    pauses.book.write(FIRST, FOREVER)

    with pytest.raises(RecordMovedError):
        pauses.book.write(late, FOREVER)

    assert (FIRST.after, [FIRST]) == (pauses.book.read(), pauses.past())


def test_an_entry_is_never_written_over() -> None:
    """The audit is only appended to, by permission and by condition."""
    with tables() as client:
        book = DynamoDbPauseBook(client, ATTACHMENTS, AUDIT)
        book.write(FIRST, FOREVER)
        client.delete_item(TableName=ATTACHMENTS, Key={"pk": {"S": "PAUSE"}, "sk": {"S": "STATE"}})

        with pytest.raises(RecordMovedError):
            book.write(replace(FIRST, after=replace(FIRST.after, reason="forged")), FOREVER)

        assert [FIRST] == [read_audit(it) for it in client.scan(TableName=AUDIT)["Items"]]


def test_an_entry_expires_with_the_audits_retention() -> None:
    """As the entry of every move."""
    with tables() as client:
        DynamoDbPauseBook(client, ATTACHMENTS, AUDIT).write(FIRST, 30)

        (item,) = client.scan(TableName=AUDIT)["Items"]

        assert "expires_at" in item


@pytest.mark.parametrize(
    "spoilt",
    [
        {"since": {"S": "yesterday"}},
        {"version": {"S": "one"}},
        {"paused": {"NULL": True}, "since": {"NULL": True}},
    ],
)
def test_an_item_of_another_version_counts_as_paused(spoilt: dict[str, Any]) -> None:
    """Whatever a later version means by it: this one does nothing, and names the item."""
    with tables() as client:
        DynamoDbPauseBook(client, ATTACHMENTS, AUDIT).write(SECOND_ALONE, FOREVER)
        (item,) = client.scan(TableName=ATTACHMENTS)["Items"]
        client.put_item(TableName=ATTACHMENTS, Item=item | spoilt)

        reading = gate(DynamoDbPauses(client, ATTACHMENTS)).reading()

    assert reading.paused
    assert "the item PAUSE STATE" in reading.unread


def test_what_may_not_be_read_counts_as_paused() -> None:
    """A role without the permission stops; it does not go on as if there were no pause."""
    client = boto3.client("dynamodb", region_name="us-east-1")
    with Stubber(client) as stub:
        stub.add_client_error("get_item", "AccessDeniedException", "not authorized")

        reading = gate(DynamoDbPauses(client, ATTACHMENTS)).reading()

    assert (True, True) == (reading.paused, "AccessDeniedException" in reading.unread)


SECOND_ALONE = replace(SECOND, before=None)


def gate(pauses: DynamoDbPauses) -> PauseGate:
    """Return what functions ask."""
    return PauseGate(pauses, parameter=False, monotonic=lambda: 0.0, tell=log_unread)
