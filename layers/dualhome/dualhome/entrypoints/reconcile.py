"""A batch of the changes queue: one reading of the world, then a look at each instance."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.batch import EventType
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from dualhome.application.ports import Brake, Facts, Looks, Rollbacks
from dualhome.application.reconcile import reconcile
from dualhome.application.requests import Look, Wake, joined
from dualhome.application.requeue import Agenda, wake
from dualhome.application.snapshot import Batch, Run, Sources, Survey, survey
from dualhome.domain.attachment import Trace
from dualhome.domain.errors import BadMessageError, TransientError
from dualhome.domain.identifiers import InstanceId, TargetName
from dualhome.domain.planning.eligibility import Policy
from dualhome.entrypoints.batches import each
from dualhome.entrypoints.messages import Place, Request, parse_message

logger = Logger(child=True)


@dataclass(frozen=True, slots=True)
class Reconciling:
    """What the reconciler is made of."""

    sources: Sources
    facts: Facts
    rollbacks: Rollbacks
    brake: Brake
    looks: Looks
    policy: Policy
    place: Place
    clock: Callable[[], datetime]


def handle_changes(
    event: Mapping[str, Any], context: LambdaContext, here: Reconciling
) -> Mapping[str, Any]:
    """
    Handle an SQS batch; return the messages that failed: they come back, and end in the DLQ.

    Messages about one instance are one look. What waits for EC2, or for time to work, is
    queued anew with a delay and does not fail.

    Raises:
        TransientError: the queue did not take the looks; the whole batch comes back.
    """
    requests = tuple(_requests_in(event["Records"], here.place))
    looks = joined((it for it in requests if isinstance(it, Look)), lambda it: it.instance)
    wakes = joined((it for it in requests if isinstance(it, Wake)), lambda it: it.target)
    run = Run(
        sources=here.sources,
        facts=here.facts,
        rollbacks=here.rollbacks,
        brake=here.brake,
        policy=here.policy,
        trace=Trace(here.place.account, here.place.region, context.aws_request_id),
        clock=here.clock,
        time_left=lambda: context.get_remaining_time_in_millis() / 1000,
    )
    visit = _Visit(looks, wakes, here.place, run, _read(looks, run))
    answer = each(event, EventType.SQS, visit.handle)
    visit.agenda.hand_over(here.looks)
    return answer


@dataclass(slots=True)
class _Visit:
    """One batch: each instance is looked at once, and each target's are woken once."""

    looks: Mapping[InstanceId, Look]
    wakes: Mapping[TargetName, Wake]
    place: Place
    run: Run
    reading: Survey | None
    agenda: Agenda = field(default_factory=Agenda)
    done: set[InstanceId] = field(default_factory=set)
    woken: set[TargetName] = field(default_factory=set)

    def handle(self, record: SQSRecord) -> None:
        """Do what one message asks for; what it raises fails this message alone."""
        for request in parse_message(record.body, self.place):
            match request:
                case Look(instance=instance) if instance not in self.done:
                    self._look(self.looks[instance])
                    self.done.add(instance)
                case Wake(target=target) if target not in self.woken:
                    logger.info("wake", target=target, cause=request.cause.event_id)
                    wake(self.wakes[target], self.run.sources.ledger, self.agenda)
                    self.woken.add(target)
                case _:
                    pass

    def _look(self, look: Look) -> None:
        cause = look.cause.event_id
        logger.info("look", instance=look.instance, attempt=look.attempt, cause=cause)
        if self.reading is None:
            self.agenda.later(look)
        else:
            reconcile(look, Batch(self.run, self.reading, self.agenda))


def _requests_in(records: Iterable[Mapping[str, Any]], place: Place) -> Iterator[Request]:
    for record in records:
        # Garbage fails later, by itself, when its own message is handled.
        with suppress(BadMessageError):
            yield from parse_message(record["body"], place)


def _read(looks: Mapping[InstanceId, Look], run: Run) -> Survey | None:
    """Read the world for ``looks``; None if AWS asks for patience."""
    try:
        return survey(looks, run.sources, run.policy, run.clock())
    except TransientError as error:
        logger.warning("nothing read, looking again later", code=error.code, error=error.message)
        return None
