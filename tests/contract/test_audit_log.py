"""The audit log is read alike in memory and in DynamoDB, by the template's keys and indexes."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

import pytest

from dualhome.adapters.dynamodb.ledger import DynamoDbLedger
from dualhome.application.ports import Ledger
from dualhome.domain.attachment import AuditEntry, Move
from dualhome.domain.identifiers import InstanceId, InterfaceId
from dualhome.domain.pause import PauseChange
from dualhome.domain.states import State
from dualhome_cli.aws.audit_log import DynamoDbAuditLog
from dualhome_cli.data.ports import AuditLog
from tests.support.builders.values import TRACE, a_record
from tests.support.fakes.ledger import InMemoryAuditLog, InMemoryLedger
from tests.support.worlds.ledgers import ATTACHMENTS, AUDIT, ids, tables

MIDNIGHT = datetime(2026, 3, 2, tzinfo=UTC)
SECOND = timedelta(seconds=1)
ONE, OTHER = InstanceId("i-01"), InstanceId("i-02")


@dataclass(frozen=True, slots=True)
class Written:
    """A ledger, and the audit log that it has written."""

    ledger: Ledger
    audit_log: AuditLog


@pytest.fixture(params=["in memory", "DynamoDB"])
def written(request: pytest.FixtureRequest) -> Iterator[Written]:
    """Each audit log in turn: two instances claim around midnight, and the first one attaches."""
    if request.param == "in memory":
        ledger = InMemoryLedger(new_id=ids())
        yield filled(Written(ledger, InMemoryAuditLog(ledger.audit)))
    else:
        with tables() as client:
            on_dynamodb = DynamoDbLedger(client, ATTACHMENTS, AUDIT, ids())
            yield filled(Written(on_dynamodb, DynamoDbAuditLog(client, AUDIT)))


def filled(written: Written) -> Written:
    """Write the moves."""
    first = a_record(State.CLAIMED, instance=ONE, since=MIDNIGHT - SECOND)
    other = a_record(State.CLAIMED, instance=OTHER, interface="eni-02", since=MIDNIGHT)
    then = a_record(State.ATTACHED, instance=ONE, since=MIDNIGHT + SECOND)
    for move in (Move(None, first), Move(None, other), Move(first, then)):
        written.ledger.commit(move, TRACE)
    return written


def summary(entries: Iterator[AuditEntry | PauseChange]) -> list[tuple[str, str]]:
    """Return instance and state of each move."""
    moves = (it for it in entries if isinstance(it, AuditEntry))
    return [(it.after.instance, it.after.state.value) for it in moves]


def test_an_instance_has_its_own_moves_oldest_first(written: Written) -> None:
    """A story is told from its beginning."""
    assert [(ONE, "claimed"), (ONE, "attached")] == summary(written.audit_log.of_instance(ONE))


def test_an_interface_has_its_own_moves(written: Written) -> None:
    """On whichever instance they were."""
    assert [(OTHER, "claimed")] == summary(written.audit_log.of_interface(InterfaceId("eni-02")))


def test_an_interface_has_no_moves_of_records_that_no_longer_hold_it(written: Written) -> None:
    """A record keeps the name of what it held last; the interface may be elsewhere by then."""
    attached = a_record(State.ATTACHED, instance=ONE, since=MIDNIGHT + SECOND)
    released = replace(attached, state=State.RELEASED, version=2, since=MIDNIGHT + 2 * SECOND)
    waiting = replace(attached, state=State.WAITING, version=3, since=MIDNIGHT + 3 * SECOND)
    written.ledger.commit(Move(attached, released), TRACE)
    written.ledger.commit(Move(released, waiting), TRACE)

    found = summary(written.audit_log.of_interface(InterfaceId("eni-01")))

    assert [(ONE, "claimed"), (ONE, "attached"), (ONE, "released")] == found


def test_an_entry_that_names_what_was_held_long_ago_is_left_out() -> None:
    """Such entries were written before the rule was."""
    with tables() as client:
        audit_log = DynamoDbAuditLog(client, AUDIT)
        ledger = DynamoDbLedger(client, ATTACHMENTS, AUDIT, ids())
        ledger.commit(Move(None, a_record(State.WAITING, instance=ONE)), TRACE)
        (item,) = client.scan(TableName=AUDIT)["Items"]
        client.put_item(TableName=AUDIT, Item=item | {"interface": {"S": "eni-01"}})

        assert [] == summary(audit_log.of_interface(InterfaceId("eni-01")))


def test_a_day_has_the_moves_of_everybody_in_utc(written: Written) -> None:
    """Midnight belongs to the day that begins."""
    assert [(ONE, "claimed")] == summary(written.audit_log.of_day(date(2026, 3, 1)))
    assert [(OTHER, "claimed"), (ONE, "attached")] == summary(
        written.audit_log.of_day(date(2026, 3, 2))
    )


def test_the_newest_may_come_first(written: Written) -> None:
    """Who wants the last move does not read all before it."""
    assert [(ONE, "attached"), (OTHER, "claimed")] == summary(
        written.audit_log.of_day(date(2026, 3, 2), newest=True)
    )
    assert (ONE, "attached") == summary(written.audit_log.of_instance(ONE, newest=True))[0]


@pytest.mark.parametrize(("since", "states"), [(-1, 2), (-0.999, 1), (1, 1), (1.001, 0)])
def test_since_takes_its_own_moment_in(written: Written, since: float, states: int) -> None:
    """To the millisecond, as times are written."""
    moment = MIDNIGHT + timedelta(seconds=since)

    assert states == len(summary(written.audit_log.of_instance(ONE, moment)))
    assert states == len(summary(written.audit_log.of_interface(InterfaceId("eni-01"), moment)))


def test_what_is_read_is_what_was_written(written: Written) -> None:
    """Nothing of an entry is lost in the table."""
    entry = next(written.audit_log.of_instance(ONE, newest=True))

    assert a_record(State.ATTACHED, instance=ONE, since=MIDNIGHT + SECOND) == entry.after
    assert State.CLAIMED == entry.move.from_state
    assert TRACE == entry.trace


def test_nothing_is_read_of_what_never_was(written: Written) -> None:
    """An empty written is no error."""
    assert [] == summary(written.audit_log.of_instance(InstanceId("i-03")))
