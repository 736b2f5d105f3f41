"""Whether work is done: the queue is drained, no dead letters are left, the sweep runs."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from dualhome_cli.doctor.check import Remark, error, note, warning
from dualhome_cli.plan.simulation import read_breaker
from dualhome_cli.stack import Stack

OLD_MESSAGE = timedelta(minutes=5)
"""A look is delayed by a minute at most, and handled within seconds of being due."""

MISSED_SWEEPS = 3


@dataclass(frozen=True, slots=True)
class Queue:
    """``oldest`` is the age of the oldest message, None where it is not known."""

    name: str
    waiting: int
    handled: int = 0
    delayed: int = 0
    oldest: timedelta | None = None


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

METRICS_LAG = timedelta(minutes=15)
"""SQS reports every 5 minutes on a queue that is in use."""


def read_changes_queue(stack: Stack, now: datetime) -> Queue:
    """Return the queue of looks, with the age of its oldest message as CloudWatch last saw it."""
    found = _queue(stack, CHANGES)
    answer = stack.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/SQS",
        MetricName="ApproximateAgeOfOldestMessage",
        Dimensions=[{"Name": "QueueName", "Value": found.name}],
        StartTime=now - METRICS_LAG,
        EndTime=now,
        Period=60,
        Statistics=["Maximum"],
    )
    latest = max(answer["Datapoints"], key=lambda it: it["Timestamp"], default=None)
    oldest = timedelta(seconds=latest["Maximum"]) if latest else None
    return Queue(found.name, found.waiting, found.handled, found.delayed, oldest)


def read_status_queue(stack: Stack) -> Queue:
    """Return the queue of status tags to be written."""
    return _queue(stack, STATUS)


def dead_letters(stack: Stack) -> list[Queue]:
    """Return every other queue: what is in one was set aside."""
    names = (it for it in stack.outputs if it.endswith("QueueUrl") and it not in {CHANGES, STATUS})
    return [_queue(stack, name) for name in sorted(names)]


def read_brakes(stack: Stack) -> Brakes:
    """Return the pause, and what the ledger knows of the breaker."""
    let = read_breaker(stack.client("dynamodb"), stack.output("AttachmentsTableName"))
    return Brakes(
        paused=stack.policy.paused,
        tripped=let.held,
        admitted=len(let.instances),
        most=int(stack.parameter("MaxReleasesPerSweep")),
    )


def sweep_interval(stack: Stack) -> timedelta:
    """Return how often the schedule sweeps, as in ``rate(5 minutes)``."""
    return timedelta(minutes=int("".join(filter(str.isdecimal, stack.parameter("SweepSchedule")))))


def sweeps(stack: Stack, deployed: datetime, now: datetime) -> Sweeps:
    """Return how often the schedule sweeps, and when it last got on."""
    last = stack.checkpoints.read()
    return Sweeps(sweep_interval(stack), last.at if last else None, deployed, now)


def _queue(stack: Stack, output: str) -> Queue:
    url = stack.output(output)
    said = stack.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
    counts = {key: int(it) for key, it in said["Attributes"].items() if "NumberOf" in key}
    return Queue(
        name=url.rpartition("/")[2],
        waiting=counts.get("ApproximateNumberOfMessages", 0),
        handled=counts.get("ApproximateNumberOfMessagesNotVisible", 0),
        delayed=counts.get("ApproximateNumberOfMessagesDelayed", 0),
    )
