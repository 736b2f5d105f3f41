"""`up` and `down`: one local cloud for a checkout, and nothing of it left when it is not wanted."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import boto3
from botocore.exceptions import ClientError

from localcloud.client.environment import ACCOUNT, REGION, SECRET
from tests.support.readers.checkout import Checkout
from tests.support.readers.processes import comes_true, is_listening

TEMPLATE = """
Resources:
  Thing:
    Type: {type}
Outputs:
  Name: {{Value: !Ref Thing}}
"""
FOREIGN = "AKIAIOSFODNN7EXAMPLE"
"""A key that IAM here never issued."""

ACCOUNT_IN_USE = "import boto3; print(boto3.client('sts').get_caller_identity()['Account'])"


def test_starting_twice_keeps_the_first(running: Checkout) -> None:
    """Who is not sure whether it runs may say `up` again and lose nothing."""
    first = running.local("localcloud.json").read_text()

    status, said = running.up()

    assert status == 0
    assert f"already runs at {running.endpoint}" in said
    assert first == running.local("localcloud.json").read_text()


def test_policies_are_enforced_unless_asked_otherwise(
    running: Checkout, checkout: Checkout
) -> None:
    """Practice teaches what AWS does; a developer who wants none of it says so, and is answered."""
    _, said_by_default = running.up()
    _, said = checkout.up("--no-auth")
    _, said_again = checkout.up()

    assert "IAM policies are enforced\n" in said_by_default
    assert "IAM policies are not enforced\n" in said
    assert "IAM policies are not enforced; to change that, stop it first" in said_again
    assert {"AuthFailure"} == {refusal_of(running, FOREIGN)}
    assert {""} == {refusal_of(running, ACCOUNT), refusal_of(checkout, FOREIGN)}


def test_down_leaves_logs_and_nothing_else(checkout: Checkout) -> None:
    """No process, no environment file that points at one, no temporary files."""
    checkout.up()
    endpoint = checkout.endpoint

    checkout.run("localcloud", "down")

    assert not is_listening(endpoint)
    left = [path.name for path in (checkout.folder / ".local").iterdir()]
    assert ["localcloud.log"] == left


def test_down_is_harmless_when_nothing_runs(checkout: Checkout) -> None:
    """`make clean` may always begin with it."""
    assert (0, "no local cloud is running\n") == checkout.run("localcloud", "down")


def test_a_killed_server_is_known_to_be_gone(checkout: Checkout) -> None:
    """Its process id may belong to another one by now: neither `up` nor `down` may trust it."""
    checkout.up()
    os.kill(json.loads(checkout.local("localcloud.json").read_text())["pid"], signal.SIGKILL)

    status, said = checkout.up()

    assert status == 0
    assert "started" in said
    assert is_listening(checkout.endpoint)


def test_the_env_file_binds_any_client_and_unbinds_the_developer_s_account(
    running: Checkout,
) -> None:
    """A shell that was logged in to an account a moment ago must not reach it."""
    said = subprocess.run(
        ["/bin/sh", "-c", f'. .local/env && "{sys.executable}" -c "{ACCOUNT_IN_USE}"'],
        cwd=running.folder,
        env=os.environ
        | {"AWS_PROFILE": "production", "AWS_ENDPOINT_URL_STS": "http://127.0.0.1:9"},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout

    assert said == "111122223333\n"


def test_the_env_file_puts_the_checkout_s_commands_on_the_path(running: Checkout) -> None:
    """What the README shows can be typed; last, so that the shell's own pip stays its own."""
    said = subprocess.run(
        ["/bin/sh", "-c", '. .local/env && echo "$PATH"'],
        cwd=running.folder,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout

    assert said == f"{os.environ['PATH']}:{Path(sys.executable).parent}\n"


def test_up_deploys_what_the_checkout_holds_now(running: Checkout) -> None:
    """A developer edits, says `up`, and finds the outputs without asking CloudFormation."""
    running.write_template(TEMPLATE.format(type="AWS::SQS::Queue"))
    running.up("--template", "template.yaml")
    running.write(
        "template.yaml", TEMPLATE.format(type="AWS::SQS::Queue").replace("Thing", "Other")
    )

    status, said = running.up("--template", "template.yaml")

    assert status == 0, said
    assert "Other" in json.loads(running.local("outputs.json").read_text())["Name"]


def test_a_deployment_that_fails_leaves_nothing_running(checkout: Checkout) -> None:
    """The SAM CLI's own words say what was wrong, and there is nothing to clean up."""
    checkout.write_template(TEMPLATE.format(type="AWS::SQS::Kueue"))

    status, said = checkout.up("--template", "template.yaml")

    assert status == 1
    assert "AWS::SQS::Kueue" in said
    assert not is_listening(address_in(said))
    assert not checkout.local("env").exists()


def test_an_interrupted_up_leaves_nothing_running(checkout: Checkout) -> None:
    """Ctrl-C while the stack is being deployed ends the server too."""
    checkout.write_template(TEMPLATE.format(type="AWS::SQS::Queue"))
    with checkout.start(
        "localcloud", "up", "--port", "0", "--template", "template.yaml"
    ) as command:
        assert comes_true(checkout.local("env").exists)
        command.send_signal(signal.SIGINT)
        said, _ = command.communicate()

    assert command.returncode == 128 + signal.SIGINT
    assert not is_listening(address_in(said))
    assert not checkout.local("env").exists()


def refusal_of(checkout: Checkout, key: str) -> str:
    """Return the code with which EC2 refuses ``key``, nothing if it does not."""
    ec2 = boto3.client(
        "ec2",
        endpoint_url=checkout.endpoint,
        region_name=REGION,
        aws_access_key_id=key,
        aws_secret_access_key=SECRET,
    )
    try:
        ec2.describe_vpcs()
    except ClientError as error:
        return error.response["Error"]["Code"]
    return ""


def address_in(said: str) -> str:
    """Return the address in the first line of what `up` said."""
    return said.splitlines()[0].split()[-1]
