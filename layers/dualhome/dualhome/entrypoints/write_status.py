"""A batch of the status queue: what can be written is written, the rest is redelivered."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from json import JSONDecodeError, loads
from typing import Any, Protocol

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.batch import EventType
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from dualhome.application.requests import StatusRequest, joined
from dualhome.application.write_status import RECEIVES, Writing, delay_after, write_status
from dualhome.domain.errors import (
    BadMessageError,
    DualhomeError,
    PermanentError,
    TaggingDeniedError,
)
from dualhome.domain.identifiers import InstanceId
from dualhome.entrypoints.batches import each
from dualhome.wire import parse_status_request

logger = Logger(child=True)

TIME_FOR_ONE = 30.0
"""Seconds: with less left no further status is begun. A call that hangs takes 26 with its tries."""

AT_ONCE = timedelta(seconds=1)


class Deferrals(Protocol):
    """The queue, as far as a message that was received can be hidden for longer."""

    def defer(self, receipt_handle: str, delay: timedelta) -> None:
        """Hide a message until ``delay`` is over; raises ``DualhomeError``."""
        ...


@dataclass(frozen=True, slots=True)
class StatusWriter:
    """What the status writer is made of."""

    writing: Writing
    deferrals: Deferrals


def handle_statuses(
    event: Mapping[str, Any], context: LambdaContext, writer: StatusWriter
) -> Mapping[str, Any]:
    """
    Write the status of each instance once; return the messages that are redelivered.

    A message that cannot be done now is hidden for 1, 2, 4, ... seconds, 15 minutes at most, and
    stays on the queue: none waits behind it. After an hour it is a dead letter. What may not be
    written is by then left to the sweeps, which try once an hour: no operator need act.
    """
    batch = _StatusBatch(
        writer,
        requests=joined(_requests_in(event["Records"]), lambda it: it.instance),
        time_left=lambda: context.get_remaining_time_in_millis() / 1000,
    )
    answer = each(event, EventType.SQS, batch.handle)
    later = [{"itemIdentifier": it} for it in batch.deferred]
    return {"batchItemFailures": [*answer["batchItemFailures"], *later]}


def parse_status_message(body: str) -> StatusRequest:
    """
    Read a message of the status queue.

    Raises:
        BadMessageError: it asks for no status.
    """
    try:
        return parse_status_request(loads(body))
    except (JSONDecodeError, KeyError, TypeError, ValueError, AttributeError) as exc:
        raise BadMessageError(f"no request for a status: {body[:80]!r}") from exc


@dataclass(slots=True)
class _StatusBatch:
    """One batch: each instance's status is written once, for all messages about it."""

    writer: StatusWriter
    requests: Mapping[InstanceId | None, StatusRequest]
    time_left: Callable[[], float]
    ended: dict[InstanceId, DualhomeError | None] = field(default_factory=dict)
    deferred: list[str] = field(default_factory=list)

    def handle(self, record: SQSRecord) -> None:
        """Write what one message asks for, or defer it."""
        receives = int(record.attributes.approximate_receive_count or 1)
        if self.time_left() < TIME_FOR_ONE:
            self._defer(record, AT_ONCE)
            return
        try:
            self._write(parse_status_message(record.body))
        except DualhomeError as error:
            if isinstance(error, TaggingDeniedError) and receives >= RECEIVES:
                logger.exception("status not written, it may not be", request=record.body)
                return
            delay = delay_after(receives)
            tell = logger.error if isinstance(error, PermanentError) else logger.warning
            tell(
                "status not written now, trying again later",
                request=record.body,
                seconds=delay.total_seconds(),
                code=error.code,
                error=error.message,
            )
            self._defer(record, delay)

    def _write(self, request: StatusRequest) -> None:
        if request.instance is None:
            write_status(request, self.writer.writing)
            return
        if request.instance not in self.ended:
            try:
                write_status(self.requests[request.instance], self.writer.writing)
            except DualhomeError as error:
                self.ended[request.instance] = error
            else:
                self.ended[request.instance] = None
        failed = self.ended[request.instance]
        if failed:
            raise failed

    def _defer(self, record: SQSRecord, delay: timedelta) -> None:
        self.deferred.append(record.message_id)
        # Else it is redelivered after the queue's own timeout.
        with suppress(DualhomeError):
            self.writer.deferrals.defer(record.receipt_handle, delay)


def _requests_in(records: Iterable[Mapping[str, Any]]) -> Iterable[StatusRequest]:
    for record in records:
        # Garbage fails later, by itself, when its own message is handled.
        with suppress(BadMessageError):
            yield parse_status_message(record["body"])
