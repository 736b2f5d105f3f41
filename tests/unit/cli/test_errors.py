"""Errors of AWS and of the output become one sentence, with an exit code of their own."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from botocore import exceptions as aws
from click.testing import Result

from dualhome.adapters.aws_errors import meaning
from dualhome.domain.errors import DualhomeError, TransientError, UnavailableError
from dualhome_cli.errors import CODES, advice, will_pass
from tests.support.scenarios.stack import InMemoryStack, run
from tests.unit.cli.transcript import Transcript

URL = "https://dynamodb.us-esat-1.amazonaws.com"


def refused(code: str, message: str = "", operation: str = "Query") -> aws.ClientError:
    """Return an answer of AWS."""
    return aws.ClientError({"Error": {"Code": code, "Message": message}}, operation)


def status_with(error: Exception) -> Result:
    """Run `dualhome status i-01` where the first read fails."""
    stack = InMemoryStack()
    stack.recorded.calls.fail_next("records", error)
    return run(stack, "status", "i-01")


def ours(cause: Exception) -> DualhomeError:
    """Return the domain error that stands for ``cause``."""
    error = meaning(cause) if isinstance(cause, aws.ClientError) else UnavailableError(str(cause))
    error.__cause__ = cause
    return error


ANNA = (
    "User: arn:aws:sts::1:assumed-role/ops/anna is not authorized to perform: dynamodb:Query on"
    " resource: x with an explicit deny in a service control policy"
)
GUEST = (
    "User: arn:aws:iam::1:user/guest is not authorized to perform: ec2:DescribeVpcs because no"
    " identity-based policy allows the ec2:DescribeVpcs action"
)
EC2 = "You are not authorized to perform this operation."
ERRORS = (
    aws.NoCredentialsError(),
    aws.PartialCredentialsError(provider="env", cred_var="x"),
    aws.ProfileNotFound(profile="ops"),
    aws.NoRegionError(),
    aws.EndpointConnectionError(endpoint_url=URL),
    aws.ConnectTimeoutError(endpoint_url=URL),
    aws.UnauthorizedSSOTokenError(),
    aws.SSOTokenLoadError(error_msg="none"),
    *map(refused, sorted(CODES)),
    refused("AccessDeniedException", ANNA),
    refused("UnauthorizedOperation", f"{EC2} {GUEST}. Encoded authorization failure message: 4mU"),
    refused("UnauthorizedOperation", EC2, operation="DescribeInstances"),
    refused("SignatureDoesNotMatch", "Signature expired: 20260301T1 is now earlier than T2"),
    refused("InvalidSignatureException", "Signature not yet current: 20260301T3"),
    refused("NewCode", "New words"),
    aws.DataNotFoundError(data_path="x"),
)


def test_an_error_of_aws_is_one_sentence_that_says_what_to_do() -> None:
    """A traceback says nothing to an operator; scripts see a code of its own."""
    said = Transcript("errors")
    for error in ERRORS:
        result = status_with(error)
        code = error.response["Error"]["Code"] if isinstance(error, aws.ClientError) else ""
        said.note(code or type(error).__name__, result.stderr.rstrip("\n"))

        assert (3, "") == (result.exit_code, result.stdout)
        assert result.stderr.startswith("Error: ")
        assert 1 == len(result.stderr.splitlines())
        # The adapters translate for the functions; an operator needs what AWS said.
        assert advice(error) == advice(ours(error))
    said.note("a domain error without a cause", advice(UnavailableError("BatchGetItem left keys")))
    said.check()


@pytest.mark.parametrize("code", CODES)
def test_each_code_known_ends_in_a_whole_sentence(code: str) -> None:
    """Each says what to do."""
    assert advice(refused(code)).endswith((".", "try again."))


def test_a_defect_of_ours_is_no_error_of_aws() -> None:
    """It must be seen whole to be fixed."""
    result = status_with(KeyError("defect"))

    assert isinstance(result.exception, KeyError)


def test_ctrl_c_is_quiet() -> None:
    """The operator has pressed it."""
    stack = InMemoryStack()
    stack.recorded.calls.fail_next("records", KeyboardInterrupt())

    result = run(stack, "status", "i-01")

    assert (130, "") == (result.exit_code, result.output)


@pytest.mark.parametrize(
    ("cause", "passes"),
    [
        (refused("ThrottlingException"), True),
        (refused("InternalServerError"), True),
        (aws.EndpointConnectionError(endpoint_url=URL), True),
        (aws.ReadTimeoutError(endpoint_url=URL), True),
        (aws.NoCredentialsError(), False),
        (aws.UnauthorizedSSOTokenError(), False),
    ],
)
def test_waiting_helps_against_errors_on_the_other_side_only(
    cause: Exception, *, passes: bool
) -> None:
    """A live view that waits for expired credentials would seem to work."""
    error = ours(cause)

    assert isinstance(error, TransientError)
    assert passes == will_pass(error)


FULL = Path("/dev/full")

SCRIPT = """
import sys
from dataclasses import replace
from dualhome.domain.states import State
from dualhome_cli.main import dualhome
from tests.support.builders.values import a_record
from tests.support.scenarios.stack import WAITING, a_stack_with
dualhome(sys.argv[1:], obj=a_stack_with(replace(WAITING, detail="caf\\u00e9")))
"""


def start(*words: str, output: int, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run `dualhome WORDS` in a process of its own, over a record with an accent."""
    return subprocess.run(
        [sys.executable, "-c", SCRIPT, *words],
        env={"PYTHONPATH": ":".join(sys.path), **variables},
        stdout=output,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )


@pytest.mark.skipif(not FULL.exists(), reason="only Linux has a disk always full")
@pytest.mark.parametrize("form", ["table", "json", "csv"])
def test_what_cannot_be_written_is_one_sentence(form: str) -> None:
    """A full disk is no defect of ours, and half an answer no success."""
    with FULL.open("w", encoding="utf-8") as full:
        done = start("status", "-o", form, output=full.fileno())

    said = "Error: The output cannot be written: No space left on device."
    assert (3, said) == (done.returncode, done.stderr.splitlines()[-1])
    assert "Traceback" not in done.stderr
    assert "Exception" not in done.stderr


@pytest.mark.parametrize("form", ["table", "csv"])
def test_a_letter_that_the_terminal_does_not_know_is_escaped(form: str) -> None:
    """Tags have the letters of every language."""
    done = start("status", "-o", form, output=subprocess.PIPE, PYTHONIOENCODING="ascii")

    assert 0 == done.returncode, done.stderr
    assert r"caf\xe9" in done.stdout


@pytest.mark.parametrize("encoding", ["ascii", "utf-8"])
def test_json_is_json_in_any_encoding(encoding: str) -> None:
    """It has escapes of its own."""
    done = start("status", "-o", "json", output=subprocess.PIPE, PYTHONIOENCODING=encoding)

    (row,) = json.loads(done.stdout)
    assert "café" in row["detail"]
