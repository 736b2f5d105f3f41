"""A move of the audit log as a row: what changed, why, and what caused it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from dualhome.domain.attachment import (
    Attachment,
    AuditEntry,
    Cause,
    Failure,
    Move,
    Origin,
    PendingRelease,
)
from dualhome.domain.reasons import Reason
from dualhome.domain.refusals import Refusal
from dualhome.domain.states import LEGAL_MOVES, State
from dualhome_cli.history.transitions import print_cause, text_of, transition_of
from tests.support.builders.values import INSTANCE, INTERFACE, NOW, TRACE, a_cause, a_record
from tests.unit.cli.transcript import Transcript

FAILURE = Failure("IncorrectState", "Not now")


@pytest.mark.parametrize(
    ("cause", "said"),
    [
        (a_cause(tag_version=12, resource=INSTANCE), "tag change 12"),
        (a_cause(tag_version=3, resource="eni-0b"), "tag change 3 of eni-0b"),
        (a_cause(), "tag change"),
        (
            a_cause(source="aws.ec2", detail_type="EC2 Instance State-change Notification"),
            "instance state",
        ),
        (a_cause(source="dualhome", detail_type="Sweep"), "sweep"),
        (
            a_cause(
                source="dualhome",
                detail_type="Retry",
                principal="arn:aws:sts::111122223333:assumed-role/ops/anna",
            ),
            "retry by ops/anna",
        ),
        (
            a_cause(
                source="dualhome",
                detail_type="Release",
                principal="arn:aws:iam::111122223333:user/ben",
            ),
            "release by ben",
        ),
        (a_cause(source="dualhome", detail_type="Retry", principal="odd"), "retry by odd"),
    ],
)
def test_a_cause_is_named_in_a_few_words(cause: Cause, said: str) -> None:
    """Whether it was a person, a tag or the sweep is the question that follows."""
    assert said == print_cause(cause, INSTANCE)


def test_a_row_names_an_interface_that_is_held_or_was_until_then() -> None:
    """A record that waits keeps the name of what it held last: others may have it."""
    attached = a_record(State.ATTACHED)
    waiting = replace(attached, state=State.WAITING)
    ends = transition_of(AuditEntry("01J", Move(attached, waiting), TRACE))
    later = transition_of(AuditEntry("01K", Move(waiting, waiting), TRACE))

    assert ("eni-01", 1) == (ends.interface, ends.device_index)
    assert (None, None) == (later.interface, later.device_index)


def test_a_row_holds_all_that_is_needed_to_follow_it_elsewhere() -> None:
    """Logs are found by request, CloudTrail by event, a rollback by its execution."""
    trace = replace(TRACE, execution_arn="arn:aws:states:::execution")
    entry = AuditEntry("01J", Move(None, a_record(State.CLAIMED)), trace)

    it = transition_of(entry)

    assert ("01J", "request-1", "arn:aws:states:::execution") == (
        it.id,
        it.request_id,
        it.execution_arn,
    )
    assert ("event-1", "aws.tag", "dualhome") == (it.cause_event_id, it.cause_source, it.by)


DUE = NOW + timedelta(seconds=10)
CODE = "AddressLimitExceeded"
REFUSALS = (Refusal(INTERFACE, CODE, 1, NOW + timedelta(hours=1)),)


def changed(before: Attachment | None, after: Attachment) -> str:
    """Return the text of a move."""
    return text_of(AuditEntry("1", Move(before, after), TRACE))


def pending(reason: Reason, lacking: str = "") -> Attachment:
    """Return an attached record as the reconciler notes it."""
    because = f"{reason}: {lacking}" if lacking else reason
    return a_record(
        reason=Reason.RELEASE_PENDING,
        pending=PendingRelease(reason, DUE),
        detail=f"{because}; released at 12:00:10Z if EC2 still says so",
    )


FAILED = a_record(
    State.FAILED,
    interface=INTERFACE,
    reason=Reason.EC2_REFUSED,
    failure=Failure(CODE, "too many"),
    refusals=REFUSALS,
)


def test_what_was_refused_is_claimed_again_where_nothing_else_is_free() -> None:
    """Last in order is not never."""
    again = a_record(State.CLAIMED, refusals=REFUSALS)

    assert "Claims eni-01 at device index 1, although EC2 has refused it: no other is free." == (
        changed(FAILED, again)
    )
    later = replace(again, since=NOW + timedelta(hours=1))
    assert "Claims eni-01 at device index 1" in changed(FAILED, later)
    assert "although" not in changed(FAILED, later)


def test_what_fails_for_another_cause_blames_no_interface() -> None:
    """A permission is missing: any interface would fail."""
    other = replace(FAILED, refusals=())
    claimed = a_record(State.CLAIMED, interface="eni-02")

    assert changed(a_record(State.CLAIMED), other).startswith(
        "Could not be attached; eni-01 is free"
    )
    assert "Claims eni-02 at device index 1." == changed(other, claimed)


WARNED = a_record(warnings=(Reason.PUBLIC_IPV4, Reason.CONSENT_WITHDRAWN))
CONTESTED = "eni-01 was detached by others at 11:58:00Z, 11:59:00Z, 12:00:00Z"
SPECIAL = {
    "attached after some seconds": (
        a_record(State.ATTACHING),
        a_record(State.ATTACHED, since=NOW + timedelta(seconds=4.25)),
    ),
    "adopted": (None, a_record(State.ATTACHED, origin=Origin.ADOPTED, requested_at=None)),
    "kept by a pause": (a_record(), a_record(reason=Reason.PAUSED)),
    "consent withdrawn": (a_record(), a_record(warnings=(Reason.CONSENT_WITHDRAWN,))),
    "consent given again": (WARNED, a_record(warnings=(Reason.PUBLIC_IPV4,))),
    "kept, warnings unchanged": (WARNED, replace(WARNED, reason=Reason.PAUSED)),
    "a new warning": (a_record(), a_record(warnings=(Reason.PUBLIC_IPV4,))),
    "waits": (None, a_record(State.WAITING, reason=Reason.POOL_EMPTY, detail="all are in use")),
    "refused": (None, a_record(State.REFUSED, reason=Reason.SAME_VPC, detail="vpc-0b is its own")),
    "failed": (
        a_record(State.RELEASING),
        a_record(State.FAILED, interface="eni-01", reason=Reason.EC2_REFUSED, failure=FAILURE),
    ),
    "stuck": (a_record(State.RELEASING), a_record(State.STUCK, reason=Reason.DETACH_TIMEOUT)),
    "release pending": (a_record(), pending(Reason.NOT_WANTED)),
    "release pending for another target": (
        a_record(),
        pending(Reason.UNIT_INCOMPLETE, "data waits: POOL_EMPTY; logs: NO_TARGET"),
    ),
    "release dropped": (pending(Reason.NOT_WANTED), a_record()),
    "release deferred": (pending(Reason.NOT_WANTED), a_record(reason=Reason.RELEASE_HELD)),
    "another reason": (pending(Reason.NOT_WANTED), pending(Reason.CONSENT_WITHDRAWN)),
    "released without consent": (
        pending(Reason.CONSENT_WITHDRAWN),
        a_record(State.RELEASING, reason=Reason.CONSENT_WITHDRAWN),
    ),
    "contested": (
        a_record(),
        a_record(State.WAITING, interface=INTERFACE, reason=Reason.CONTESTED, detail=CONTESTED),
    ),
    "an interface refused": (a_record(State.CLAIMED), FAILED),
    "the next interface": (
        FAILED,
        a_record(State.CLAIMED, interface="eni-02", refusals=REFUSALS),
    ),
    "deleted with its instance": (
        a_record(),
        a_record(State.RELEASED, interface="eni-01", reason=Reason.DELETED_WITH_INSTANCE),
    ),
}


def test_every_move_is_a_sentence_and_its_reason() -> None:
    """Read from top to bottom, the lines of a history say what happened."""
    said = Transcript("history")
    for before, found in LEGAL_MOVES.items():
        lines = []
        for after in sorted(found):
            earlier = a_record(before) if before else None
            record = a_record(after, interface=INTERFACE)
            lines.append(f"-> {after}: {changed(earlier, record)}")
        said.note(f"from {before or 'nothing'}", *lines)
        assert all(line.endswith(".") for line in lines)
    for title, move in SPECIAL.items():
        said.note(title, changed(*move))
    said.check()
