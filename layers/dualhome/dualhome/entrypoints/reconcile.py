"""A batch of the changes queue: one snapshot, then each instance is reconciled."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.batch import EventType
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from dualhome.application.reconcile import reconcile
from dualhome.application.requests import CapacityChange, ReconcileRequest, joined
from dualhome.application.requeue import Requeue, requeue_waiting
from dualhome.application.snapshot import Invocation, Reconciler
from dualhome.domain.attachment import Trace
from dualhome.domain.errors import BadMessageError, TransientError
from dualhome.entrypoints.batches import each
from dualhome.entrypoints.messages import Request, Scope, parse_message

logger = Logger(child=True)


def handle_changes(
    event: Mapping[str, Any], context: LambdaContext, reconciler: Reconciler
) -> Mapping[str, Any]:
    """
    Handle an SQS batch; return the messages that failed: they are redelivered, then dead letters.

    Messages about one instance, or one target, are one request. What waits for EC2, or for time to
    work, is queued anew with a delay and does not fail.

    Raises:
        TransientError: the queue did not take the requests; the whole batch is redelivered.
    """
    policy = reconciler.policy
    scope = Scope(policy.account, reconciler.region, policy.keys)
    trace = Trace(policy.account, reconciler.region, context.aws_request_id)
    requests, requeue = tuple(_requests_in(event["Records"], scope)), Requeue()
    instances = joined(
        (it for it in requests if isinstance(it, ReconcileRequest)), lambda it: it.instance
    )
    targets = joined(
        (it for it in requests if isinstance(it, CapacityChange)), lambda it: it.target
    )
    invocation = _begin(reconciler, instances.values(), requeue, trace, context)

    def handle(record: SQSRecord) -> None:
        """Do what one message asks for; what it raises fails this message alone."""
        for request in parse_message(record.body, scope):
            match request:
                case ReconcileRequest(instance=instance) if instance in instances:
                    _reconcile(instances[instance], invocation, requeue)
                    del instances[instance]
                case CapacityChange(target=target) if target in targets:
                    _requeue_waiting(targets[target], reconciler, requeue)
                    del targets[target]
                case _:
                    pass  # another message of the batch has asked for it already

    answer = each(event, EventType.SQS, handle)
    requeue.send(reconciler.queue)
    return answer


def _requests_in(records: Iterable[Mapping[str, Any]], scope: Scope) -> Iterator[Request]:
    for record in records:
        # Garbage fails later, by itself, when its own message is handled.
        with suppress(BadMessageError):
            yield from parse_message(record["body"], scope)


def _begin(
    reconciler: Reconciler,
    requests: Iterable[ReconcileRequest],
    requeue: Requeue,
    trace: Trace,
    context: LambdaContext,
) -> Invocation | None:
    """Read the world for ``requests``; None if AWS throttles or fails."""

    def time_left() -> float:
        return context.get_remaining_time_in_millis() / 1000

    try:
        return Invocation.begin(reconciler, requests, requeue, trace, time_left)
    except TransientError as error:
        logger.warning("nothing read; the batch is requeued", code=error.code, error=error.message)
        return None


def _reconcile(request: ReconcileRequest, invocation: Invocation | None, requeue: Requeue) -> None:
    cause = request.cause.event_id
    logger.info("reconcile", instance=request.instance, attempt=request.attempt, cause=cause)
    if invocation is None:
        requeue.later(request)
    else:
        reconcile(request, invocation)


def _requeue_waiting(change: CapacityChange, reconciler: Reconciler, requeue: Requeue) -> None:
    logger.info("capacity changed", target=change.target, cause=change.cause.event_id)
    requeue_waiting(change, reconciler.ledger, requeue)
