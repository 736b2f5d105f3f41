"""Write moves, and requeue: retries, and the instances that a freed interface may serve."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain, islice
from math import ceil

from dualhome.application.ports import Ledger, ReconcileQueue
from dualhome.application.requests import CapacityChange, ReconcileRequest
from dualhome.domain.attachment import Attachment, Move, Trace
from dualhome.domain.identifiers import InstanceId, InterfaceId
from dualhome.domain.reasons import Reason
from dualhome.domain.refusals import in_force
from dualhome.domain.states import State, poll_delay

LAST_ATTEMPT = 20
"""After a quarter of an hour: chains of requests that each sweep adds to would never end."""


LONGEST_DELAY = 900
"""Seconds that SQS delays a message at most (SQS API Reference, SendMessage)."""


@dataclass(slots=True)
class Requeue:
    """The requests that this invocation will queue at its end, by delay."""

    requests: dict[timedelta, dict[InstanceId, ReconcileRequest]] = field(
        default_factory=lambda: defaultdict(dict)
    )

    def at_once(self, request: ReconcileRequest) -> None:
        """Reconcile as soon as an invocation can."""
        self._put(request, timedelta())

    def later(self, request: ReconcileRequest) -> None:
        """
        Reconcile again after a wait that grows with the attempts; in the end the sweep does.

        Of operator requests the sweep knows nothing: they are requeued until they are done.
        """
        again = request.again()
        if again.attempt <= LAST_ATTEMPT or again.operator_requests:
            self._put(again, poll_delay(again.attempt))

    def after(self, request: ReconcileRequest, delay: timedelta) -> None:
        """Reconcile when ``delay`` has passed, by the whole second; the queue takes 15 minutes."""
        seconds = min(max(0, ceil(delay.total_seconds())), LONGEST_DELAY)
        self._put(request, timedelta(seconds=seconds))

    def send(self, queue: ReconcileQueue) -> None:
        """
        Put every request on the queue.

        Raises:
            TransientError: some are not queued; the messages that led to them are redelivered.
        """
        for delay, requests in self.requests.items():
            queue.put(requests.values(), delay)

    def _put(self, request: ReconcileRequest, delay: timedelta) -> None:
        due = self.requests[delay]
        before = due.get(request.instance)
        due[request.instance] = before.joined_by(request) if before else request


REQUEUED_PER_RELEASE = 10
"""More than one, since the first to have waited may be unable to use the interface."""

PAGE = 50
"""Records read at a time: as a rule, those that are requeued are among the first."""


LOST = frozenset({Reason.INTERFACE_TAKEN, Reason.DELETED_WITH_INSTANCE})
"""What these end is not freed: another holds the interface, or it is deleted."""


def requeue_waiting(change: CapacityChange, ledger: Ledger, requeue: Requeue) -> None:
    """
    Requeue the instances that wait for, or were refused, ``change.target``.

    And those that have failed on another interface than those that have changed.
    """
    for record in _lacking(change, ledger):
        request = ReconcileRequest(record.instance, change.cause, announced=change.announced)
        requeue.at_once(request)


def _lacking(change: CapacityChange, ledger: Ledger) -> Iterator[Attachment]:
    """Yield records as they are read: a read that fails takes none back that were read before."""
    for state in (State.WAITING, State.REFUSED):
        yield from ledger.in_state(change.target, state)
    failed = ledger.in_state(change.target, State.FAILED)
    yield from _may_use(failed, change.interfaces, change.cause.time)


def commit(move: Move, ledger: Ledger, trace: Trace) -> Sequence[ReconcileRequest]:
    """
    Write ``move``; return a request for each instance that waits for what it frees.

    Raises:
        StalePlanError: another invocation was faster.
        TransientError: it cannot be known whether the move was written.
    """
    # Read first: a move that is written is not written again, so that its requests must not fail.
    requests = list(waiting_for(move, ledger))
    ledger.commit(move, trace)
    return requests


def waiting_for(move: Move, ledger: Ledger) -> Iterator[ReconcileRequest]:
    """Return requests of those that wait longest for what ``move`` frees, if anything."""
    after = move.after
    if move.before is None or not move.before.holding or after.holding:
        return
    if after.reason in LOST:
        return
    yield from waiting_beside(after, ledger)


def waiting_beside(record: Attachment, ledger: Ledger) -> Iterator[ReconcileRequest]:
    """
    Return requests of those that lack the target in the zone of ``record``, which holds nothing.

    Those for whom it is reserved come first, then who waits longest; those that have failed on
    another interface come beside them.
    """
    waiting = ledger.in_state(record.target, State.WAITING, record.zone, PAGE)
    failed = ledger.in_state(record.target, State.FAILED, record.zone, PAGE)
    freed = [record.interface] if record.interface else []
    requeued = chain(
        islice(_in_turn(record, waiting), REQUEUED_PER_RELEASE),
        islice(_may_use(failed, freed, record.since), REQUEUED_PER_RELEASE),
    )
    for other in requeued:
        yield ReconcileRequest(other.instance, record.cause)


def _in_turn(freed: Attachment, waiting: Iterable[Attachment]) -> Iterator[Attachment]:
    """
    Yield those first that wait for interfaces with the reservation that ``freed`` has, or has not.

    The others follow: the tag may have changed since it was recorded.
    """
    others = []
    for record in waiting:
        if record.instance == freed.instance:
            continue
        if record.reservation == freed.reservation:
            yield record
        else:
            others.append(record)
    yield from others


def _may_use(
    failed: Iterable[Attachment], interfaces: Collection[InterfaceId], now: datetime
) -> Iterator[Attachment]:
    """Yield those that failed on an interface, and were not refused all of ``interfaces``."""
    for record in failed:
        refused = in_force(record.refusals, now)
        if record.failed_on_interface and not (interfaces and set(interfaces) <= refused.keys()):
            yield record
