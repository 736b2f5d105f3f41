"""What is told of releases that are pending, of contests, and of interfaces that EC2 refuses."""

from dataclasses import replace
from datetime import timedelta

import pytest

from dualhome.domain.attachment import Attachment, AuditEntry, Failure, Move, PendingRelease
from dualhome.domain.reasons import Reason
from dualhome.domain.refusals import Refusal
from dualhome.domain.states import State
from dualhome_cli.history.transitions import text_of
from tests.support.builders.values import INTERFACE, NOW, TRACE, a_record

DUE = NOW + timedelta(seconds=10)
CODE = "AddressLimitExceeded"
REFUSALS = (Refusal(INTERFACE, CODE, 1, NOW + timedelta(hours=1)),)
KEEPS = "Keeps eni-01 at device index 1"
WILL = "Will release eni-01 at device index 1 at 12:00:10Z, unless a second reading disagrees."


def told(before: Attachment, after: Attachment) -> str:
    """Return the story of a move."""
    return text_of(AuditEntry("1", Move(before, after), TRACE))


def pending(reason: Reason, lacking: str = "") -> Attachment:
    """Return an attached record as the reconciler notes it."""
    because = f"{reason}: {lacking}" if lacking else reason
    return a_record(
        reason=Reason.RELEASE_PENDING,
        pending=PendingRelease(reason, DUE),
        detail=f"{because}; released at 12:00:10Z if EC2 still says so",
    )


@pytest.mark.parametrize(
    ("before", "after", "story"),
    [
        (a_record(), pending(Reason.NOT_WANTED), f"{WILL} NOT_WANTED."),
        (
            a_record(),
            pending(Reason.UNIT_INCOMPLETE, "data waits: POOL_EMPTY; logs: NO_TARGET"),
            f"{WILL} UNIT_INCOMPLETE: data waits: POOL_EMPTY; logs: NO_TARGET.",
        ),
        (
            pending(Reason.NOT_WANTED),
            a_record(),
            f"{KEEPS}: a later reading disagrees with its release.",
        ),
        (
            pending(Reason.NOT_WANTED),
            a_record(reason=Reason.RELEASE_HELD),
            f"{KEEPS}. RELEASE_HELD.",
        ),
        (
            pending(Reason.NOT_WANTED),
            pending(Reason.CONSENT_WITHDRAWN),
            f"{WILL} CONSENT_WITHDRAWN.",
        ),
        (
            pending(Reason.CONSENT_WITHDRAWN),
            a_record(State.RELEASING, reason=Reason.CONSENT_WITHDRAWN),
            (
                "Lets go of eni-01 at device index 1, since its VPC lets the instance's VPC in no"
                " longer. CONSENT_WITHDRAWN."
            ),
        ),
        (
            a_record(),
            a_record(
                State.WAITING,
                interface=INTERFACE,
                reason=Reason.CONTESTED,
                detail="eni-01 was detached by others at 11:58:00Z, 11:59:00Z, 12:00:00Z",
            ),
            (
                "Has lost eni-01 to somebody else again, and attaches later. CONTESTED: eni-01 was"
                " detached by others at 11:58:00Z, 11:59:00Z, 12:00:00Z."
            ),
        ),
    ],
)
def test_a_turn_is_told_with_its_time_and_its_reason(
    before: Attachment, after: Attachment, story: str
) -> None:
    """Who reads the past sees that one reading alone decided nothing."""
    assert story == told(before, after)


FAILED = a_record(
    State.FAILED,
    interface=INTERFACE,
    reason=Reason.EC2_REFUSED,
    failure=Failure(CODE, "too many"),
    refusals=REFUSALS,
)


def test_what_ec2_refuses_and_what_is_tried_next_is_told_of_both() -> None:
    """One line blames the interface, the other names the one in its place."""
    claimed = a_record(State.CLAIMED)
    next_one = a_record(State.CLAIMED, interface="eni-02", refusals=REFUSALS)

    assert (
        "EC2 refuses eni-01, which is free again, and last in order until 2026-03-01 13:00:00Z."
        f" EC2_REFUSED: {CODE}: too many."
    ) == told(claimed, FAILED)
    assert "Claims eni-02 at device index 1, after EC2 has refused eni-01." == told(
        FAILED, next_one
    )


def test_what_was_refused_is_claimed_again_where_nothing_else_is_free() -> None:
    """Last in order is not never."""
    again = a_record(State.CLAIMED, refusals=REFUSALS)

    assert "Claims eni-01 at device index 1, although EC2 has refused it: no other is free." == (
        told(FAILED, again)
    )
    later = replace(again, since=NOW + timedelta(hours=1))
    assert "Claims eni-01 at device index 1" in told(FAILED, later)
    assert "although" not in told(FAILED, later)


def test_what_fails_for_another_cause_blames_no_interface() -> None:
    """A permission is missing: any interface would fail."""
    other = replace(FAILED, refusals=())
    claimed = a_record(State.CLAIMED, interface="eni-02")

    assert told(a_record(State.CLAIMED), other).startswith("Could not be attached; eni-01 is free")
    assert "Claims eni-02 at device index 1." == told(other, claimed)
