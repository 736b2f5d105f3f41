"""A stack to break: a minute takes seconds on it, and one can tell when it has come to rest."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from localcloud.client.lifecycle import LocalCloud
from tests.support.deployed.faults.counts import COUNTS, FaultCounts
from tests.support.deployed.faults.stale_lists import STALE, fresh_lists
from tests.support.deployed.stack import SHARED, Stack
from tests.support.deployed.triggers import switch_schedule
from tests.support.deployed.waiting import known_of, until
from tests.support.readers.template import ROOT

SPEED = 10.0
"""A claim is left alone for one second, a message that failed for six."""

PARAMETERS = {**SHARED, "ReleaseDelaySeconds": "10"}
"""A second, on the fast clock."""

BATCH = 50
"""Messages to an invocation, as deployed."""

VISIBILITY_SECONDS = 61
"""No invocation takes longer; the template's six minutes would make each kill take one."""

MOVING = ("claimed", "attaching", "releasing")
REST_SECONDS = 480.0
POLL_SECONDS = 0.3

LEFT_ALONE: set[str] = set()
"""Instances whose rollbacks last for minutes: to be at rest does not mean that they are."""


@contextmanager
def breakable(
    directory: Path, *, batch: int = 1, speed: float = SPEED, counts: FaultCounts = COUNTS
) -> Iterator[Stack]:
    """
    Deploy the template on a fast local cloud, whose lists are stale; ``counts`` counts how often.

    One invocation handles ``batch`` messages: with one, the n-th call of a run is the same each
    time. Tests sweep when they mean to: a sweep by the clock, every half minute here, could begin
    between rest and the check of what there is.
    """
    options = {"attach_seconds": 1 / speed, "detach_seconds": 1 / speed, "clock_speed": speed}
    with LocalCloud.start(directory, **options) as cloud:  # type: ignore[arg-type]
        stack = Stack(cloud, cloud.deploy(ROOT / "template.yaml", "dualhome", PARAMETERS))
        for queue in ("ChangesQueueUrl", "StatusQueueUrl"):
            stack.sqs.set_queue_attributes(
                QueueUrl=stack.outputs[queue],
                Attributes={"VisibilityTimeout": str(VISIBILITY_SECONDS)},
            )
        _set_batch(cloud.client("lambda"), batch)
        switch_schedule(stack, "DISABLED")
        cloud.settings(**STALE)
        yield stack
        counts.note_stale_lists(cloud.stale_reads())


def _set_batch(functions: Any, size: int) -> None:  # noqa: ANN401 - a client of Lambda
    for mapping in functions.list_event_source_mappings()["EventSourceMappings"]:
        if ":sqs:" in mapping["EventSourceArn"]:
            functions.update_event_source_mapping(UUID=mapping["UUID"], BatchSize=size)


@contextmanager
def batches(stack: Stack, size: int) -> Iterator[None]:
    """Let an invocation take up to ``size`` messages, and then one again."""
    functions = stack.cloud.client("lambda")
    _set_batch(functions, size)
    try:
        yield
    finally:
        _set_batch(functions, 1)


def sweep(stack: Stack) -> bool:
    """Sweep once, as the schedule would; return whether all has been compared since."""
    answer = stack.cloud.client("lambda").invoke(
        FunctionName=stack.outputs["SweepAccountFunctionName"], Payload=json.dumps({})
    )
    said = json.loads(answer["Payload"].read())
    return "FunctionError" not in answer and bool(said["swept"])


def comes_to_rest(stack: Stack, *, seconds: float = REST_SECONDS) -> None:
    """
    Sweep until a sweep finds nothing to do; the last sweeps see EC2's lists as they are.

    A list that drops the tags of one of many instances gives each sweep something to do.

    Raises:
        AssertionError: it does not within ``seconds``; it carries what moves.
    """
    deadline = time.monotonic() + seconds
    rests(stack, seconds=seconds)
    before = -1
    with fresh_lists(stack.cloud):
        while (moves := _count_moves(stack)) != before:
            before = moves
            # What a fault ended, or an earlier tick began, is gone on with by the next tick.
            until(lambda: sweep(stack), seconds=deadline - time.monotonic())
            rests(stack, seconds=deadline - time.monotonic())


def rests(stack: Stack, *, seconds: float = REST_SECONDS) -> None:
    """Wait until nothing is on its way; what is lost may still be lost. Raises as above."""
    until(lambda: _rests(stack), lambda: _known(stack), seconds=seconds)


def _rests(stack: Stack) -> bool:
    time.sleep(POLL_SECONDS)
    return not unrest(stack)


def _known(stack: Stack) -> str:
    moving = {key.partition("/")[0] for state in MOVING for key in in_state(stack, state)}
    instances = sorted(key.removeprefix("INSTANCE#") for key in moving)
    return f"{unrest(stack)}\n{known_of(stack, instances[:3])}"


def unrest(stack: Stack) -> str:
    """Say what is not at rest: messages, executions, or records; nothing if all is."""
    if depth := stack.queue_depth():
        return f"{depth} messages on the changes queue"
    if depth := stack.statuses_to_write():
        return f"{depth} messages on the status queue"
    running = stack.cloud.client("stepfunctions").list_executions(
        stateMachineArn=stack.outputs["RollbackStateMachineArn"], statusFilter="RUNNING"
    )["executions"]
    if names := [it["name"] for it in running if not _is_left_alone(it["name"])]:
        return f"executions run: {names}"
    moving = [key for state in MOVING for key in in_state(stack, state) if not _is_left_alone(key)]
    return f"records move: {moving}" if moving else ""


def _is_left_alone(name: str) -> bool:
    return any(instance in name for instance in LEFT_ALONE)


def in_state(stack: Stack, state: str) -> list[str]:
    """Return the keys of the records that need attention because they are in ``state``."""
    found = stack.cloud.client("dynamodb").query(
        TableName=stack.outputs["AttachmentsTableName"],
        IndexName="needs-attention",
        KeyConditionExpression="attention = :state",
        ExpressionAttributeValues={":state": {"S": state}},
    )["Items"]
    return [f"{it['pk']['S']}/{it['sk']['S']}" for it in found]


def _count_moves(stack: Stack) -> int:
    pages = stack.cloud.client("dynamodb").get_paginator("scan")
    table = stack.outputs["AuditTableName"]
    return sum(page["Count"] for page in pages.paginate(TableName=table, Select="COUNT"))
