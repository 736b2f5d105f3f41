"""Records and their past, kept by the ledger in memory and by the one in DynamoDB."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from dualhome.domain.attachment import Attachment, AuditEntry, Failure, Move, Origin, Trace
from dualhome.domain.ec2 import DeviceSlot
from dualhome.domain.errors import (
    RecordMovedError,
    StalePlanError,
)
from dualhome.domain.identifiers import InterfaceId
from dualhome.domain.planning.types import Holder
from dualhome.domain.reasons import Reason
from dualhome.domain.refusals import Refusal
from dualhome.domain.states import State
from dualhome.domain.tags import WHOLE_TAG
from tests.support.builders.values import (
    ACCOUNT,
    DATA,
    INSTANCE,
    INTERFACE,
    MGMT,
    NOW,
    TRACE,
    a_cause,
    a_record,
)
from tests.support.worlds.ledgers import Books, MakeBooks, successor, write

CLAIM = a_record(State.CLAIMED)
SECOND, THIRD = InterfaceId("eni-02"), InterfaceId("eni-03")

RECORDS = {
    "claimed": CLAIM,
    "attached with warnings": a_record(
        warnings=(Reason.OVERLAPPING_CIDR, Reason.PUBLIC_IPV4), origin=Origin.ADOPTED
    ),
    "pinned on another card": a_record(pin=7, slot=DeviceSlot(1, 7)),
    "refused": a_record(State.REFUSED, reason=Reason.NO_TARGET, detail="no VPC is tagged …"),
    "a tag that names no target": a_record(State.REFUSED, target=WHOLE_TAG, zone=None),
    "failed": a_record(
        State.CLAIMED,
        failure=Failure("UnheardOf", "We do not like it.\n"),
        reason=Reason.EC2_REFUSED,
        attempt=12,
        retry_at=NOW + timedelta(hours=1),
    ),
    "refused twice and reserved": a_record(
        State.CLAIMED,
        refusals=(
            Refusal(INTERFACE, "PrivateIpAddressLimitExceeded", 1, NOW + timedelta(hours=1)),
            Refusal(SECOND, "UnheardOf", 7, NOW + timedelta(days=1)),
        ),
        reservation="fw-1",
        sharing=2,
    ),
    "caused by a tag": a_record(cause=a_cause(tag_version=17, time=NOW - timedelta(seconds=3))),
    "at a time between two seconds": a_record(since=NOW + timedelta(milliseconds=123)),
}


def test_an_empty_ledger_has_nothing_to_say(books: Books) -> None:
    """Every instance that was asked for is in the answer, so that the caller need not guess."""
    assert {INSTANCE: {}, "i-02": {}} == books.ledger.records(
        [INSTANCE, a_record(instance="i-02").instance]
    )
    assert {} == books.ledger.claims([INTERFACE])
    assert [] == list(books.ledger.in_state(MGMT, State.WAITING))


@pytest.mark.parametrize("record", RECORDS.values(), ids=RECORDS.keys())
def test_a_record_is_read_back_as_it_was_written(books: Books, record: Attachment) -> None:
    """What a field loses on the way, the next plan rests on."""
    books.ledger.commit(Move(None, record), TRACE)

    assert {INSTANCE: {record.target: record}} == books.ledger.records([INSTANCE])


def test_a_move_is_written_with_its_claim_and_its_audit_entry(books: Books) -> None:
    """An unrecorded change cannot exist."""
    trace = Trace(ACCOUNT, "us-east-1", "request-9", execution_arn="arn:aws:states:…")
    after = replace(CLAIM, state=State.ATTACHING, version=2)

    books.ledger.commit(Move(None, CLAIM), TRACE)
    books.ledger.commit(Move(CLAIM, after), trace)

    assert {INTERFACE: Holder(INSTANCE, MGMT)} == books.ledger.claims([INTERFACE])
    assert [
        AuditEntry(f"{1:026}", Move(None, CLAIM), TRACE),
        AuditEntry(f"{2:026}", Move(CLAIM, after), trace),
    ] == books.past()


def test_a_record_is_written_over_only_by_who_has_read_it(books: Books) -> None:
    """Two invocations plan from one record: the second one plans anew."""
    attached = successor(CLAIM, State.ATTACHED)
    write(books, None, CLAIM, attached)

    with pytest.raises(RecordMovedError):
        books.ledger.commit(Move(CLAIM, successor(CLAIM, State.WAITING)), TRACE)

    assert {MGMT: attached} == books.ledger.records([INSTANCE])[INSTANCE]
    assert [INTERFACE] == list(books.ledger.claims([INTERFACE]))
    assert 2 == len(books.past())


def test_a_first_record_is_written_once(books: Books) -> None:
    """Both invocations saw that there was none."""
    write(books, None, a_record(State.WAITING))

    with pytest.raises(RecordMovedError):
        books.ledger.commit(Move(None, CLAIM), TRACE)

    assert State.WAITING == books.ledger.records([INSTANCE])[INSTANCE][MGMT].state
    assert {} == books.ledger.claims([INTERFACE])


def test_a_record_that_is_not_there_is_not_written_over(books: Books) -> None:
    """A move has to start from what is."""
    with pytest.raises(RecordMovedError):
        books.ledger.commit(Move(CLAIM, successor(CLAIM, State.ATTACHED)), TRACE)

    assert {INSTANCE: {}} == books.ledger.records([INSTANCE])


def test_records_are_those_of_the_instances_asked_for(books: Books) -> None:
    """All targets of each, and neither slots nor other instances."""
    other = a_record(State.REFUSED, target=DATA)
    far = a_record(State.REFUSED, instance="i-011")
    for record in (CLAIM, other, far):
        write(books, None, record)

    assert {INSTANCE: {MGMT: CLAIM, DATA: other}} == books.ledger.records([INSTANCE])


def test_an_audit_entry_is_never_written_over(make_books: MakeBooks) -> None:
    """The past is append-only, whatever goes wrong with ids."""
    same = make_books(lambda: "the same each time")
    same.ledger.commit(Move(None, CLAIM), TRACE)

    with pytest.raises(StalePlanError):
        same.ledger.commit(Move(CLAIM, successor(CLAIM, State.ATTACHED)), TRACE)

    assert [CLAIM] == [entry.after for entry in same.past()]
    assert {MGMT: CLAIM} == same.ledger.records([INSTANCE])[INSTANCE]


def _write(books: Books, *records: Attachment | None) -> None:
    """Write the moves from each of ``records`` to the next one."""
    for before, after in pairwise(records):
        assert after is not None
        books.ledger.commit(Move(before, after), TRACE)
