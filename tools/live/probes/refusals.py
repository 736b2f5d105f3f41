"""What EC2's answer to one call says of a belief about it."""

from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from dualhome.adapters.aws_errors import meaning
from dualhome.domain import errors
from live.probe import Seen, refuted, unclear
from live.world import code_of

BESIDE_THE_POINT = (
    errors.TransientError,
    errors.AccessDeniedError,
    errors.CallerRefusedError,
    errors.InstanceGoneError,
    errors.InterfaceGoneError,
    errors.VpcGoneError,
)
"""EC2 does not know yet what was made a moment ago, or refuses whatever is asked."""


def is_refused_as(
    kind: type[errors.DualhomeError], call: Callable[..., object], **how: Any
) -> Seen:
    """Make a call that EC2 refuses; the belief holds if dualhome takes the answer for ``kind``."""
    try:
        call(**how)
    except ClientError as error:
        meant = type(meaning(error))
        seen = refusal(error)
        holds = True if issubclass(meant, kind) else seen.holds
        return Seen(holds, f"{seen.what}; dualhome takes it for {meant.__name__}")
    return refuted("it was accepted")


def is_refused_with(code: str, call: Callable[..., object], **how: Any) -> Seen:
    """Make a call that EC2 refuses; the belief holds if its code is ``code``."""
    try:
        call(**how)
    except ClientError as error:
        seen = refusal(error)
        return Seen(holds=True, what=seen.what) if code_of(error) == code else seen
    return refuted("it was accepted")


def is_accepted(call: Callable[..., object], **how: Any) -> Seen:
    """Make a call; the belief holds if EC2 does not refuse it."""
    try:
        call(**how)
    except ClientError as error:
        return refusal(error)
    return Seen(holds=True, what="it was accepted")


def refusal(error: ClientError) -> Seen:
    """Return what the refusal of a call says of the belief that it is accepted."""
    what = f"{code_of(error)}: {error.response['Error']['Message']}"
    return unclear(what) if isinstance(meaning(error), BESIDE_THE_POINT) else refuted(what)
