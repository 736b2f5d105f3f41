"""What AWS does not grant: one sentence that says what to do, and no traceback."""

import pytest
from botocore import exceptions as aws
from click.testing import Result

from dualhome.adapters.aws_errors import meaning
from dualhome.domain.errors import DualhomeError, TransientError, UnavailableError
from dualhome_cli.errors import CODES, advice, will_pass
from tests.support.scenarios.stack import InMemoryStack, run

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


TROUBLES = [
    (aws.NoCredentialsError(), "No AWS credentials found: give --profile"),
    (aws.PartialCredentialsError(provider="env", cred_var="x"), "No AWS credentials found"),
    (aws.ProfileNotFound(profile="ops"), "(ops) could not be found: give --profile"),
    (aws.NoRegionError(), "No AWS Region is set: give --region"),
    (aws.EndpointConnectionError(endpoint_url=URL), "AWS cannot be reached: look at --region"),
    (aws.ConnectTimeoutError(endpoint_url=URL), "AWS cannot be reached: look at --region"),
    (aws.UnauthorizedSSOTokenError(), "expired: sign in again"),
    (aws.SSOTokenLoadError(error_msg="none"), "expired: sign in again"),
    (refused("ExpiredTokenException"), "expired: sign in again"),
    (refused("ExpiredToken"), "expired: sign in again"),
    (refused("UnrecognizedClientException"), "does not accept these credentials"),
    (refused("ThrottlingException"), "wait a minute, then try again"),
    (
        refused(
            "AccessDeniedException",
            "User: arn:aws:iam::1:user/x is not authorized to perform: dynamodb:Query on resource",
        ),
        "You may not dynamodb:Query: ask for a role",
    ),
    (refused("UnauthorizedOperation", operation="DescribeInstances"), "not DescribeInstances: ask"),
    (
        refused("SignatureDoesNotMatch", "Signature expired: 20260301T1 is now earlier than T2"),
        "clock of this machine is wrong: set it, then try again. (Signature expired: 20260301T1",
    ),
    (
        refused("InvalidSignatureException", "Signature not yet current: 20260301T3"),
        "clock of this machine is wrong",
    ),
    (refused("SignatureDoesNotMatch", "Check your key"), "does not accept these credentials"),
    (refused("RequestExpired", "Request has expired."), "clock of this machine is wrong"),
    (refused("NewCode", "New words"), "Query failed: NewCode: New words"),
    (aws.DataNotFoundError(data_path="x"), "AWS could not be asked: Unable to load data for: x"),
]


@pytest.mark.parametrize(("error", "sentence"), TROUBLES, ids=lambda it: type(it).__name__)
def test_trouble_with_aws_is_one_sentence(error: Exception, sentence: str) -> None:
    """A traceback tells whoever is on call nothing; scripts see a code of its own."""
    result = status_with(error)

    assert 3 == result.exit_code
    assert "" == result.stdout
    assert sentence in result.stderr
    assert result.stderr.startswith("Error: ")
    assert 1 == len(result.stderr.splitlines())


@pytest.mark.parametrize(("error", "sentence"), TROUBLES, ids=lambda it: type(it).__name__)
def test_a_domain_error_speaks_for_its_cause(error: Exception, sentence: str) -> None:
    """The adapters translate for the functions; an operator needs what AWS said."""
    assert sentence in advice(ours(error))


ANNA = (
    "User: arn:aws:sts::1:assumed-role/ops/anna is not authorized to perform: dynamodb:Query on"
    " resource: x with an explicit deny in a service control policy"
)
GUEST = (
    "User: arn:aws:iam::1:user/guest is not authorized to perform: ec2:DescribeVpcs because no"
    " identity-based policy allows the ec2:DescribeVpcs action"
)
EC2 = "You are not authorized to perform this operation."


@pytest.mark.parametrize(
    ("message", "words"),
    [
        (ANNA, f"({ANNA})"),
        (f"{EC2} {GUEST}. Encoded authorization failure message: 4mUAfx", f"({GUEST})"),
        (EC2, "or give --profile."),
    ],
)
def test_who_is_denied_and_by_what_stays_in_awss_words(message: str, words: str) -> None:
    """It may be another role than one thinks, and an explicit deny is undone by no grant."""
    assert advice(refused("AccessDenied", message)).endswith(words)


def test_a_domain_error_without_a_cause_speaks_for_itself() -> None:
    """Some say what no AWS error says."""
    assert "BatchGetItem left keys unread" in advice(
        UnavailableError("BatchGetItem left keys unread")
    )


@pytest.mark.parametrize("code", CODES)
def test_each_code_known_ends_in_a_whole_sentence(code: str) -> None:
    """Each says what to do."""
    assert advice(refused(code)).endswith((".", "try again."))


def test_a_defect_of_ours_is_no_trouble_with_aws() -> None:
    """It must be seen whole to be mended."""
    result = status_with(KeyError("defect"))

    assert isinstance(result.exception, KeyError)


def test_ctrl_c_is_quiet() -> None:
    """Whoever presses it knows."""
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
def test_waiting_helps_against_trouble_on_the_other_side_only(
    cause: Exception, *, passes: bool
) -> None:
    """A live view that waits for credentials nobody renews would seem to work."""
    error = ours(cause)

    assert isinstance(error, TransientError)
    assert passes == will_pass(error)
