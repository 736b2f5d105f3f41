"""A batch of the changes queue: one snapshot, then each instance is reconciled."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.batch import EventType
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from dualhome.application.ports import Facts, ReconcileQueue, ReleaseBreaker, Rollbacks
from dualhome.application.reconcile import reconcile
from dualhome.application.requests import CapacityChange, ReconcileRequest, joined
from dualhome.application.requeue import Requeue, requeue_waiting
from dualhome.application.snapshot import Batch, Run, Snapshot, Sources, read_snapshot
from dualhome.domain.attachment import Trace
from dualhome.domain.errors import BadMessageError, TransientError
from dualhome.domain.identifiers import InstanceId, TargetName
from dualhome.domain.planning.eligibility import Policy
from dualhome.entrypoints.batches import each
from dualhome.entrypoints.messages import Request, Scope, parse_message

logger = Logger(child=True)


@dataclass(frozen=True, slots=True)
class Reconciler:
    """What the reconciler is made of."""

    sources: Sources
    facts: Facts
    rollbacks: Rollbacks
    breaker: ReleaseBreaker
    queue: ReconcileQueue
    policy: Policy
    scope: Scope
    clock: Callable[[], datetime]


def handle_changes(
    event: Mapping[str, Any], context: LambdaContext, here: Reconciler
) -> Mapping[str, Any]:
    """
    Handle an SQS batch; return the messages that failed: they come back, and end in the DLQ.

    Messages about one instance are one reconcile request. What waits for EC2, or for time to
    work, is queued anew with a delay and does not fail.

    Raises:
        TransientError: the queue did not take the requests; the whole batch comes back.
    """
    requests = tuple(_requests_in(event["Records"], here.scope))
    instances = joined(
        (it for it in requests if isinstance(it, ReconcileRequest)), lambda it: it.instance
    )
    targets = joined(
        (it for it in requests if isinstance(it, CapacityChange)), lambda it: it.target
    )
    run = Run(
        sources=here.sources,
        facts=here.facts,
        rollbacks=here.rollbacks,
        breaker=here.breaker,
        policy=here.policy,
        trace=Trace(here.scope.account, here.scope.region, context.aws_request_id),
        clock=here.clock,
        time_left=lambda: context.get_remaining_time_in_millis() / 1000,
    )
    visit = _Visit(instances, targets, here.scope, run, _read(instances, run))
    answer = each(event, EventType.SQS, visit.handle)
    visit.requeue.send(here.queue)
    return answer


@dataclass(slots=True)
class _Visit:
    """One batch: each instance is reconciled once, and each target requeued once."""

    instances: Mapping[InstanceId, ReconcileRequest]
    targets: Mapping[TargetName, CapacityChange]
    scope: Scope
    run: Run
    reading: Snapshot | None
    requeue: Requeue = field(default_factory=Requeue)
    done: set[InstanceId] = field(default_factory=set)
    requeued: set[TargetName] = field(default_factory=set)

    def handle(self, record: SQSRecord) -> None:
        """Do what one message asks for; what it raises fails this message alone."""
        for request in parse_message(record.body, self.scope):
            match request:
                case ReconcileRequest(instance=instance) if instance not in self.done:
                    self._reconcile(self.instances[instance])
                    self.done.add(instance)
                case CapacityChange(target=target) if target not in self.requeued:
                    logger.info("capacity changed", target=target, cause=request.cause.event_id)
                    requeue_waiting(self.targets[target], self.run.sources.ledger, self.requeue)
                    self.requeued.add(target)
                case _:
                    pass

    def _reconcile(self, request: ReconcileRequest) -> None:
        cause = request.cause.event_id
        logger.info("reconcile", instance=request.instance, attempt=request.attempt, cause=cause)
        if self.reading is None:
            self.requeue.later(request)
        else:
            reconcile(request, Batch(self.run, self.reading, self.requeue))


def _requests_in(records: Iterable[Mapping[str, Any]], scope: Scope) -> Iterator[Request]:
    for record in records:
        # Garbage fails later, by itself, when its own message is handled.
        with suppress(BadMessageError):
            yield from parse_message(record["body"], scope)


def _read(requests: Mapping[InstanceId, ReconcileRequest], run: Run) -> Snapshot | None:
    """Read the world for ``requests``; None if AWS throttles or fails."""
    try:
        return read_snapshot(requests.values(), run.sources, run.policy, run.clock())
    except TransientError as error:
        logger.warning("snapshot not read, requeued", code=error.code, error=error.message)
        return None
