"""The ledger's records page by page: the same in memory and in DynamoDB."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, TypeVar

import pytest

from dualhome.adapters.dynamodb.inventory import DynamoDbInventory
from dualhome.adapters.dynamodb.items import claim_key, holder, record_item, wire
from dualhome.adapters.dynamodb.ledger import DynamoDbLedger
from dualhome.application.ports import Ledger
from dualhome.application.sweep_ports import Inventory, Page
from dualhome.domain.attachment import Attachment, Move
from dualhome.domain.identifiers import InstanceId, InterfaceId, TargetName
from dualhome.domain.planning.types import Holder
from dualhome.domain.states import SETTLED, State
from tests.support.builders.values import DATA, INSTANCE, MGMT, TRACE, a_record
from tests.support.fakes.ledger import InMemoryInventory, InMemoryLedger
from tests.support.worlds.ledgers import ATTACHMENTS, AUDIT, ids, successor, tables

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import WriteRequestTypeDef

T = TypeVar("T")
BACKUP = TargetName("backup")
PAGE = 2


@dataclass(frozen=True, slots=True)
class Shelf:
    """A ledger, and its inventory in pages of two."""

    ledger: Ledger
    inventory: Inventory

    def put(self, *records: Attachment) -> None:
        """Write the first record of each attachment."""
        for record in records:
            self.ledger.commit(Move(None, record), TRACE)


@pytest.fixture
def dynamodb() -> Iterator["DynamoDBClient"]:
    """A DynamoDB with both tables."""
    with tables() as client:
        yield client


@pytest.fixture(params=["in memory", "DynamoDB"])
def shelf(request: pytest.FixtureRequest) -> Shelf:
    """Each implementation in turn."""
    if request.param == "in memory":
        ledger = InMemoryLedger()
        return Shelf(ledger, InMemoryInventory(ledger, PAGE))
    client: DynamoDBClient = request.getfixturevalue("dynamodb")
    books = DynamoDbLedger(client, ATTACHMENTS, AUDIT, ids())
    return Shelf(books, DynamoDbInventory(client, ATTACHMENTS, PAGE))


def read_all(read: Callable[[str | None], Page[T]]) -> list[list[T]]:
    """Return every page, as far as there are tokens."""
    pages = [read(None)]
    while pages[-1].token is not None:
        pages.append(read(pages[-1].token))
    return [list(page.items) for page in pages]


def several(
    many: int, state: State = State.ATTACHED, target: TargetName = MGMT
) -> list[Attachment]:
    """Return records of several instances, which hold one interface each, if any."""
    numbers = [f"{target}-{number:02}" for number in range(1, many + 1)]
    first = a_record(state)
    return [
        replace(
            first,
            instance=InstanceId(f"i-{number}"),
            target=target,
            interface=InterfaceId(f"eni-{number}") if first.interface else None,
        )
        for number in numbers
    ]


def test_every_attached_record_of_a_target_lies_on_one_page(shelf: Shelf) -> None:
    """Neither twice nor on none; and no page is larger than it may be."""
    shelf.put(*(mine := several(5)), *several(2, target=DATA), *several(2, State.WAITING, BACKUP))

    pages = read_all(lambda token: shelf.inventory.attached(MGMT, token))

    assert set(mine) == {record for page in pages for record in page}
    assert 5 == sum(map(len, pages))
    assert {True} == {len(page) <= PAGE for page in pages}


@pytest.mark.parametrize("state", [State.WAITING, State.REFUSED, State.CLAIMED])
def test_every_unsettled_record_lies_on_one_page_of_its_state(shelf: Shelf, state: State) -> None:
    """Whatever its target; and on no page of another state."""
    shelf.put(*(mine := [*several(3, state), *several(2, state, DATA)]), *several(2, target=BACKUP))

    found = []
    for each in sorted(set(State) - SETTLED):
        pages = read_all(partial(shelf.inventory.unsettled, each))
        found += [(each, record) for page in pages for record in page]

    assert {(state, record) for record in mine} == set(found)
    assert len(mine) == len(found)


def test_there_is_a_page_where_there_is_nothing(shelf: Shelf) -> None:
    """A target of which all is released."""
    assert Page([], None) == shelf.inventory.attached(MGMT, None)
    assert Page([], None) == shelf.inventory.unsettled(State.STUCK, None)


def test_pages_go_on_behind_a_record_that_is_gone(shelf: Shelf) -> None:
    """A token outlives what it was made of: the sweep resumes minutes later."""
    shelf.put(*several(4))
    first = shelf.inventory.attached(MGMT, None)
    last = first.items[-1]
    shelf.ledger.commit(Move(last, successor(last, State.RELEASED)), TRACE)

    second = shelf.inventory.attached(MGMT, first.token)

    assert [2, 2] == [len(first.items), len(second.items)]
    assert not {it.instance for it in first.items} & {it.instance for it in second.items}


def test_records_are_read_by_their_holders_as_far_as_there_are_any(shelf: Shelf) -> None:
    """In every state: one that is released is no reason to skip it."""
    shelf.put(*(mine := several(3)))
    released = successor(mine[0], State.RELEASED)
    shelf.ledger.commit(Move(mine[0], released), TRACE)
    wanted = [Holder(it.instance, it.target) for it in mine[:2]]

    found = list(shelf.inventory.recorded([*wanted, Holder(INSTANCE, DATA)]))

    assert {released, mine[1]} == set(found)
    assert 2 == len(found)


def test_a_thousand_records_cost_one_query_and_ten_reads_of_keys_for_claims(
    dynamodb: "DynamoDBClient",
) -> None:
    """A page ends at a MiB, which a thousand records stay below; keys go by the hundred."""
    numbers = [f"{number:017x}" for number in range(1000)]
    _put(dynamodb, [a_record(instance=f"i-{it}", interface=f"eni-{it}") for it in numbers])
    ledger = DynamoDbLedger(dynamodb, ATTACHMENTS, AUDIT, ids())
    calls: list[str] = []
    dynamodb.meta.events.register_last(
        "before-parameter-build.dynamodb", lambda model, **_: calls.append(model.name), "count"
    )

    page = DynamoDbInventory(dynamodb, ATTACHMENTS).attached(MGMT, None)
    claims = ledger.claims([it.interface for it in page.items if it.interface])
    dynamodb.meta.events.unregister("before-parameter-build.dynamodb", unique_id="count")

    assert (1000, 1000, None) == (len(page.items), len(claims), page.token)
    assert ["Query"] + ["BatchGetItem"] * 10 == calls


def _put(client: "DynamoDBClient", records: list[Attachment]) -> None:
    """Write records and claims by the 25: a thousand transactions of moto's take a minute."""
    items = [record_item(it) for it in records]
    items += [claim_key(it.interface) | holder(it) for it in records if it.interface]
    puts: list[WriteRequestTypeDef] = [{"PutRequest": {"Item": wire(item)}} for item in items]
    for start in range(0, len(puts), 25):
        client.batch_write_item(RequestItems={ATTACHMENTS: puts[start : start + 25]})
