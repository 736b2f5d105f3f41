"""Why DynamoDB cancelled a transaction."""

from collections.abc import Sequence

from botocore.exceptions import ClientError

from dualhome.domain.errors import StalePlanError, ThrottledError


def why_cancelled(exc: ClientError, meanings: Sequence[type[StalePlanError]]) -> Exception:
    """Return what the first failed condition means; a conflict is somebody who is just faster."""
    reasons = exc.response.get("CancellationReasons", [])
    for reason, meaning in zip(reasons, meanings, strict=False):
        if reason.get("Code") in {"ConditionalCheckFailed", "TransactionConflict"}:
            return meaning(f"{exc.operation_name}: {reason.get('Message', reason['Code'])}")
        if reason.get("Code") in {"ThrottlingError", "ProvisionedThroughputExceeded"}:
            return ThrottledError(f"{exc.operation_name}: {reason.get('Message', '')}")
    return exc
