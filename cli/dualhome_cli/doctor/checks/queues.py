"""Whether work is done: the queue is drained, no dead letters are left, the sweep runs."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from dualhome_cli.doctor.check import Remark, error, note, warning
from dualhome_cli.doctor.facts import Queue
from dualhome_cli.stack import Stack

OLD_MESSAGE = timedelta(minutes=5)
"""A look is delayed by a minute at most, and handled within seconds of being due."""

MISSED_SWEEPS = 3


def changes_queue(it: Queue) -> Iterator[Remark]:
    """Messages that grow old mean that no reconciler runs, or that none keeps up."""
    if it.oldest is not None and it.oldest > OLD_MESSAGE and it.waiting:
        yield warning(
            f"{it.name}: {it.waiting} messages wait, the oldest for {_minutes(it.oldest)}",
            "Look at the reconciler's errors and throttles; raise ReconcileConcurrency if it is"
            " only slow.",
        )
    elif it.waiting + it.handled + it.delayed:
        yield note(
            f"{it.name}: {it.waiting} waiting, {it.handled} being handled, {it.delayed} delayed"
        )


def status_queue(it: Queue) -> Iterator[Remark]:
    """A status that EC2 does not take now is tried for an hour; nothing else waits for it."""
    if count := it.waiting + it.handled + it.delayed:
        yield note(f"{it.name}: {count} status tags are being written, or tried again later")


def set_aside(queues: Iterable[Queue]) -> Iterator[Remark]:
    """What is here was tried several times, and nobody tries it again."""
    for it in queues:
        if count := it.waiting + it.handled + it.delayed:
            messages = "1 message" if count == 1 else f"{count} messages"
            yield error(f"{it.name} holds {messages}", "Find out why, then: dualhome redrive")


@dataclass(frozen=True, slots=True)
class Sweeps:
    """When the sweep last turned a page, None if it never did, and when the stack was made."""

    every: timedelta
    last: datetime | None
    deployed: datetime
    now: datetime


def sweep(it: Sweeps) -> Iterator[Remark]:
    """A sweep that does not run leaves every lost event lost."""
    remedy = "Look at the log of sweep-account, and at its dead-letter queue."
    due = f"one is due every {_minutes(it.every)}"
    late = it.now - (it.last or it.deployed) > MISSED_SWEEPS * it.every
    if it.last is None and late:
        yield error(f"nothing has been swept yet; {due}", remedy)
    elif it.last is None:
        yield note(f"nothing has been swept yet; {due}")
    elif late:
        yield error(f"the sweep last got on {_minutes(it.now - it.last)} ago; {due}", remedy)


@dataclass(frozen=True, slots=True)
class Brakes:
    """What holds changes back: the pause by parameter, and the breaker of releases."""

    paused: bool
    tripped: bool
    admitted: int
    most: int


def brakes(it: Brakes) -> Iterator[Remark]:
    """
    Both are meant to be seen: somebody, or too many releases, has stopped us.

    A limit that is reached holds nobody yet; whom it holds, the records say.
    """
    if it.paused:
        yield warning(
            "the stack is paused: nothing is attached and nothing detached", "dualhome resume"
        )
    so_far = f"{it.admitted} of {it.most} instances have been let go since the last sweep"
    if it.tripped:
        yield warning(
            f"the breaker holds releases back: {so_far}",
            "Restore the tags, or raise MaxReleasesPerSweep; dualhome status --attention names"
            " what is held.",
        )
    elif it.admitted >= it.most:
        yield note(f"{so_far}: the breaker would hold back any other")


def _minutes(time: timedelta) -> str:
    return f"{int(time.total_seconds() // 60)} min"


CHANGES, STATUS = "ChangesQueueUrl", "StatusQueueUrl"


def read_changes_queue(stack: Stack, now: datetime) -> Queue:
    """Return the queue of reconcile requests, with the age of its oldest message."""
    found = stack.queue(CHANGES)
    return replace(found, oldest=stack.queue_age(found, now))


def read_dead_letters(stack: Stack) -> list[Queue]:
    """Return every other queue: each is a dead-letter queue."""
    names = (it for it in stack.outputs if it.endswith("QueueUrl") and it not in {CHANGES, STATUS})
    return [stack.queue(name) for name in sorted(names)]


def read_brakes(stack: Stack) -> Brakes:
    """Return the pause, and the release breaker as the ledger has it."""
    breaker = stack.breaker()
    return Brakes(
        paused=stack.policy.paused,
        tripped=breaker.open,
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
