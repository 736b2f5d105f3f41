"""How EC2 refuses a call, and what dualhome takes that for."""

from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from dualhome.adapters.aws_errors import meaning
from dualhome.domain.errors import DualhomeError
from live.probe import Seen, refuted


def is_refused_as(kind: type[DualhomeError], call: Callable[..., object], **how: Any) -> Seen:
    """Make a call that EC2 refuses; the belief holds if dualhome takes the answer for ``kind``."""
    try:
        call(**how)
    except ClientError as error:
        meant = meaning(error)
        what = f"{meant.code}: {meant.verbatim}; dualhome takes it for {type(meant).__name__}"
        return Seen(isinstance(meant, kind), what)
    return refuted("it was accepted")


def is_refused_with(code: str, call: Callable[..., object], **how: Any) -> Seen:
    """Make a call that EC2 refuses; the belief holds if its code is ``code``."""
    try:
        call(**how)
    except ClientError as error:
        answer = error.response["Error"]
        return Seen(answer["Code"] == code, f"{answer['Code']}: {answer['Message']}")
    return refuted("it was accepted")


def is_accepted(call: Callable[..., object], **how: Any) -> Seen:
    """Make a call; the belief holds if EC2 does not refuse it."""
    try:
        call(**how)
    except ClientError as error:
        return refuted(f"{error.response['Error']['Code']}: {error.response['Error']['Message']}")
    return Seen(holds=True, what="it was accepted")
