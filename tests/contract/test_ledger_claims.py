"""Claims and slots, kept by the ledger in memory and by the one in DynamoDB."""

from dataclasses import replace

import pytest

from dualhome.domain.attachment import Move
from dualhome.domain.ec2 import DeviceSlot
from dualhome.domain.errors import (
    ClaimTakenError,
    SlotClaimedError,
)
from dualhome.domain.identifiers import InterfaceId
from dualhome.domain.planning.types import Holder
from dualhome.domain.states import State
from tests.support.builders.values import DATA, INSTANCE, INTERFACE, MGMT, TRACE, a_record
from tests.support.worlds.ledgers import Books, successor, write

CLAIM = a_record(State.CLAIMED)
SECOND, THIRD = InterfaceId("eni-02"), InterfaceId("eni-03")


def test_an_interface_is_claimed_by_one_record_at_a_time(books: Books) -> None:
    """Else two instances would fight for it in EC2."""
    rival = a_record(State.CLAIMED, instance="i-02")
    write(books, None, CLAIM)

    with pytest.raises(ClaimTakenError):
        books.ledger.commit(Move(None, rival), TRACE)

    assert {INTERFACE: Holder(INSTANCE, MGMT)} == books.ledger.claims([INTERFACE])
    assert {rival.instance: {}} == books.ledger.records([rival.instance])
    assert 1 == len(books.past())


def test_a_slot_is_claimed_by_one_record_at_a_time(books: Books) -> None:
    """Else two targets of one instance would fight for an index in EC2."""
    rival = a_record(State.CLAIMED, target=DATA, interface=SECOND)
    write(books, None, CLAIM)

    with pytest.raises(SlotClaimedError):
        books.ledger.commit(Move(None, rival), TRACE)

    assert {} == books.ledger.claims([SECOND])
    assert [MGMT] == list(books.ledger.records([INSTANCE])[INSTANCE])
    assert 1 == len(books.past())


def test_the_same_slot_of_another_instance_or_card_is_another_slot(books: Books) -> None:
    """Slots are counted by instance and by network card."""
    write(books, None, CLAIM)
    write(books, None, a_record(instance="i-02", interface=SECOND))

    other_card = a_record(State.CLAIMED, target=DATA, interface=THIRD, slot=DeviceSlot(1, 1))
    write(books, None, other_card)

    assert 3 == len(books.past())


@pytest.mark.parametrize("state", [State.WAITING, State.REFUSED, State.FAILED, State.RELEASED])
def test_who_holds_no_longer_frees_interface_and_slot_but_remembers_them(
    books: Books, state: State
) -> None:
    """Another instance, or another target, may have them in the next moment."""
    free = successor(CLAIM, state)
    write(books, None, CLAIM, free)
    assert {} == books.ledger.claims([INTERFACE])

    write(books, None, a_record(State.CLAIMED, target=DATA))

    assert {INTERFACE: Holder(INSTANCE, DATA)} == books.ledger.claims([INTERFACE])
    assert INTERFACE == books.ledger.records([INSTANCE])[INSTANCE][MGMT].interface


def test_who_moves_to_another_slot_frees_the_first_one(books: Books) -> None:
    """The interface was attached anew by hand, at another index."""
    moved = replace(successor(CLAIM, State.ATTACHED), slot=DeviceSlot(0, 2))
    write(books, None, CLAIM, moved)

    write(books, None, a_record(State.CLAIMED, target=DATA, interface=SECOND))

    third = a_record(State.CLAIMED, target="third", interface=THIRD, slot=DeviceSlot(0, 2))
    with pytest.raises(SlotClaimedError):
        write(books, None, third)
    assert [INTERFACE] == list(books.ledger.claims([INTERFACE]))


def test_who_claims_again_after_waiting_takes_interface_and_slot_anew(books: Books) -> None:
    """A record lives through many claims."""
    waiting = successor(CLAIM, State.WAITING)
    again = replace(successor(waiting, State.CLAIMED), interface=SECOND)

    write(books, None, CLAIM, waiting, again)

    assert {SECOND: Holder(INSTANCE, MGMT)} == books.ledger.claims([INTERFACE, SECOND])


def test_claims_are_found_among_more_interfaces_than_one_read_takes(books: Books) -> None:
    """BatchGetItem takes 100 keys; a pool may be larger."""
    pool = [InterfaceId(f"eni-{number:03}") for number in range(250)]
    for number in (0, 120, 249):
        record = a_record(State.CLAIMED, instance=f"i-{number}", interface=pool[number])
        write(books, None, record)

    assert {pool[0], pool[120], pool[249]} == books.ledger.claims(pool).keys()
