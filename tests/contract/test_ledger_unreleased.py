"""Every record of a target but the released: the same in memory and in DynamoDB."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from botocore.stub import Stubber

from dualhome.adapters.dynamodb.items import record_item, wire
from dualhome.adapters.dynamodb.ledger import DynamoDbLedger
from dualhome.domain.errors import ThrottledError
from dualhome.domain.planning.types import Holder
from dualhome.domain.states import State
from tests.support.builders.values import DATA, INTERFACE, MGMT, a_record
from tests.support.worlds.ledgers import ATTACHMENTS, AUDIT, Books, ids, successor, tables, write

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

PATHS = {
    State.CLAIMED: [],
    State.ATTACHED: [],
    State.WAITING: [],
    State.REFUSED: [],
    State.ATTACHING: [State.CLAIMED],
    State.FAILED: [State.CLAIMED],
    State.RELEASING: [State.CLAIMED, State.ATTACHING],
    State.STUCK: [State.CLAIMED, State.ATTACHING, State.RELEASING],
    State.RELEASED: [State.CLAIMED],
}
"""The moves before each state."""


@pytest.fixture
def dynamodb() -> Iterator["DynamoDBClient"]:
    """A DynamoDB with both tables."""
    with tables() as client:
        yield client


@pytest.mark.parametrize("state", PATHS)
def test_a_record_is_found_in_every_state_but_released(books: Books, state: State) -> None:
    """As it was written, with all that a sweep compares."""
    steps = [*PATHS[state], state]
    records = [a_record(steps[0])]
    for step in steps[1:]:
        records.append(successor(records[-1], step))
    write(books, None, *records)

    expected = [] if state == State.RELEASED else [records[-1]]
    assert expected == list(books.ledger.unreleased(MGMT))


def test_claims_slots_and_other_targets_are_not_among_them(books: Books) -> None:
    """They lie in the same table."""
    write(books, None, mine := a_record())
    write(books, None, theirs := a_record(instance="i-02", target=DATA, interface="eni-02"))

    assert [mine] == list(books.ledger.unreleased(MGMT))
    assert [theirs] == list(books.ledger.unreleased(DATA))


def test_a_released_record_that_is_opened_again_is_found_again(books: Books) -> None:
    """The tag was removed, and set once more."""
    attached = a_record()
    released = successor(attached, State.RELEASED)
    again = successor(released, State.CLAIMED)

    write(books, None, attached, released, again)

    assert [again] == list(books.ledger.unreleased(MGMT))
    assert {INTERFACE: Holder(again.instance, MGMT)} == books.ledger.claims([INTERFACE])


def test_records_are_read_page_by_page(dynamodb: "DynamoDBClient") -> None:
    """DynamoDB gives a MiB at a time; an empty page is not the last one."""
    first, second = a_record(), a_record(instance="i-02", interface="eni-02")
    pages = [[first], [], [second]]
    ledger = DynamoDbLedger(dynamodb, ATTACHMENTS, AUDIT, ids())
    with Stubber(dynamodb) as stubber:
        for number, page in enumerate(pages, start=1):
            key = {"pk": {"S": str(number)}}
            more = {} if number == len(pages) else {"LastEvaluatedKey": key}
            found = [wire(record_item(record)) for record in page]
            stubber.add_response("query", {"Items": found} | more)

        assert [first, second] == list(ledger.unreleased(MGMT))
        stubber.assert_no_pending_responses()


def test_a_read_that_is_throttled_half_way_is_no_short_answer(dynamodb: "DynamoDBClient") -> None:
    """Half of the records would look like instances that lack everything."""
    ledger = DynamoDbLedger(dynamodb, ATTACHMENTS, AUDIT, ids())
    with Stubber(dynamodb) as stubber:
        found = [wire(record_item(a_record()))]
        key = {"pk": {"S": "?"}}
        stubber.add_response("query", {"Items": found, "LastEvaluatedKey": key})
        stubber.add_client_error("query", "ProvisionedThroughputExceededException")

        with pytest.raises(ThrottledError):
            list(ledger.unreleased(MGMT))
