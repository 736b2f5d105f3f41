"""`dualhome` where AWS cannot be asked: one sentence, exit code 3, and never a traceback."""

import json
import subprocess

import pytest

from tests.support.deployed.command import COMMAND, dualhome, environment
from tests.support.deployed.stack import Stack
from tests.support.deployed.world import World


@pytest.mark.parametrize(
    ("words", "variables", "sentence"),
    [
        pytest.param(
            ["--region", "eu-west-1"],
            {},
            "There is no stack dualhome in eu-west-1: give --region or --stack-name.",
            id="wrong Region",
        ),
        pytest.param(
            ["--stack-name", "other"],
            {},
            "There is no stack other in us-east-1: give --region or --stack-name.",
            id="no stack",
        ),
        pytest.param(
            [],
            {"AWS_ACCESS_KEY_ID": ""},
            "No AWS credentials found: give --profile, or sign in as you do for the AWS CLI.",
            id="no credentials",
        ),
        pytest.param(
            ["--profile", "none"],
            {},
            "give --profile; `aws configure list-profiles`",
            id="no profile",
        ),
        pytest.param(
            [],
            {"AWS_REGION": None, "AWS_DEFAULT_REGION": None},
            "No AWS Region is set: give --region, or set AWS_REGION.",
            id="no Region",
        ),
        pytest.param(
            [],
            {"AWS_ENDPOINT_URL": "http://127.0.0.1:9"},
            "AWS cannot be reached: check --region and the network.",
            id="unreachable",
        ),
    ],
)
def test_what_keeps_aws_from_answering_is_a_sentence(
    stack: Stack, words: list[str], variables: dict[str, str | None], sentence: str
) -> None:
    """The operator on call knows what to do next."""
    done = dualhome(stack, *words, "status", **variables)

    assert (3, "") == (done.returncode, done.stdout)
    assert sentence in done.stderr
    assert 1 == len(done.stderr.splitlines())


def test_another_stack_is_not_taken_for_dualhome(stack: Stack) -> None:
    """Its name is close, or nothing was deployed under the usual one."""
    template = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}
    cloudformation = stack.cloud.client("cloudformation")
    cloudformation.create_stack(StackName="neighbour", TemplateBody=json.dumps(template))

    done = dualhome(stack, "--stack-name", "neighbour", "status")

    assert 3 == done.returncode
    assert "Stack neighbour" in done.stderr
    assert "is it dualhome's, and deployed? Give --stack-name." in done.stderr


def test_a_reader_that_has_seen_enough_ends_it_quietly(stack: Stack, world: World) -> None:
    """Such as `head`: the rest is of no use to anybody."""
    lonely = world.launch(targets=world.named("nowhere"))
    world.comes_to("refused", lonely, world.named("nowhere"))

    ends = {
        (command, output): _unread(stack, command, lonely, "-o", output)
        for command in ("history", "status")
        for output in ("table", "json", "csv")
    }

    assert dict.fromkeys(ends, (141, b"")) == ends


def _unread(stack: Stack, *words: str) -> tuple[int, bytes]:
    """Return exit code and standard error of a command whose output is not read."""
    with subprocess.Popen(
        [*COMMAND, *words],
        env=environment(stack),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        errors = process.stderr.read()
    return process.returncode, errors
