"""Reasons and their advice."""

import re

from dualhome.domain.reasons import Reason, state_for
from dualhome.domain.states import State
from tests.support.offenders import offenders

REASONS = {reason.name: reason for reason in Reason}


def test_each_reason_has_one_sentence_of_advice() -> None:
    """An operator reads it in a terminal, beside the record: one line, one thing to do."""
    assert {} == offenders(
        REASONS,
        lambda reason: {
            "one sentence": re.fullmatch(r"[A-Z][^.!?]*[^\s.!?]\.", reason.advice),
            "one line": len(reason.advice) <= 100,
        },
    )


def test_no_advice_spells_a_tag_key_of_one_deployment() -> None:
    """A stack has a prefix of its own: an operator would set a tag that it never reads."""
    assert [] == [reason for reason in Reason if "dualhome:" in reason.advice]


def test_a_pin_beyond_the_type_may_be_corrected() -> None:
    """No larger type is needed for that."""
    assert "correct its pin" in Reason.INSTANCE_LIMIT.advice


def test_no_two_reasons_give_the_same_advice() -> None:
    """Two reasons with one answer are one reason."""
    assert len(Reason) == len({reason.advice for reason in Reason})


def test_a_reason_is_written_and_read_back_by_its_name() -> None:
    """Records, events and tags carry the name alone."""
    assert {} == offenders(
        REASONS,
        lambda reason: {
            "is written": reason.name == str(reason) == f"{reason}",
            "is read": reason is Reason[reason.value],
        },
    )


def test_only_what_time_alone_can_cure_waits() -> None:
    """A freed interface or a sweep requeues what waits; a tag requeues what is refused."""
    curable = {
        Reason.POOL_EMPTY,
        Reason.RESERVED,
        Reason.TYPE_UNKNOWN,
        Reason.RESERVED_IN_USE,
        Reason.UNIT_INCOMPLETE,
        Reason.PAUSED,
        Reason.CONTESTED,
    }

    assert {it: State.WAITING if it in curable else State.REFUSED for it in Reason} == {
        it: state_for(it) for it in Reason
    }
