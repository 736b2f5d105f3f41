"""A printed command reaches the stack that was asked, from whatever shell it is pasted into."""

import pytest

from dualhome_cli.main import dualhome
from dualhome_cli.ui.shell_commands import with_options
from tests.support.builders.values import an_instance
from tests.support.scenarios.stack import InMemoryStack, a_stack_with, run

GIVEN = ("--profile", "ops team", "--region", "eu-west-1", "--stack-name", "dual-2")
STACK = InMemoryStack(region="eu-west-1")


def told(text: str, *options: str) -> str:
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
    text = "Mend it, then: dualhome {}retry i-01. `dualhome {}doctor` says more of dualhome."

    assert text.format(words, words) == told(text.format("", ""), *options)


def test_a_command_of_the_aws_cli_always_gets_the_region() -> None:
    """It would otherwise change things elsewhere."""
    text = "aws ec2 create-tags --resources vpc-01"

    assert "aws ec2 create-tags --region eu-west-1 --resources vpc-01" == told(text)
    assert "aws ec2 create-tags --profile 'ops team' --region" in told(text, *GIVEN)


def test_commands_tell_them_so() -> None:
    """Whoever asked about another stack would be sent to the wrong one."""
    stack = a_stack_with()
    stack.ec2.add(an_instance("i-0abc"))

    said = run(stack, *GIVEN, "status", "i-0abc").stderr

    assert "--stack-name dual-2 retry i-0abc`" in said
