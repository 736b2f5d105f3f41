"""Commands to be copied: with the operator's options, and as many as a tag's length takes."""

import shlex

import pytest

from dualhome.domain.tags import MAX_VALUE, TagKeys, key_with_room, parse_consent
from dualhome_cli.main import dualhome
from dualhome_cli.ui.shell_commands import allow, allow_all, with_options
from tests.support.builders.values import MGMT_VPC, POLICY, a_vpc, an_instance
from tests.support.scenarios.stack import InMemoryStack, a_stack_with, run

GIVEN = ("--profile", "ops team", "--region", "eu-west-1", "--stack-name", "dual-2")
STACK = InMemoryStack(region="eu-west-1")


def shown(text: str, *options: str) -> str:
    """Return ``text`` as `dualhome OPTIONS` tells it."""
    # Not a bare Context: the first one decides for the process whether -h is an option.
    with dualhome.make_context("dualhome", [*options, "status"]):
        return with_options(text, STACK)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ((), ""),
        (("--stack-name", "dualhome"), ""),
        (("--region", "eu-west-1"), "--region eu-west-1 "),
        (GIVEN, "--profile 'ops team' --region eu-west-1 --stack-name dual-2 "),
    ],
)
def test_a_command_of_ours_gets_what_was_given(options: tuple[str, ...], words: str) -> None:
    """Nothing else: what the shell decides, it decides for the pasted command too."""
    text = "Fix it, then: dualhome {}retry i-01. `dualhome {}doctor` says more of dualhome."

    assert text.format(words, words) == shown(text.format("", ""), *options)


def test_a_command_of_the_aws_cli_always_gets_the_region() -> None:
    """It would otherwise change things elsewhere."""
    text = "aws ec2 create-tags --resources vpc-01"

    assert "aws ec2 create-tags --region eu-west-1 --resources vpc-01" == shown(text)
    assert "aws ec2 create-tags --profile 'ops team' --region" in shown(text, *GIVEN)


def test_commands_tell_them_so() -> None:
    """An operator of another stack would be sent to the wrong one."""
    stack = a_stack_with()
    stack.ec2.add(an_instance("i-0abc"))

    said = run(stack, *GIVEN, "status", "i-0abc").stderr

    assert "--stack-name dual-2 retry i-0abc`" in said


KEYS = POLICY.keys
GUESTS = [f"vpc-{number:017x}" for number in range(30)]


def tags_of(command: str) -> dict[str, str]:
    """Return the tags that the commands set."""
    words = (word.removeprefix("Key=") for word in shlex.split(command) if word[:4] == "Key=")
    parts = (word.partition(",Value=") for word in words)
    return {key: value for key, _, value in parts}


def test_more_vpcs_than_one_value_holds_go_into_several_tags() -> None:
    """Twelve ids fill one value; one that is full must not be looked for for ever."""
    vpc = a_vpc(allow_from="vpc-0e")

    tags = tags_of(allow_all(vpc, GUESTS, KEYS))

    assert parse_consent(KEYS, tags) == {"vpc-0e", *GUESTS}
    assert max(map(len, tags.values())) <= MAX_VALUE
    assert ["dualhome:allow-from", "dualhome:allow-from:2", "dualhome:allow-from:3"] == list(tags)


def test_one_guest_needs_one_command() -> None:
    """The ordinary case reads as one would write it."""
    command = allow(a_vpc(allow_from="vpc-0e"), "vpc-0f", KEYS)

    assert f"aws ec2 create-tags --resources {MGMT_VPC} --tags" in command
    assert {"dualhome:allow-from": "vpc-0e vpc-0f"} == tags_of(command)


def test_a_word_that_no_value_holds_is_an_error() -> None:
    """Not an endless search for a tag with room."""
    with pytest.raises(ValueError, match="256"):
        key_with_room(TagKeys(), {}, "v" * 257)
