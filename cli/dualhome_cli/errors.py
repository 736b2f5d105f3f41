"""Errors of AWS and of the output in words: one boundary around every command."""

import io
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click
from botocore import exceptions as aws

from dualhome.domain.errors import DualhomeError, TransientError, UnreadableItemError

AWS_ERRORS = (aws.ClientError, aws.BotoCoreError)
AWS_SAID_NO = 3
INSTALL = "Install the version of this command that is deployed."
PIPE_CLOSED = 141
"""As a shell reports a program that SIGPIPE has ended."""

_CALLER = re.compile(r"User: .+?(?=\.?\s*Encoded authorization failure message|$)", re.DOTALL)
"""AWS's words from the caller's ARN on, without the encoded message."""

_CLOCK = re.compile(r"Signature expired|Signature not yet current")
"""Of a time too far from AWS's own, as seen in public reports; the code is that of a bad key."""

_ACTION = re.compile(r"not authorized to perform:? ([\w-]+:\w+)")

_EXPIRED = "Your AWS credentials have expired: sign in again (for instance, aws sso login)."
_UNKNOWN = "AWS does not accept these credentials: check your profile, or give --profile."
_THROTTLED = "AWS throttles your calls: wait a minute, then try again."
CODES = {
    "ExpiredToken": _EXPIRED,
    "ExpiredTokenException": _EXPIRED,
    "RequestExpired": f"{_EXPIRED} Or the clock of this machine is wrong: set it, then try again.",
    "InvalidClientTokenId": _UNKNOWN,
    "UnrecognizedClientException": _UNKNOWN,
    "InvalidAccessKeyId": _UNKNOWN,
    "InvalidSignatureException": _UNKNOWN,
    "SignatureDoesNotMatch": _UNKNOWN,
    "AuthFailure": _UNKNOWN,
    "OptInRequired": "This account has not enabled the Region: give --region.",
    "RequestLimitExceeded": _THROTTLED,
    "Throttling": _THROTTLED,
    "ThrottlingException": _THROTTLED,
    "ProvisionedThroughputExceededException": _THROTTLED,
    "TooManyRequestsException": _THROTTLED,
}
UNREACHABLE = (aws.HTTPClientError, aws.ConnectionError)
KINDS: tuple[tuple[tuple[type[aws.BotoCoreError], ...], str], ...] = (
    (
        (aws.NoCredentialsError, aws.PartialCredentialsError),
        "No AWS credentials found: give --profile, or sign in as you do for the AWS CLI.",
    ),
    ((aws.ProfileNotFound,), "{}: give --profile; `aws configure list-profiles` lists them."),
    ((aws.NoRegionError,), "No AWS Region is set: give --region, or set AWS_REGION."),
    (
        (aws.TokenRetrievalError, aws.SSOError, aws.CredentialRetrievalError),
        f"{_EXPIRED} ({{}})",
    ),
    (
        UNREACHABLE,
        "AWS cannot be reached: check --region and the network. ({})",
    ),
)
DENIED = frozenset(
    {"AccessDenied", "AccessDeniedException", "AuthorizationError", "UnauthorizedOperation"}
)
"""``AuthorizationError`` is SNS's (SNS API Reference, "ListSubscriptionsByTopic", Errors)."""


class CommandError(click.ClickException):
    """AWS refused a call or did not answer; the message says what to do."""

    exit_code = AWS_SAID_NO


@contextmanager
def in_plain_words() -> Iterator[None]:
    """
    Run a command; an error of AWS ends it with one sentence, a closed pipe with none.

    What the output's encoding has no sign for is escaped.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        try:
            yield
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        _write_no_more()
        raise click.exceptions.Exit(PIPE_CLOSED) from None
    except (*AWS_ERRORS, DualhomeError) as error:
        raise CommandError(advice(error)) from error
    except OSError as error:  # some of botocore's errors are, too
        _write_no_more()
        what = error.filename or "The output cannot be written"
        raise CommandError(f"{what}: {error.strerror or error}.") from error


def _write_no_more() -> None:
    """What is still buffered must not fail once more when the interpreter flushes it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def advice(error: BaseException) -> str:
    """Say what happened and what to do; an error of ours may stand for one of AWS's."""
    if isinstance(error, aws.ClientError):
        return _refused(error)
    if isinstance(error, UnreadableItemError):
        return f"{error.message}. {INSTALL}"
    if isinstance(error, DualhomeError) and error.__cause__:
        return advice(error.__cause__)
    for kinds, sentence in KINDS:
        if isinstance(error, kinds):
            return sentence.format(error)
    return f"A call of AWS failed: {error}"


def caller(message: str) -> str:
    """Return in brackets what AWS's ``message`` says of whom it denies what; empty if nothing."""
    found = _CALLER.search(message)
    return f" ({' '.join(found[0].split())})" if found else ""


def denial(error: BaseException) -> str:
    """Return which call AWS denies to whom; empty where it does not deny one."""
    if not isinstance(error, aws.ClientError):
        return ""
    said = error.response["Error"]
    denied = f"you may not {error.operation_name}{caller(said.get('Message', ''))}"
    return denied if said.get("Code", "") in DENIED else ""


def failed_call(error: BaseException) -> str:
    """Return which call failed, with AWS's code and message; empty where AWS did not answer."""
    if not isinstance(error, aws.ClientError):
        return ""
    said = error.response["Error"]
    return f"{error.operation_name}: {said.get('Code', '')}: {said.get('Message', '')}"


def will_pass(error: TransientError) -> bool:
    """Say whether waiting helps: not with an error on our side of the network."""
    cause = error.__cause__
    return not isinstance(cause, aws.BotoCoreError) or isinstance(cause, UNREACHABLE)


def _refused(error: aws.ClientError) -> str:
    said = error.response["Error"]
    code, message = said.get("Code", ""), said.get("Message", "")
    if code in DENIED:
        found = _ACTION.search(message)
        action = found[1] if found else error.operation_name
        advised = f"You may not {action}: ask for a role that allows it, or give --profile."
        return f"{advised}{caller(message)}"
    if _CLOCK.search(message):
        return f"The clock of this machine is wrong: set it, then try again. ({message})"
    return CODES.get(code, f"{error.operation_name} failed: {code}: {message}")
