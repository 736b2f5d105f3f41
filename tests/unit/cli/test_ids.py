"""Ids in sentences are fields for programs."""

from dualhome.domain.attachment import AuditEntry, Failure, Move
from dualhome.domain.states import State
from dualhome_cli.history.transitions import transition_of
from dualhome_cli.status.attachment_row import row_of
from dualhome_cli.ui.ids import instances_in, interfaces_in, mentions, vpcs_in
from tests.support.builders.values import NOW, TRACE, a_record

TEXT = "eni-0a1: it is in-use, on i-02, and vpc-0b does not allow vpc-0a; see eni-0a1 in subnet-0c"


def test_each_id_is_named_once_in_the_order_of_the_text() -> None:
    """A program needs no grammar."""
    assert ("eni-0a1", "i-02", "vpc-0b", "vpc-0a", "subnet-0c") == mentions(TEXT)
    assert (("i-02",), ("eni-0a1",), ("vpc-0b", "vpc-0a")) == (
        instances_in([TEXT]),
        interfaces_in([TEXT]),
        vpcs_in([TEXT]),
    )


def test_words_that_only_begin_like_ids_are_none() -> None:
    """An attachment's id is another kind; so is a word with a hyphen."""
    assert () == mentions("eni-attach-0123 of multi-face, i-any, an anti-ace")


def test_status_and_history_tell_the_ids_that_detail_and_error_name() -> None:
    """Which interface was skipped, and which instance has it."""
    failure = Failure("InvalidInput", "interface eni-0f is gone")
    record = a_record(State.FAILED, detail="eni-0a: on i-02", failure=failure)

    transition = transition_of(AuditEntry("1", Move(a_record(State.CLAIMED), record), TRACE))

    assert ("eni-0a", "i-02", "eni-0f") == row_of(record, NOW).mentions == transition.mentions
