"""Step Functions as AWS has it: starting a running execution again is no error."""

import json
from collections.abc import Callable
from typing import Any

from localcloud.patches import internals
from localcloud.server.alternatives import Alternatives

Reply = tuple[int, dict[str, str], bytes]
Start = Callable[[dict[str, Any]], Reply]


def install(alternatives: Alternatives) -> None:
    """
    Answer a second start with the first, while it runs with the same input.

    Source: Step Functions API Reference, StartExecution (Standard workflows).
    """
    start = internals.original(internals.STEPFUNCTIONS, "_start_execution")
    internals.replace(internals.STEPFUNCTIONS, "_start_execution", _idempotent(start, alternatives))


def _idempotent(start: Start, alternatives: Alternatives) -> Start:
    def starting(data: dict[str, Any]) -> Reply:
        executions = internals.original(internals.STEPFUNCTIONS, "_executions")
        prefixes = internals.original(internals.STEPFUNCTIONS, "_AWS_SDK_ERROR_PREFIX")
        prefixes["ssm"] = "SSM" if alternatives.ssm_errors_have_another_prefix else "Ssm"
        if alternatives.ended_execution_names_are_free:
            for arn in [it for it, one in executions.items() if _ended(one, data)]:
                del executions[arn]
        for running in executions.values():
            if _same(running, data):
                answer = {key: running[key] for key in ("executionArn", "startDate")}
                return (
                    200,
                    {"Content-Type": "application/x-amz-json-1.0"},
                    json.dumps(answer).encode(),
                )
        return start(data)

    return starting


def _ended(execution: dict[str, Any], data: dict[str, Any]) -> bool:
    named = (execution["stateMachineArn"], execution["name"])
    asked = (data.get("stateMachineArn"), data.get("name"))
    return named == asked and execution["status"] != "RUNNING"


def _same(running: dict[str, Any], data: dict[str, Any]) -> bool:
    asked = (data.get("stateMachineArn"), data.get("name"), data.get("input", "{}"), "RUNNING")
    return asked == tuple(running[key] for key in ("stateMachineArn", "name", "input", "status"))
