"""`dualhome status` where there is little to show, or little room."""

import json
from dataclasses import replace

import pytest

from dualhome.domain.ec2 import InstanceState
from dualhome.domain.states import State
from tests.support.builders.values import a_primary, a_record, a_seen_attachment, an_instance
from tests.support.scenarios.stack import WAITING, InMemoryStack, a_stack_with, run
from tests.unit.cli.transcript import Transcript


def test_a_pause_is_shown_beside_the_rows() -> None:
    """An operator who asks why nothing happens need not read every row."""
    stack = a_stack_with(a_record())
    paused = replace(stack, parameters={**stack.parameters, "Paused": "true"})

    result = run(paused, "status", "-o", "json")

    assert "Nothing is attached or detached until `dualhome resume`.\n" in result.stderr
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


def test_released_attachments_are_not_listed_without_an_instance() -> None:
    """No index holds them: an empty answer would be a lie."""
    result = run(a_stack_with(a_record(State.RELEASED)), "status", "--state", "released")

    assert 2 == result.exit_code
    assert "released attachments are listed by instance" in result.stderr


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


WITHOUT_A_RECORD = {
    "no tag": an_instance("i-0abc", targets=None),
    "an empty tag": an_instance("i-0abc", targets=None, tags={"dualhome:targets": " "}),
    "not reconciled yet": an_instance("i-0abc"),
    "a malformed tag": an_instance("i-0abc", targets="!"),
    "excluded": an_instance("i-0abc", tags={"dualhome:ignore": ""}),
    "terminated": an_instance("i-0abc", state=InstanceState.TERMINATED),
    "an interface of another user": an_instance(
        "i-0abc",
        targets=None,
        attachments=(a_primary("i-0abc"), a_seen_attachment("eni-09", "i-0abc", index=2)),
    ),
}


def test_status_says_what_there_is_and_why_there_is_nothing() -> None:
    """Nothing at all would leave open whether the id is wrong, or the Region, or the tag."""
    said = Transcript("status")
    said.run("no attachment at all", a_stack_with(), "status")
    said.run("attachments", a_stack_with(a_record(), WAITING), "status")
    said.run("an unknown instance", a_stack_with(), "status", "i-0abc")
    for title, instance in WITHOUT_A_RECORD.items():
        stack = a_stack_with()
        stack.ec2.add(instance)
        said.run(f"an instance without a record: {title}", stack, "status", "i-0abc")
    for state in (InstanceState.RUNNING, InstanceState.PENDING):
        stack = a_stack_with(a_record())
        stack.ec2.add(an_instance(targets="mgmt data", state=state))
        said.run(f"a target without a record: {state}", stack, "status", "i-01", "--attention")
    stack = a_stack_with(a_record())
    stack.ec2.add(an_instance())
    for words in (
        ["--target", "typo"],
        ["--state", "failed"],
        ["--target", "mgmt"],
        ["i-01"],
        ["i-01", "i-0dead"],
    ):
        said.run("nothing needs attention", stack, "status", *words, "--attention")
    paused = replace(stack, parameters={**stack.parameters, "Paused": "true"})
    said.run("a paused stack", paused, "status")
    said.check()
