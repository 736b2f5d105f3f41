"""Reasons and their advice."""

import re

import pytest

from dualhome.domain.reasons import Reason, state_for
from dualhome.domain.states import State


@pytest.mark.parametrize("reason", Reason)
def test_each_reason_has_one_sentence_of_advice(reason: Reason) -> None:
    """An operator reads it in a terminal, beside the record: one line, one thing to do."""
    assert re.fullmatch(r"[A-Z][^.!?]*[^\s.!?]\.", reason.advice)
    assert len(reason.advice) <= 100


@pytest.mark.parametrize("reason", Reason)
def test_no_advice_spells_a_tag_key_of_one_deployment(reason: Reason) -> None:
    """A stack has a prefix of its own: somebody would tag what it never reads."""
    assert "dualhome:" not in reason.advice


def test_a_pin_beyond_the_type_may_be_corrected() -> None:
    """No larger type is needed for that."""
    assert "correct its pin" in Reason.INSTANCE_LIMIT.advice


def test_no_two_reasons_give_the_same_advice() -> None:
    """Two reasons with one answer are one reason."""
    assert len(Reason) == len({reason.advice for reason in Reason})


@pytest.mark.parametrize("reason", Reason)
def test_a_reason_is_written_and_read_back_by_its_name(reason: Reason) -> None:
    """Records, events and tags carry the name alone."""
    assert reason.name == str(reason) == f"{reason}"
    assert reason is Reason[reason.value]


@pytest.mark.parametrize("reason", Reason)
def test_only_what_time_alone_can_cure_waits(reason: Reason) -> None:
    """The waiting are requeued when an interface is freed, or by a sweep; the refused, by a tag."""
    curable = reason in {
        Reason.POOL_EMPTY,
        Reason.RESERVED,
        Reason.TYPE_UNKNOWN,
        Reason.RESERVED_IN_USE,
        Reason.UNIT_INCOMPLETE,
        Reason.PAUSED,
        Reason.CONTESTED,
    }

    assert state_for(reason) == (State.WAITING if curable else State.REFUSED)
