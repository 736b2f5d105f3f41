"""Whether work flows: the queue is drained, there are no dead letters, the sweep runs."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from dualhome.domain.pause import PauseReading
from dualhome_cli.data.pauses import print_pause
from dualhome_cli.doctor.check import Remark, error, note, warning
from dualhome_cli.doctor.facts import Queue
from dualhome_cli.stack import Stack

OLD_MESSAGE = timedelta(minutes=5)
"""A reconcile request is delayed by a minute at most, and handled within seconds of that."""

MISSED_SWEEPS = 3


@dataclass(frozen=True, slots=True)
class Sweeps:
    """When the sweep last wrote its checkpoint, None if never, and when the stack was created."""

    every: timedelta
    last: datetime | None
    deployed: datetime
    now: datetime


@dataclass(frozen=True, slots=True)
class Controls:
    """What stops changes: the pause, and the release breaker."""

    pause: PauseReading
    breaker_open: bool
    admitted: int
    most: int


CHANGES, STATUS = "ChangesQueueUrl", "StatusQueueUrl"


def changes_queue(queue: Queue) -> Iterator[Remark]:
    """Old messages mean that no reconciler runs, or that it is too slow."""
    if queue.oldest is not None and queue.oldest > OLD_MESSAGE and queue.waiting:
        wait = "1 message waits" if queue.waiting == 1 else f"{queue.waiting} messages wait"
        yield warning(
            f"{queue.name}: {wait}, the oldest for {_minutes(queue.oldest)}",
            "Check the reconciler's errors and throttles; raise ReconcileConcurrency if it is"
            " only slow.",
        )
    elif queue.waiting + queue.handled + queue.delayed:
        yield note(
            f"{queue.name}: {queue.waiting} waiting, {queue.handled} in flight,"
            f" {queue.delayed} delayed"
        )


def status_queue(queue: Queue) -> Iterator[Remark]:
    """A status tag that EC2 refuses is retried for an hour; nothing else waits for it."""
    if count := queue.waiting + queue.handled + queue.delayed:
        tags = "1 status tag is" if count == 1 else f"{count} status tags are"
        yield note(f"{queue.name}: {tags} being written, or retried later")


def dead_letters(queues: Iterable[Queue]) -> Iterator[Remark]:
    """A dead letter was tried several times, and no function tries it again."""
    for it in queues:
        if count := it.waiting + it.handled + it.delayed:
            messages = "1 message" if count == 1 else f"{count} messages"
            yield error(f"{it.name} holds {messages}", "Find the cause, then: dualhome redrive")


def sweep(sweeps: Sweeps) -> Iterator[Remark]:
    """A sweep that does not run leaves every lost event lost."""
    remedy = "Read the log of sweep-account, and see its dead-letter queue."
    due = f"one is due every {_minutes(sweeps.every)}"
    late = sweeps.now - (sweeps.last or sweeps.deployed) > MISSED_SWEEPS * sweeps.every
    if sweeps.last is None and late:
        yield error(f"nothing has been swept yet; {due}", remedy)
    elif sweeps.last is None:
        yield note(f"nothing has been swept yet; {due}")
    elif late:
        yield error(
            f"the sweep last progressed {_minutes(sweeps.now - sweeps.last)} ago; {due}", remedy
        )


def controls(controls: Controls) -> Iterator[Remark]:
    """
    The operator has paused the stack, or too many releases have opened the breaker.

    A limit that is reached has deferred no release yet; the records name those it defers.
    """
    if controls.pause.unread:
        yield warning(
            print_pause(controls.pause),
            "The log of reconcile-instances says whether the functions can: if not, let their roles"
            " read it, or deploy the version that has written it.",
        )
    elif controls.pause.paused:
        yield warning(print_pause(controls.pause), "dualhome resume")
    so_far = (
        f"it has admitted releases of {controls.admitted} instances since the last sweep,"
        f" of {controls.most} at most"
    )
    if controls.breaker_open:
        yield warning(
            f"the release breaker is open: {so_far}",
            "Restore the tags, or raise MaxReleasesPerSweep; dualhome status --attention names"
            " the deferred releases.",
        )
    elif controls.admitted >= controls.most:
        yield note(f"the release breaker would defer the next release: {so_far}")


def _minutes(time: timedelta) -> str:
    return f"{int(time.total_seconds() // 60)} min"


def read_changes_queue(stack: Stack, now: datetime) -> Queue:
    """Return the queue of reconcile requests, with the age of its oldest message."""
    found = stack.queue(CHANGES)
    return replace(found, oldest=stack.queue_age(found, now))


def read_dead_letters(stack: Stack) -> list[Queue]:
    """Return every other queue: each is a dead-letter queue."""
    names = (it for it in stack.outputs if it.endswith("QueueUrl") and it not in {CHANGES, STATUS})
    return [stack.queue(name) for name in sorted(names)]


def read_controls(stack: Stack) -> Controls:
    """Return the pause, and the release breaker as the ledger has it."""
    breaker = stack.breaker()
    return Controls(
        pause=stack.pause,
        breaker_open=breaker.open,
        admitted=len(breaker.admitted),
        most=int(stack.parameter("MaxReleasesPerSweep")),
    )


def sweep_interval(stack: Stack) -> timedelta:
    """Return how often the schedule sweeps, as in ``rate(5 minutes)``."""
    return timedelta(minutes=int("".join(filter(str.isdecimal, stack.parameter("SweepSchedule")))))


def sweeps(stack: Stack, deployed: datetime, now: datetime) -> Sweeps:
    """Return how often the schedule sweeps, and when a sweep last wrote its checkpoint."""
    last = stack.checkpoints.read()
    return Sweeps(sweep_interval(stack), last.at if last else None, deployed, now)
