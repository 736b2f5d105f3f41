"""What AWS's errors mean to us: one table, one seam around every call."""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError

from dualhome.domain import errors

Rule = tuple[str, str, type[errors.DualhomeError]]

# (code, part of the message, meaning): the first match wins. The message decides only where EC2
# gives one code two meanings. Codes: EC2 API Reference, "Error codes for the Amazon EC2 API";
# messages as seen in public reports, for EC2 does not promise them.
RULES: tuple[Rule, ...] = (
    ("RequestLimitExceeded", "", errors.ThrottledError),
    ("EC2ThrottledException", "", errors.ThrottledError),
    ("Throttling", "", errors.ThrottledError),
    ("ThrottlingException", "", errors.ThrottledError),
    ("ProvisionedThroughputExceededException", "", errors.ThrottledError),
    ("RequestThrottled", "", errors.ThrottledError),
    ("TransactionInProgressException", "", errors.UnavailableError),
    ("InternalError", "", errors.UnavailableError),
    ("InternalFailure", "", errors.UnavailableError),
    ("InternalServerError", "", errors.UnavailableError),
    ("ServerInternal", "", errors.UnavailableError),
    ("ServiceUnavailable", "", errors.UnavailableError),
    ("Unavailable", "", errors.UnavailableError),
    # Another writer tags the same resource at this moment.
    ("ConcurrentTagAccess", "", errors.UnavailableError),
    ("InvalidInstanceID.NotFound", "", errors.InstanceGoneError),
    ("InvalidNetworkInterfaceID.NotFound", "", errors.InterfaceGoneError),
    ("InvalidVpcID.NotFound", "", errors.VpcGoneError),
    # Both spellings are documented.
    ("InvalidNetworkInterface.NotFound", "", errors.InterfaceGoneError),
    # The interface's code; InvalidAttachment.NotFound is a volume's.
    ("InvalidAttachmentID.NotFound", "", errors.AttachmentGoneError),
    ("InvalidNetworkInterface.InUse", "", errors.InterfaceInUseError),
    ("InvalidParameterValue", "interface attached at device index", errors.SlotTakenError),
    # "You may get InvalidParameterValue instead" of InvalidNetworkInterface.InUse.
    ("InvalidParameterValue", "in use", errors.InterfaceInUseError),
    # A page token that is not valid any more: EC2 does not say which of these each action gives.
    ("InvalidPaginationToken", "", errors.PageGoneError),
    ("InvalidNextToken", "", errors.PageGoneError),
    ("InvalidParameterValue", "for parameter NextToken", errors.PageGoneError),
    ("InvalidParameterValue", "pagination token", errors.PageGoneError),
    ("AttachmentLimitExceeded", "", errors.AttachmentLimitError),
    ("IncorrectState", "", errors.InstanceStateError),
    ("IncorrectInstanceState", "", errors.InstanceStateError),
    ("TagLimitExceeded", "", errors.TagLimitError),
    # More private addresses, or groups, than the instance's type allows on one interface.
    ("PrivateIpAddressLimitExceeded", "", errors.InterfaceRefusedError),
    ("SecurityGroupsPerInterfaceLimitExceeded", "", errors.InterfaceRefusedError),
    # A service owns it.
    ("OperationNotPermitted", "'ela-attach'", errors.InterfaceRefusedError),
    ("NetworkInterfaceLimitExceeded", "", errors.CallerRefusedError),
    ("Blocked", "", errors.CallerRefusedError),
    ("OptInRequired", "", errors.CallerRefusedError),
    ("PendingVerification", "", errors.CallerRefusedError),
    ("RequestExpired", "", errors.CallerRefusedError),
    ("InvalidClientTokenId", "", errors.CallerRefusedError),
    ("UnauthorizedOperation", "", errors.AccessDeniedError),
    ("AuthFailure", "", errors.AccessDeniedError),
    ("AccessDenied", "", errors.AccessDeniedError),
    ("AccessDeniedException", "", errors.AccessDeniedError),
)


@contextmanager
def domain_errors() -> Iterator[None]:
    """
    Run one AWS call; re-raise its failure as the domain error it means, code and message kept.

    A call that was not answered in time may have been carried out: ``UnavailableError``.
    """
    try:
        yield
    except ClientError as exc:
        raise meaning(exc) from exc
    except BotoCoreError as exc:
        raise errors.UnavailableError(str(exc), code=type(exc).__name__) from exc


def meaning(exc: ClientError) -> errors.DualhomeError:
    """Return the domain error that ``exc`` means; a code that is not in the table is loud."""
    code = exc.response["Error"].get("Code", "")
    message = exc.response["Error"].get("Message", "")
    said = f"{exc.operation_name}: {code}: {message}"
    for rule_code, fragment, error in RULES:
        if code == rule_code and fragment in message:
            return error(said, code=code, verbatim=message)
    if exc.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0) >= 500:  # noqa: PLR2004 - HTTP's server errors
        return errors.UnavailableError(said, code=code, verbatim=message)
    return errors.UnexpectedAwsError(said, code=code, verbatim=message)
