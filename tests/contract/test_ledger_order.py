"""Who is in a state, and since when: the same in memory and in DynamoDB."""

from collections.abc import Iterable
from datetime import timedelta

from dualhome.domain.attachment import Attachment, Move
from dualhome.domain.identifiers import Zone
from dualhome.domain.states import State
from tests.support.builders.values import DATA, MGMT, NOW, OTHER_ZONE, TRACE, ZONE, a_record
from tests.support.worlds.ledgers import Books


def test_instances_are_found_by_target_and_state(books: Books) -> None:
    """A release requeues the instances that wait for that target, and no others."""
    _wait(books, "i-01")
    _wait(books, "i-02", target=DATA)
    refused = a_record(State.REFUSED, instance="i-03")
    books.ledger.commit(Move(None, refused), TRACE)

    assert ["i-01"] == _found(books.ledger.in_state(MGMT, State.WAITING))
    assert ["i-02"] == _found(books.ledger.in_state(DATA, State.WAITING))
    assert ["i-03"] == _found(books.ledger.in_state(MGMT, State.REFUSED))


def test_who_left_a_state_is_not_found_in_it(books: Books) -> None:
    """The index follows the record."""
    _wait(books, "i-01")
    (waiting,) = books.ledger.records([a_record().instance]).values()

    after = waiting[MGMT].to(State.REFUSED, NOW, waiting[MGMT].cause)
    books.ledger.commit(Move(waiting[MGMT], after), TRACE)

    assert [] == _found(books.ledger.in_state(MGMT, State.WAITING))
    assert ["i-01"] == _found(books.ledger.in_state(MGMT, State.REFUSED))


def test_who_waits_longest_comes_first_within_a_zone(books: Books) -> None:
    """First come, first served; another zone's interfaces are of no use."""
    for instance, zone, seconds in [
        ("i-01", ZONE, 30),
        ("i-02", ZONE, 2),
        ("i-03", OTHER_ZONE, 1),
        ("i-04", ZONE, 100),
        ("i-05", ZONE, 9),
    ]:
        _wait(books, instance, zone=zone, seconds=seconds)

    longest_first = ["i-02", "i-05", "i-01", "i-04"]
    assert longest_first == _found(books.ledger.in_state(MGMT, State.WAITING, ZONE))
    assert longest_first == _found(books.ledger.in_state(MGMT, State.WAITING, ZONE, page=2))
    assert ["i-03"] == _found(books.ledger.in_state(MGMT, State.WAITING, OTHER_ZONE, page=2))
    assert {*longest_first, "i-03"} == set(_found(books.ledger.in_state(MGMT, State.WAITING)))


def test_a_zone_whose_name_begins_like_another_one_is_another_zone(books: Books) -> None:
    """Local Zones are named after their Region: us-east-1 begins us-east-1-bos-1a."""
    _wait(books, "i-01", zone=Zone("us-east-1-bos-1a"))

    assert [] == _found(books.ledger.in_state(MGMT, State.WAITING, Zone("us-east-1")))


def test_fractions_of_a_second_count(books: Books) -> None:
    """A launch of fifty happens within one second."""
    for number, milliseconds in enumerate([500, 2, 30]):
        _wait(books, f"i-0{number}", seconds=milliseconds / 1000)

    assert ["i-01", "i-02", "i-00"] == _found(books.ledger.in_state(MGMT, State.WAITING, ZONE))


def _found(records: Iterable[Attachment]) -> list[str]:
    return [record.instance for record in records]


def _wait(
    books: Books, instance: str, *, target: str = MGMT, zone: Zone = ZONE, seconds: float = 0
) -> None:
    since = NOW + timedelta(seconds=seconds)
    record = a_record(State.WAITING, instance=instance, target=target, zone=zone, since=since)
    books.ledger.commit(Move(None, record), TRACE)
