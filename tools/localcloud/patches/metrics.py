"""Where metrics come from: lines of functions' logs, and what queues and executions are now."""

import json
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from contextvars import copy_context
from datetime import datetime
from typing import Any

from localcloud.patches import internals

SECONDS_TO_ALARMS = 0.5
"""Metrics that arrive within this time are evaluated together."""

# CloudWatch metrics of Step Functions, and the status that each counts.
ENDINGS = {
    "ExecutionsAborted": "ABORTED",
    "ExecutionsFailed": "FAILED",
    "ExecutionsSucceeded": "SUCCEEDED",
    "ExecutionsTimedOut": "TIMED_OUT",
}

Dimensions = dict[str, str]
Point = dict[str, Any]
_scheduled: set[tuple[str, str]] = set()


def install() -> None:
    """Read metrics out of what functions log from now on."""
    emit = internals.original(internals.LAMBDA, "_emit_lambda_logs")
    internals.replace(internals.LAMBDA, "_emit_lambda_logs", _reading(emit))


def points(
    namespace: str, name: str, dimensions: Dimensions, start: float, end: float
) -> list[Point]:
    """Return the points of a metric between two times, in ministack's form."""
    if namespace == "AWS/SQS":
        return _of_queue(name, dimensions["QueueName"]) if end + 1 > time.time() else []
    if namespace == "AWS/States":
        return _of_executions(name, dimensions["StateMachineArn"], start, end)
    key = (namespace, name, internals.original(internals.CLOUDWATCH, "_dims_key")(dimensions))
    known = internals.original(internals.CLOUDWATCH, "_metrics").get(key) or []
    return [point for point in known if start < point["Timestamp"] <= end]


def _reading(emit: Callable[..., None]) -> Callable[..., None]:
    """
    Write a function's log, then take the metrics out of it.

    Source: Amazon CloudWatch User Guide, "Specification: Embedded metric format".
    """

    def reading(func: object, request_id: str, log: str, *args: object, **rest: object) -> None:
        emit(func, request_id, log, *args, **rest)
        found = [line for line in log.splitlines() if '"_aws"' in line]
        for line in found:
            with suppress(KeyError, TypeError, ValueError):  # CloudWatch skips it, too
                _record(json.loads(line))
        if found:
            _schedule_evaluation()

    return reading


def _record(line: dict[str, Any]) -> None:
    record = internals.original(internals.CLOUDWATCH, "record_metric")
    for directive in line["_aws"]["CloudWatchMetrics"]:
        for names in directive["Dimensions"]:
            dimensions = {name: str(line[name]) for name in names}
            for metric in directive["Metrics"]:
                for value in _several(line[metric["Name"]]):
                    unit = metric.get("Unit", "None")
                    record(directive["Namespace"], metric["Name"], value, unit, dimensions)


def _several(value: float | list[float]) -> list[float]:
    return value if isinstance(value, list) else [value]


def _schedule_evaluation() -> None:
    scope = tuple(
        internals.original(internals.RESPONSES, name)() for name in ("get_account_id", "get_region")
    )
    if scope not in _scheduled:
        _scheduled.add(scope)
        timer = threading.Timer(SECONDS_TO_ALARMS, copy_context().run, [_evaluate_alarms, scope])
        timer.daemon = True
        timer.start()


def _evaluate_alarms(scope: tuple[str, str]) -> None:
    _scheduled.discard(scope)
    internals.original(internals.CLOUDWATCH, "_evaluate_all_alarms")()


def _of_queue(name: str, queue_name: str) -> list[Point]:
    """Return the points of a queue now; an empty one has none, as an idle one on AWS."""
    queues = internals.original(internals.SQS, "_queues").values()
    messages: list[Point] = next((it["messages"] for it in queues if it["name"] == queue_name), [])
    now = internals.original(internals.SQS, "time").time()
    visible = [it["sent_at"] for it in messages if it["visible_at"] <= now]
    match name, bool(messages):
        case "ApproximateNumberOfMessagesVisible", True:
            return [{"Value": float(len(visible))}]
        case "ApproximateAgeOfOldestMessage", True:
            return [{"Value": now - min(it["sent_at"] for it in messages)}]
        case _:
            return []


def _of_executions(name: str, machine: str, start: float, end: float) -> list[Point]:
    return [
        {"Value": 1.0}
        for it in list(internals.original(internals.STEPFUNCTIONS, "_executions").values())
        if (it["stateMachineArn"], it["status"]) == (machine, ENDINGS.get(name))
        and start < _seconds(it["stopDate"]) <= end
    ]


def _seconds(moment: str | float) -> float:
    if isinstance(moment, str):
        return datetime.fromisoformat(moment).timestamp()
    return moment
