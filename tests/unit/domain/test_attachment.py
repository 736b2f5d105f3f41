"""The record of an attachment, its moves, and what is kept of them."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dualhome.domain.attachment import AuditEntry, Failure, Move
from dualhome.domain.ec2 import DeviceSlot
from dualhome.domain.errors import IllegalMoveError
from dualhome.domain.reasons import Reason
from dualhome.domain.states import HOLDING, State, check_move
from tests.support.builders.values import (
    INTERFACE,
    NOW,
    TRACE,
    a_cause,
    a_primary,
    a_record,
    a_seen_attachment,
    an_instance,
)
from tests.unit.domain.strategies import QUICK

STATES = st.sampled_from(State)


def an_entry(before: State | None, after: State, **fields: Any) -> AuditEntry:
    """Return the audit entry of a move between two states."""
    move = Move(a_record(before) if before else None, a_record(after, **fields))
    return AuditEntry("01J", move, TRACE)


@QUICK
@given(STATES, STATES)
def test_a_successor_is_a_new_version_that_says_why_by_itself(first: State, second: State) -> None:
    """An old reason beside a new state would mislead its reader."""
    before = a_record(
        first,
        version=7,
        reason=Reason.EC2_REFUSED,
        detail="no",
        failure=Failure("Code", "no"),
        retry_at=NOW,
    )
    later, cause = NOW + timedelta(seconds=1), a_cause("event-2")

    after = before.to(second, later, cause)

    stays = first is second is State.ATTACHED  # as old as before: it has not left its state
    assert (after.state, after.version, after.cause) == (second, 8, cause)
    assert (after.since, after.written_at) == (NOW if stays else later, later)
    assert (after.reason, after.detail, after.failure, after.retry_at) == (None, "", None, None)
    assert (after.interface, after.slot) == (before.interface, before.slot)


@pytest.mark.parametrize(
    ("first", "second", "attempts"),
    [
        (State.WAITING, State.CLAIMED, 4),
        (State.FAILED, State.CLAIMED, 4),
        (State.CLAIMED, State.CLAIMED, 3),
        (State.CLAIMED, State.ATTACHED, 3),
        (State.CLAIMED, State.FAILED, 3),
        (State.ATTACHED, State.ATTACHED, 3),
        (State.ATTACHED, State.WAITING, 0),
        (State.ATTACHED, State.RELEASING, 0),
        (State.RELEASED, State.CLAIMED, 1),
    ],
)
def test_attempts_are_counted_anew_once_an_end_was_reached(
    first: State, second: State, attempts: int
) -> None:
    """The waits after failures grow with them: what once succeeded owes nothing."""
    before = a_record(first, attempt=3)

    assert attempts == before.to(second, NOW, a_cause()).attempt


@QUICK
@given(STATES | st.none(), STATES)
def test_an_illegal_move_cannot_be_made(first: State | None, second: State) -> None:
    """A value that exists is legal: no caller checks it again."""
    try:
        check_move(first, second)
    except IllegalMoveError:
        with pytest.raises(IllegalMoveError):
            an_entry(first, second)
    else:
        assert an_entry(first, second).move.from_state == first


@pytest.mark.parametrize("state", State)
def test_a_record_holds_its_interface_in_the_holding_states_only(state: State) -> None:
    """The ledger keeps claim and slot for exactly these."""
    assert a_record(state).holding is (state in HOLDING)


@pytest.mark.parametrize("before", [None, State.CLAIMED, State.ATTACHING, State.WAITING])
def test_the_time_to_attached_counts_from_the_event_that_asked(before: State | None) -> None:
    """The figure that users feel: from tag to attached."""
    asked = NOW - timedelta(seconds=2.5)

    assert an_entry(before, State.ATTACHED, requested_at=asked).seconds_to_attached == 2.5


def test_no_time_to_attached_is_negative() -> None:
    """An event's clock and ours need not agree; CloudWatch has no p99 beside such a value."""
    asked = NOW + timedelta(seconds=1)

    assert an_entry(None, State.ATTACHED, requested_at=asked).seconds_to_attached == 0.0


@pytest.mark.parametrize(
    "entry",
    [
        an_entry(State.CLAIMED, State.ATTACHING),
        an_entry(State.ATTACHING, State.ATTACHED, requested_at=None),
    ],
    ids=["not yet attached", "unknown start"],
)
def test_other_moves_have_no_time_to_attached(entry: AuditEntry) -> None:
    """They would blur the figure."""
    assert entry.seconds_to_attached is None


def test_an_instance_knows_its_attachments_by_interface_and_slot() -> None:
    """A record without an interface matches none."""
    instance = an_instance(attachments=(a_primary(), a_seen_attachment()))

    assert instance.attachment_of(INTERFACE) == a_seen_attachment()
    assert instance.attachment_of(None) is None
    assert instance.occupied() == {DeviceSlot(0, 0), DeviceSlot(0, 1)}
