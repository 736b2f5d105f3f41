"""What a stack uses of AWS's services: the counts that a bill multiplies with its prices."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any

from bench.stage import STACK, Stage

LOGS = f"/aws/lambda/{STACK}/"
EVENT_BYTES = 26
"""What CloudWatch adds to the size of each event (Amazon CloudWatch Logs User Guide, quotas)."""

KILOBYTE = 1024
TRANSACTION = 2
"""Units that each kilobyte of an item takes in a transaction (Amazon DynamoDB, pricing)."""

READS = {"BatchGetItem", "GetItem", "Query"}
WRITES = {"DeleteItem", "PutItem", "UpdateItem"}

Metric = tuple[str, frozenset[tuple[str, str]]]
Item = Mapping[str, Any]


@dataclass(frozen=True)
class Usage:
    """
    What was used between two moments.

    ``gigabytes``: of memory, over all invocations: GB-s, if each takes one second. ``writes``:
    requests that are no transaction. ``metrics``: those in the functions' logs.
    """

    invocations: int
    gigabytes: float
    log_bytes: int
    metrics: frozenset[Metric]
    reads: int
    writes: int
    sends: int
    transitions: int


class Meter:
    """Counts from the moment when it is made."""

    def __init__(self, stage: Stage) -> None:
        """Begin."""
        self._stage = stage
        self._call = stage.cloud.last_call()
        self._lines = len(list(_lines(stage)))
        self._executions = set(_executions(stage))

    def read(self) -> Usage:
        """Return what has been used so far."""
        stage = self._stage
        lines = sorted(_lines(stage))[self._lines :]
        said = [message for _, message in lines]
        memory = [int(it[1]) for line in said if (it := re.search(r"Memory Size: (\d+) MB", line))]
        calls = [it for it in stage.cloud.calls(self._call) if it["principal"].startswith(STACK)]
        asked = [it["action"] for it in calls if it["service"] == "dynamodb"]
        return Usage(
            invocations=len(memory),
            gigabytes=sum(memory) / KILOBYTE,
            log_bytes=sum(len(line.encode()) + EVENT_BYTES for line in said),
            metrics=frozenset(metric for line in said for metric in _metrics(line)),
            reads=sum(it in READS for it in asked),
            writes=sum(it in WRITES for it in asked),
            sends=sum(it["action"] == "SendMessage" for it in calls),
            transitions=sum(
                _transitions(stage, it) for it in set(_executions(stage)) - self._executions
            ),
        )


def kilobytes(item: Item) -> int:
    """
    Return the size of an item as DynamoDB charges it: in whole kilobytes.

    Source: Amazon DynamoDB Developer Guide, "DynamoDB item sizes and formats".
    """
    return ceil(sum(len(name.encode()) + _size(value) for name, value in item.items()) / KILOBYTE)


def _size(value: Item) -> int:
    ((kind, it),) = value.items()
    match kind:
        case "S":
            return len(it.encode())
        case "N":
            return len(it) // 2 + 2
        case "M":
            return 3 + sum(len(name.encode()) + _size(each) + 1 for name, each in it.items())
        case "L":
            return 3 + sum(_size(each) + 1 for each in it)
        case "SS" | "NS":
            return sum(len(each.encode()) for each in it)
        case _:
            return 1


def _lines(stage: Stage) -> Iterator[tuple[int, str]]:
    """Yield time and text of each line of the functions' logs."""
    logs = stage.cloud.client("logs")
    groups = logs.describe_log_groups(logGroupNamePrefix=LOGS)["logGroups"]
    for group in groups:
        pages = logs.get_paginator("filter_log_events").paginate(logGroupName=group["logGroupName"])
        for page in pages:
            yield from ((it["timestamp"], it["message"]) for it in page["events"])


def _metrics(line: str) -> Iterator[Metric]:
    if '"_aws"' not in line:
        return
    written = json.loads(line)
    for directive in written["_aws"]["CloudWatchMetrics"]:
        for names in directive["Dimensions"]:
            dimensions = frozenset((name, str(written[name])) for name in names)
            yield from ((it["Name"], dimensions) for it in directive["Metrics"])


def _executions(stage: Stage) -> Iterator[str]:
    steps = stage.cloud.client("stepfunctions")
    (machine,) = steps.list_state_machines()["stateMachines"]
    pages = steps.get_paginator("list_executions").paginate(
        stateMachineArn=machine["stateMachineArn"]
    )
    for page in pages:
        yield from (it["executionArn"] for it in page["executions"])


def _transitions(stage: Stage, execution: str) -> int:
    """Count the states entered: each step executed is a transition (Step Functions pricing)."""
    history = stage.cloud.client("stepfunctions").get_execution_history(executionArn=execution)
    return sum(it["type"].endswith("StateEntered") for it in history["events"])
