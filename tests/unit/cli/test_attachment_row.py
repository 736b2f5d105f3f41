"""What is said of an attachment: why it is in its state, and whether it needs attention."""

from datetime import timedelta

import pytest

from dualhome.domain.attachment import Attachment, Failure
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State
from dualhome_cli.status.attachment_row import needs_attention, row_of, why
from tests.support.builders.values import NOW, a_record

HOUR = NOW - timedelta(hours=1)


@pytest.mark.parametrize(
    ("record", "needs"),
    [
        (a_record(State.ATTACHED), False),
        (a_record(State.RELEASED), False),
        (a_record(State.ATTACHED, reason=Reason.RELEASE_HELD), True),
        (a_record(State.ATTACHED, warnings=(Reason.OVERLAPPING_CIDR,)), False),
        (a_record(State.ATTACHED, warnings=(Reason.CONSENT_WITHDRAWN,)), True),
        (a_record(State.WAITING, warnings=(Reason.CONSENT_WITHDRAWN,)), True),
        (a_record(State.RELEASED, warnings=(Reason.CONSENT_WITHDRAWN,)), False),
        (a_record(State.WAITING), True),
        (a_record(State.REFUSED), True),
        (a_record(State.FAILED), True),
        (a_record(State.STUCK), True),
        (a_record(State.CLAIMED), False),
        (a_record(State.ATTACHING), False),
        (a_record(State.RELEASING), False),
        (a_record(State.ATTACHING, since=NOW - timedelta(minutes=2)), True),
        (a_record(State.RELEASING, since=HOUR), True),
    ],
)
def test_what_moves_needs_attention_only_if_it_takes_long(
    record: Attachment, *, needs: bool
) -> None:
    """Moves take seconds; what moves for minutes has lost its way."""
    assert needs == needs_attention(record, NOW)


def test_awss_own_words_are_shown_once() -> None:
    """The detail quotes them as a rule."""
    failure = Failure("Client.InvalidParameter", "No such thing")
    quoted = a_record(
        State.FAILED,
        reason=Reason.EC2_REFUSED,
        detail="AttachNetworkInterface: Client.InvalidParameter: No such thing",
        failure=failure,
    )

    said = why(row_of(quoted, NOW))

    assert 1 == said.count("No such thing")
    assert said.startswith("EC2_REFUSED: AttachNetworkInterface: Client.InvalidParameter: No such")


def test_a_warning_is_shown_of_what_is_attached() -> None:
    """It works, and yet packets may go astray."""
    record = a_record(State.ATTACHED, warnings=(Reason.OVERLAPPING_CIDR,))

    said = why(row_of(record, NOW))

    assert f"OVERLAPPING_CIDR: {Reason.OVERLAPPING_CIDR.advice}" == said


def test_a_deletion_to_come_is_shown_with_the_command_that_prevents_it() -> None:
    """With its ids: no operator looks up an attachment's id at night."""
    it = row_of(a_record(warnings=(Reason.DELETE_ON_TERMINATION,)), NOW)

    said = why(it)

    assert said.startswith("DELETE_ON_TERMINATION: EC2 deletes eni-01 with the instance.")
    assert "--network-interface-id eni-01" in said
    assert f"AttachmentId={it.attachment_id},DeleteOnTermination=false" in said
    assert len(it.warnings) == len(it.warning_advice)
