"""What `retry` and `release` put on the changes queue, in the name of whoever asks."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from ulid import ULID

from dualhome.adapters.sqs import SqsReconcileQueue
from dualhome.application.requests import SOURCE, ReconcileRequest
from dualhome.domain.attachment import Cause, OperatorRequest
from dualhome.domain.identifiers import InstanceId
from dualhome_cli.stack import Stack


def order(
    stack: Stack, instances: Sequence[InstanceId], operator_requests: Sequence[OperatorRequest]
) -> None:
    """
    Queue a look with ``operator_requests`` at each instance.

    Raises:
        ClientError, BotoCoreError, DualhomeError: not all are queued; again does no harm.
    """
    caller = stack.client("sts").get_caller_identity()
    cause = Cause(
        event_id=str(ULID()),
        source=SOURCE,
        detail_type=operator_requests[0].what.title(),
        time=_said_at(caller) or stack.now(),
        principal=caller["Arn"],
    )
    queue = SqsReconcileQueue(stack.client("sqs"), stack.output("ChangesQueueUrl"))
    queue.put(
        (
            ReconcileRequest(it, cause, operator_requests=tuple(operator_requests))
            for it in instances
        ),
        timedelta(),
    )


def _said_at(answer: Mapping[str, Any]) -> datetime | None:
    """
    Return the end of the second in which AWS answered, by its own clock.

    Records are dated by AWS's clocks, and an ask is about what stood when it was made; this
    machine's clock may be minutes off.
    """
    date = answer.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date")
    return parsedate_to_datetime(date) + timedelta(seconds=1) if date else None
