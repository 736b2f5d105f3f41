"""`dualhome status` where there is little to show, or little room."""

import json
from dataclasses import replace

import pytest

from dualhome.domain.ec2 import InstanceState
from dualhome.domain.states import State
from tests.support.builders.values import a_primary, a_record, a_seen_attachment, an_instance
from tests.support.scenarios.stack import WAITING, InMemoryStack, a_stack_with, run


@pytest.mark.parametrize(
    ("tags", "sentence"),
    [
        (None, "no such instance in us-east-1 (account 111122223333): look at the id, --region"),
        ({}, "it asks for nothing: it has no tag dualhome:targets."),
        ({"dualhome:targets": " "}, "it asks for nothing: its tag dualhome:targets is empty."),
        ({"dualhome:targets": "mgmt"}, "asks for 'mgmt', but nothing is recorded yet: look again"),
        ({"dualhome:targets": "!"}, "asks for what cannot be read, but nothing is recorded yet"),
        ({"dualhome:targets": "mgmt", "dualhome:ignore": ""}, "to keep its hands off"),
    ],
)
def test_an_instance_without_a_record_says_why(tags: dict[str, str] | None, sentence: str) -> None:
    """Nothing at all would leave open whether the id is wrong, or the Region, or the tag."""
    stack = a_stack_with()
    if tags is not None:
        stack.ec2.add(an_instance("i-0abc", targets=None, tags=tags))

    result = run(stack, "status", "i-0abc")

    assert (2 if tags is None else 0) == result.exit_code
    assert sentence in result.stderr
    assert "" == result.stdout


def test_what_somebody_has_attached_by_hand_is_told() -> None:
    """It is dual-homed, only not by us."""
    seen = a_seen_attachment("eni-09", "i-0abc", index=2)
    stack = a_stack_with()
    stack.ec2.add(an_instance("i-0abc", targets=None, attachments=(a_primary("i-0abc"), seen)))

    result = run(stack, "status", "i-0abc")

    assert "eni-09 was attached at index 2 by somebody else." in result.stderr
    assert "eni-primary" not in result.stderr


@pytest.mark.parametrize(
    ("state", "sentence", "exit_code"),
    [
        (InstanceState.RUNNING, "asks for 'data', but nothing is recorded yet", 1),
        (InstanceState.PENDING, "it is pending, and looked at when it runs", 0),
    ],
)
def test_what_is_asked_for_and_not_recorded_needs_attention(
    state: InstanceState, sentence: str, exit_code: int
) -> None:
    """An event was lost: what is recorded looks healthy."""
    stack = a_stack_with(a_record())
    stack.ec2.add(an_instance(targets="mgmt data", state=state))

    result = run(stack, "status", "i-01", "--attention")

    assert exit_code == result.exit_code
    assert sentence in result.stderr
    assert "Nothing needs attention" not in result.stderr


@pytest.mark.parametrize(
    ("words", "sentence", "exit_code"),
    [
        (["--target", "typo"], "Nothing is recorded that matches --target typo.\n", 0),
        (["--state", "failed"], "Nothing is recorded that matches --state failed.\n", 0),
        (["--target", "mgmt"], "No record needs attention.\n", 0),
        (["i-01"], "Nothing needs attention.\n", 0),
        (["i-01", "i-0dead"], "i-0dead: there is no such instance", 2),
    ],
)
def test_an_empty_answer_to_attention_says_what_was_empty(
    words: list[str], sentence: str, exit_code: int
) -> None:
    """Somebody who mistypes a name must not sleep well."""
    stack = a_stack_with(a_record())
    stack.ec2.add(an_instance())

    result = run(stack, "status", *words, "--attention")

    assert exit_code == result.exit_code
    assert result.stderr.startswith(sentence)
    assert 1 == len(result.stderr.splitlines())


def test_a_pause_is_told_beside_the_answer() -> None:
    """Whoever asks why nothing happens need not read every row."""
    stack = a_stack_with(a_record())
    paused = replace(stack, parameters={**stack.parameters, "Paused": "true"})

    result = run(paused, "status", "-o", "json")

    assert "nothing is attached or detached until `dualhome resume`.\n" in result.stderr
    assert ["i-01"] == [row["instance"] for row in json.loads(result.stdout)]
    assert "resume" not in run(stack, "status").stderr


def test_an_instance_that_is_named_twice_is_shown_once() -> None:
    """Lists of ids are pasted from elsewhere."""
    result = run(a_stack_with(a_record()), "status", "i-01", "i-01")

    assert 2 == len(result.stdout.splitlines())


def test_what_is_known_is_shown_beside_what_is_not() -> None:
    """One slip in a list does not cost the rest of the answer."""
    result = run(a_stack_with(a_record()), "status", "i-0dead", "i-01")

    assert 2 == result.exit_code
    assert "i-01" in result.stdout
    assert "i-0dead: there is no such instance" in result.stderr


@pytest.mark.parametrize("word", ["web-1", "I-01", "eni-01", "i-", "i-01 i-02", "i-0xyz"])
def test_what_is_no_id_is_wrong_usage(word: str) -> None:
    """A name in the place of an id is told before anything is asked."""
    result = run(InMemoryStack(), "status", word)

    assert 2 == result.exit_code
    assert f"{word!r} is no id of an instance" in result.stderr


def test_an_empty_table_says_how_to_begin() -> None:
    """The first thing a new user sees."""
    result = run(a_stack_with(), "status")

    assert (0, "") == (result.exit_code, result.stdout)
    assert "tag an instance dualhome:targets=NAME" in result.stderr


def test_released_attachments_are_not_listed_without_an_instance() -> None:
    """No index holds them: an empty answer would be a lie."""
    result = run(a_stack_with(a_record(State.RELEASED)), "status", "--state", "released")

    assert 2 == result.exit_code
    assert "listed by instance: name one" in result.stderr


def test_a_narrow_terminal_shows_every_id_whole() -> None:
    """Half a screen, or a telephone: an id that is cut is no id."""
    record = a_record(instance="i-0123456789abcdef0", interface="eni-0fedcba9876543210")

    out = run(a_stack_with(record, WAITING), "status", columns=40).stdout

    assert "instance: i-0123456789abcdef0" in out
    assert "interface: eni-0fedcba9876543210@1" in out
    assert max(map(len, out.splitlines())) <= 40
    assert "…" not in out


def test_nothing_is_coloured_when_no_terminal_reads_it() -> None:
    """Escape codes break grep."""
    assert "\x1b" not in run(a_stack_with(a_record(), WAITING), "status").output
