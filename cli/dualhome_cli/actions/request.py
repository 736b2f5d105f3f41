"""Operator requests: what `retry` and `release` put on the changes queue."""

from collections.abc import Sequence
from datetime import timedelta

from ulid import ULID

from dualhome.application.requests import SOURCE, ReconcileRequest
from dualhome.domain.attachment import Cause, OperatorRequest
from dualhome.domain.identifiers import InstanceId
from dualhome_cli.stack import Stack


def send(
    stack: Stack, instances: Sequence[InstanceId], operator_requests: Sequence[OperatorRequest]
) -> None:
    """
    Queue a reconcile request with ``operator_requests`` for each instance.

    Raises:
        ClientError, BotoCoreError, DualhomeError: not all are queued; sending again does no harm.
    """
    caller = stack.caller()
    cause = Cause(
        event_id=str(ULID()),
        source=SOURCE,
        detail_type=operator_requests[0].what.title(),
        time=caller.at or stack.now(),
        principal=caller.arn,
    )
    asked = tuple(operator_requests)
    stack.reconcile_queue.put(
        (ReconcileRequest(it, cause, operator_requests=asked) for it in instances), timedelta()
    )
