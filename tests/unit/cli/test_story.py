"""A move as a person tells it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from dualhome.domain.attachment import Attachment, AuditEntry, Cause, Failure, Move, Origin
from dualhome.domain.reasons import Reason
from dualhome.domain.states import LEGAL_MOVES, State
from dualhome_cli.history.transitions import print_cause, text_of, transition_of
from tests.support.builders.values import INSTANCE, NOW, TRACE, a_cause, a_record

ALTHOUGH = "although its VPC lets the instance's VPC in no longer"
FAILURE = Failure("IncorrectState", "Not now")


def told(before: State | None, after: Attachment) -> str:
    """Return the story of the move from ``before`` to ``after``."""
    earlier = a_record(before) if before else None
    return text_of(AuditEntry("1", Move(earlier, after), TRACE))


@pytest.mark.parametrize(
    ("before", "after", "story"),
    [
        (None, a_record(State.CLAIMED), "Claims eni-01 at device index 1."),
        (State.CLAIMED, a_record(State.ATTACHING), "EC2 has accepted eni-01 at device index 1."),
        (
            State.ATTACHING,
            a_record(State.ATTACHED, since=NOW + timedelta(seconds=4.25)),
            "Has eni-01 at device index 1, 4.2 s after it was asked for.",
        ),
        (
            None,
            a_record(State.ATTACHED, origin=Origin.ADOPTED, requested_at=None),
            "Adopts eni-01 at device index 1, which somebody had attached.",
        ),
        (
            State.ATTACHED,
            a_record(State.ATTACHED, reason=Reason.PAUSED),
            "Keeps eni-01 at device index 1. PAUSED.",
        ),
        (
            State.ATTACHED,
            a_record(State.ATTACHED, warnings=(Reason.CONSENT_WITHDRAWN,)),
            f"Keeps eni-01 at device index 1, {ALTHOUGH}.",
        ),
        (
            None,
            a_record(State.WAITING, reason=Reason.POOL_EMPTY, detail="all are in use"),
            "Waits for an interface. POOL_EMPTY: all are in use.",
        ),
        (
            None,
            a_record(State.REFUSED, reason=Reason.SAME_VPC, detail="vpc-0b is its own"),
            "May not be attached. SAME_VPC: vpc-0b is its own.",
        ),
        (State.ATTACHED, a_record(State.RELEASING), "Lets go of eni-01 at device index 1."),
        (
            State.RELEASING,
            a_record(State.RELEASED, interface="eni-01"),
            "Has let go of eni-01.",
        ),
        (State.WAITING, a_record(State.RELEASED), "Is no longer asked for."),
        (
            State.RELEASING,
            a_record(State.FAILED, interface="eni-01", reason=Reason.EC2_REFUSED, failure=FAILURE),
            "Could not be attached; eni-01 is free again. EC2_REFUSED: IncorrectState: Not now.",
        ),
        (
            State.RELEASING,
            a_record(State.STUCK, reason=Reason.DETACH_TIMEOUT),
            "Cannot let go of eni-01 at device index 1: a person must look. DETACH_TIMEOUT.",
        ),
    ],
)
def test_a_move_is_a_sentence_and_its_reason(
    before: State | None, after: Attachment, story: str
) -> None:
    """Read from top to bottom, the lines tell what happened."""
    assert story == told(before, after)


@pytest.mark.parametrize(
    ("before", "after"), [(before, it) for before, found in LEGAL_MOVES.items() for it in found]
)
def test_every_legal_move_has_a_story(before: State | None, after: State) -> None:
    """No line of the past is left blank."""
    assert told(before, a_record(after)).endswith(".")


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


def test_a_chapter_names_an_interface_that_is_held_or_was_until_then() -> None:
    """A record that waits keeps the name of what it held last: others may have it."""
    attached = a_record(State.ATTACHED)
    waiting = replace(attached, state=State.WAITING)
    ends = transition_of(AuditEntry("01J", Move(attached, waiting), TRACE))
    later = transition_of(AuditEntry("01K", Move(waiting, waiting), TRACE))

    assert ("eni-01", 1) == (ends.interface, ends.device_index)
    assert (None, None) == (later.interface, later.device_index)


def test_a_chapter_holds_all_that_is_needed_to_follow_it_elsewhere() -> None:
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


def test_consent_that_is_back_is_told_once() -> None:
    """The warning ends; a note for another reason says nothing of it."""
    warned = a_record(warnings=(Reason.PUBLIC_IPV4, Reason.CONSENT_WITHDRAWN))
    back, held = a_record(warnings=(Reason.PUBLIC_IPV4,)), replace(warned, reason=Reason.PAUSED)

    ended, kept = (text_of(AuditEntry("1", Move(warned, it), TRACE)) for it in (back, held))

    assert "Keeps eni-01 at device index 1: its VPC lets the instance's VPC in again." == ended
    assert "Keeps eni-01 at device index 1. PAUSED." == kept
