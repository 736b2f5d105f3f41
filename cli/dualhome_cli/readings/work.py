"""How work flows through the stack: its queues, its sweep, and what holds changes back."""

from datetime import datetime, timedelta

from dualhome_cli.braking import read_brake
from dualhome_cli.checks.flow import Brakes, Queue, Sweeps
from dualhome_cli.stack import Stack

CHANGES, STATUS = "ChangesQueueUrl", "StatusQueueUrl"

METRICS_LAG = timedelta(minutes=15)
"""SQS reports every 5 minutes on a queue that is in use."""


def changes_queue(stack: Stack, now: datetime) -> Queue:
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


def status_queue(stack: Stack) -> Queue:
    """Return the queue of status tags to be written."""
    return _queue(stack, STATUS)


def dead_letters(stack: Stack) -> list[Queue]:
    """Return every other queue: what is in one was set aside."""
    names = (it for it in stack.outputs if it.endswith("QueueUrl") and it not in {CHANGES, STATUS})
    return [_queue(stack, name) for name in sorted(names)]


def brakes(stack: Stack) -> Brakes:
    """Return the pause, and what the ledger knows of the breaker."""
    let = read_brake(stack.client("dynamodb"), stack.output("AttachmentsTableName"))
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
    last = stack.rounds.read()
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
