"""Step Functions as AWS has it: starting a running execution again is no error."""

import json
from collections.abc import Callable
from typing import Any

from localcloud.patches import internals

Reply = tuple[int, dict[str, str], bytes]


def install() -> None:
    """
    Answer a second start with the first, while it runs with the same input.

    Source: Step Functions API Reference, StartExecution (Standard workflows).
    """
    start = internals.original(internals.STEPFUNCTIONS, "_start_execution")
    internals.replace(internals.STEPFUNCTIONS, "_start_execution", _idempotent(start))


def _idempotent(start: Callable[[dict[str, Any]], Reply]) -> Callable[[dict[str, Any]], Reply]:
    def starting(data: dict[str, Any]) -> Reply:
        for running in internals.original(internals.STEPFUNCTIONS, "_executions").values():
            if _same(running, data):
                answer = {key: running[key] for key in ("executionArn", "startDate")}
                return (
                    200,
                    {"Content-Type": "application/x-amz-json-1.0"},
                    json.dumps(answer).encode(),
                )
        return start(data)

    return starting


def _same(running: dict[str, Any], data: dict[str, Any]) -> bool:
    asked = (data.get("stateMachineArn"), data.get("name"), data.get("input", "{}"), "RUNNING")
    return asked == tuple(running[key] for key in ("stateMachineArn", "name", "input", "status"))
