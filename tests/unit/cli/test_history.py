"""`dualhome history`: which moves it tells."""

import json
from datetime import timedelta

import pytest

from dualhome.domain.attachment import Attachment, Move
from dualhome.domain.states import State
from dualhome_cli.commands.history import LONGEST
from tests.support.builders.values import NOW, TRACE, a_cause, a_record
from tests.support.scenarios.stack import InMemoryStack, run

DAY = timedelta(days=1)


@pytest.fixture
def stack() -> InMemoryStack:
    """A stack on which `i-01` was attached yesterday, and `i-02` an hour ago."""
    stack = InMemoryStack()
    for instance, interface, at in (("i-01", "eni-01", DAY), ("i-02", "eni-02", DAY / 24)):
        claimed = a_record(State.CLAIMED, instance=instance, interface=interface, since=NOW - at)
        attaching = claimed.to(State.ATTACHING, NOW - at + DAY / 86400, a_cause())
        commit(stack, None, claimed)
        commit(stack, claimed, attaching)
    return stack


def commit(stack: InMemoryStack, before: Attachment | None, after: Attachment) -> None:
    """Write a move."""
    stack.ledger.commit(Move(before, after), TRACE)


def shown(stack: InMemoryStack, *words: str) -> list[tuple[str, str]]:
    """Return instance and state of each move told."""
    rows = json.loads(run(stack, "history", *words, "-o", "json").stdout)
    return [(row["instance"], row["to_state"]) for row in rows]


@pytest.mark.parametrize("subject", ["i-01", "eni-01"])
def test_an_instance_and_an_interface_have_a_history(stack: InMemoryStack, subject: str) -> None:
    """The question is about the one or the other, depending on who complains."""
    assert [("i-01", "claimed"), ("i-01", "attaching")] == shown(stack, subject)


def test_a_move_is_a_line_that_says_when_what_and_caused_by_what(stack: InMemoryStack) -> None:
    """Read from top to bottom it is the story of the instance."""
    first = run(stack, "history", "i-01").stdout.splitlines()[1]

    assert "2026-02-28 12:00:00" in first
    assert "claimed" in first
    assert "tag change" in first
    assert "Claims eni-01 at device index 1." in first


def test_a_day_holds_the_moves_of_everybody(stack: InMemoryStack) -> None:
    """What happened on that day, in its order."""
    assert [("i-01", "claimed"), ("i-01", "attaching")] == shown(stack, "--day", "2026-02-28")
    assert [("i-02", "claimed"), ("i-02", "attaching")] == shown(stack, "--day", "2026-03-01")
    assert "i-02" in run(stack, "history", "--day", "2026-03-01").stdout


def test_since_leaves_out_what_is_older(stack: InMemoryStack) -> None:
    """An outage has a beginning."""
    assert [] == shown(stack, "i-01", "--since", "2026-03-01")
    assert [("i-01", "attaching")] == shown(stack, "i-01", "--since", "2026-02-28T12:00:01")


def test_since_alone_is_about_everybody_across_midnight(stack: InMemoryStack) -> None:
    """Nights have two dates."""
    everybody = ["i-01", "i-01", "i-02", "i-02"]

    assert everybody == [it for it, _ in shown(stack, "--since", "2026-02-28T11:00")]
    assert everybody[1:] == [it for it, _ in shown(stack, "--since", "2026-02-28T12:00:01")]


def test_the_longest_age_may_be_asked_for(stack: InMemoryStack) -> None:
    """It is counted from when it was typed, and judged a moment later."""
    oldest = stack.now() - LONGEST - timedelta(seconds=1)

    assert 0 == run(stack, "history", "--since", oldest.isoformat()).exit_code


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([], "give an INSTANCE or INTERFACE, or --since, or --day alone"),
        (["i-01", "--day", "2026-03-01"], "or --day alone"),
        (["--since", "1h", "--day", "2026-03-01"], "or --day alone"),
        (["web-1"], "'web-1' is no id of an instance or interface"),
        (["--day", "yesterday"], "'yesterday' does not match the format '%Y-%m-%d'"),
        (["--since", "noon"], "expected an age (90s 30m 2h 3d 1w) or 2026-11-22[T14:30]"),
        (["--since", "999999w"], "expected an age"),
        (["i-01", "--since", "0001-01-01T00:00+14:00"], "expected an age"),
        (["i-01", "--since", "9999-12-31T23:59-14:00"], "expected an age"),
        (["--since", "2025-03-01"], "reaches back 31 days at most"),
    ],
)
def test_what_cannot_be_answered_is_wrong_usage(
    stack: InMemoryStack, words: list[str], sentence: str
) -> None:
    """The sentence shows what could."""
    result = run(stack, "history", *words)

    assert 2 == result.exit_code
    assert sentence in result.stderr


def test_an_instance_without_a_past_says_where_to_ask(stack: InMemoryStack) -> None:
    """It may never have asked for anything, or not exist."""
    result = run(stack, "history", "i-0dead")

    assert (0, "") == (result.exit_code, result.stdout)
    assert "`dualhome status i-0dead` shows its state" in result.stderr


def test_another_age_is_offered_only_to_those_who_gave_one(stack: InMemoryStack) -> None:
    """Without one, the whole past was read."""
    assert "--since" not in run(stack, "history", "i-0dead").stderr
    assert "or give another --since" in run(stack, "history", "i-0dead", "--since", "1h").stderr


def test_a_narrow_terminal_tells_the_whole_story(stack: InMemoryStack) -> None:
    """As the present does."""
    out = run(stack, "history", "i-01", columns=40).stdout

    assert "what happened: Claims eni-01 at device" in out
    assert max(map(len, out.splitlines())) <= 40
