"""The changes queue and the status queue in memory: delayed by the clock that the test moves."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from json import dumps, loads
from typing import Any

from dualhome.application.requests import ReconcileRequest, StatusRequest
from dualhome.application.write_status import RECEIVES, Writing
from dualhome.entrypoints.write_status import StatusWriter, handle_statuses
from dualhome.wire import parse_status_request, print_status_request
from tests.support.fakes.call_log import Calls
from tests.support.fakes.clock import FakeClock

LONGEST = timedelta(minutes=15)
"""SQS Developer Guide, "Amazon SQS delay queues"."""


@dataclass(slots=True)
class InMemoryReconcileQueue:
    """The port ``ReconcileQueue``, and what its reader does."""

    clock: FakeClock
    calls: Calls
    queued: list[tuple[datetime, ReconcileRequest]] = field(default_factory=list)

    def put(self, requests: Iterable[ReconcileRequest], delay: timedelta) -> None:
        """Queue ``requests``; SQS takes whole seconds, 15 minutes at most."""
        with self.calls.making("put"):
            if not timedelta() <= delay <= LONGEST or delay.microseconds:
                raise ValueError(f"SQS does not delay by {delay}")
            self.queued += [(self.clock() + delay, request) for request in requests]

    def put_back(self, requests: Iterable[ReconcileRequest], seconds: float) -> None:
        """Let messages that were not finished come back, as SQS itself does."""
        self.queued += [
            (self.clock() + timedelta(seconds=seconds), request) for request in requests
        ]

    def receive(self) -> tuple[ReconcileRequest, ...]:
        """Take every look that is due."""
        now = self.clock()
        due = tuple(request for at, request in self.queued if at <= now)
        self.queued = [(at, request) for at, request in self.queued if at > now]
        return due

    def seconds_to_next(self) -> float | None:
        """Return the seconds until a request is due; None if none is queued."""
        waits = ((at - self.clock()).total_seconds() for at, _ in self.queued)
        return min(waits, default=None)


VISIBILITY = timedelta(seconds=361)
BATCH = 10
"""As the template has them."""


@dataclass(frozen=True, slots=True)
class LambdaContextFake:
    """What the status writer asks of Lambda's context."""

    seconds_left: float = 60

    def get_remaining_time_in_millis(self) -> float:
        """Return how long the invocation may go on."""
        return 1000 * self.seconds_left


@dataclass(slots=True)
class StatusMessage:
    """A message, seen from ``due`` on."""

    id: str
    body: str
    due: datetime
    receives: int = 0

    @property
    def request(self) -> StatusRequest:
        """What it asks for."""
        return parse_status_request(loads(self.body))

    def record(self) -> Mapping[str, Any]:
        """Return the message as Lambda hands it over."""
        return {
            "messageId": self.id,
            "receiptHandle": self.id,
            "body": self.body,
            "attributes": {"ApproximateReceiveCount": str(self.receives)},
        }


@dataclass(slots=True)
class InMemoryStatuses:
    """The ports ``StatusQueue`` and ``Deferrals``, and Lambda's poller of the queue."""

    clock: FakeClock
    calls: Calls
    messages: dict[str, StatusMessage] = field(default_factory=dict)
    dead: list[StatusMessage] = field(default_factory=list)
    _ids: Iterator[int] = field(default_factory=count)

    def put(self, requests: Iterable[StatusRequest]) -> None:
        """Queue ``requests``."""
        with self.calls.making("put_status"):
            for request in requests:
                self.put_body(dumps(print_status_request(request)))

    def put_body(self, body: str) -> None:
        """Queue any text."""
        id_ = f"message-{next(self._ids)}"
        self.messages[id_] = StatusMessage(id_, body, self.clock())

    def defer(self, receipt_handle: str, delay: timedelta) -> None:
        """Hide a message until ``delay`` is over."""
        with self.calls.making("defer"):
            self.messages[receipt_handle].due = self.clock() + delay

    def waiting(self) -> list[StatusRequest]:
        """Return what is asked for, in the order of asking."""
        return [it.request for it in self.messages.values()]

    def deliver(self, writing: Writing, seconds_left: float = 60) -> int:
        """Hand over what is due, batch by batch; return how many messages were received."""
        due = [it for it in self._alive() if it.due <= self.clock()]
        for start in range(0, len(due), BATCH):
            self._deliver(due[start : start + BATCH], writing, seconds_left)
        return len(due)

    def work_off(self, writing: Writing, seconds: float) -> None:
        """Deliver whatever comes due within ``seconds``."""
        end = self.clock() + timedelta(seconds=seconds)
        while True:
            self.deliver(writing)
            soonest = min((it.due for it in self.messages.values()), default=end)
            if soonest >= end:
                break
            self.clock.now = soonest
        self.clock.now = end

    def _deliver(self, batch: list[StatusMessage], writing: Writing, seconds_left: float) -> None:
        for it in batch:
            it.receives += 1
            it.due = self.clock() + VISIBILITY
        context: Any = LambdaContextFake(seconds_left)
        event = {"Records": [it.record() for it in batch]}
        answer = handle_statuses(event, context, StatusWriter(writing, self))
        failed = {it["itemIdentifier"] for it in answer["batchItemFailures"]}
        for it in batch:
            if it.id not in failed:
                del self.messages[it.id]

    def _alive(self) -> list[StatusMessage]:
        """Move what was received too often to the dead letters, as SQS does."""
        for it in list(self.messages.values()):
            if it.receives >= RECEIVES and it.due <= self.clock():
                self.dead.append(self.messages.pop(it.id))
        return list(self.messages.values())
