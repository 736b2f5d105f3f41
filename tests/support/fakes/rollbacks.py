"""The rollback state machine in memory: its own definition, walked by the test's clock."""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from dualhome.adapters.sfn_rollbacks import MOST_NAMES, TRIES
from dualhome.application.pause import PauseGate
from dualhome.application.ports import Interfaces, Ledger, ReconcileQueue
from dualhome.application.rollback import (
    RollbackInput,
    check_detached,
    close_attachment,
    detach_interface,
    mark_stuck,
)
from dualhome.domain.attachment import Attachment
from dualhome.domain.errors import DualhomeError, RollbackExhaustedError
from tests.support.builders.values import TRACE
from tests.support.fakes.call_log import Calls, Killed
from tests.support.readers.checkout import ROOT

DEFINITION = json.loads((ROOT / "statemachines" / "rollback.asl.json").read_text())
STATES: Mapping[str, Any] = DEFINITION["States"]
LONGEST = timedelta(seconds=DEFINITION["TimeoutSeconds"])
CRASH = "Lambda.Unknown"
"""A process that dies (Step Functions Developer Guide, "Handling errors")."""


@dataclass(slots=True)
class Execution:
    """One run: its data, and the state that comes next, and when; ``tries`` is by retrier."""

    data: dict[str, Any]
    begun: datetime
    due: datetime
    state: str = DEFINITION["StartAt"]
    tries: Counter[int] = field(default_factory=Counter)

    def go_to(self, state: str) -> None:
        """Let ``state`` come next."""
        self.state, self.tries = state, Counter()


@dataclass(slots=True)
class InMemoryRollbacks:
    """The port ``Rollbacks``, and what Step Functions does with it."""

    interfaces: Interfaces
    ledger: Ledger
    queue: ReconcileQueue
    clock: Callable[[], datetime]
    calls: Calls
    gate: PauseGate
    executions: dict[tuple[str, str, int], Execution] = field(default_factory=dict)
    died: Counter[tuple[str, str, int]] = field(default_factory=Counter)
    succeeded: Counter[tuple[str, str, int]] = field(default_factory=Counter)

    def start(self, record: Attachment) -> None:
        """Start, unless it runs; what has died is tried ``TRIES`` times in all."""
        with self.calls.making("start"):
            name = (record.instance, record.target, record.version)
            if name in self.executions:
                return
            if self.died[name] == TRIES or self.died[name] + self.succeeded[name] == MOST_NAMES:
                raise RollbackExhaustedError(f"{name}: {self.died[name]} executions have died")
            data = dict(zip(("instance", "target", "version"), name, strict=True))
            self.executions[name] = Execution(data, self.clock(), self.clock())

    def abort(self) -> None:
        """End every execution, as an operator at the console does."""
        self.died.update(list(self.executions))
        self.executions.clear()

    def seconds_to_next(self) -> float | None:
        """Return the seconds until a step is due, or a time is up; None if nothing runs."""
        now = self.clock()
        dues = (min(it.due, it.begun + LONGEST) for it in self.executions.values())
        return min(((due - now).total_seconds() for due in dues), default=None)

    def run_due(self) -> None:
        """Run every state that is due, once; an execution whose time is up ends."""
        for name, it in list(self.executions.items()):
            if self.clock() >= it.begun + LONGEST:
                del self.executions[name]
                self.died[name] += 1
            elif it.due <= self.clock():
                it.due = self.clock()
                if not self._advance(it):
                    del self.executions[name]
                    ended = self.succeeded if STATES[it.state]["Type"] == "Succeed" else self.died
                    ended[name] += 1

    def step(self, resource: str, given: RollbackInput) -> RollbackInput:
        """Do what the function ``resource`` does."""
        match resource:
            case "${DetachInterfaceFunctionArn}":
                return detach_interface(given, self.ledger, self.interfaces, self.gate)
            case "${CheckDetachedFunctionArn}":
                return check_detached(given, self.ledger, self.interfaces)
            case "${CloseAttachmentFunctionArn}":
                return close_attachment(given, self.ledger, self.queue, TRACE, self.clock())
            case "${MarkStuckFunctionArn}":
                return mark_stuck(given, self.ledger, TRACE, self.clock())
            case _:
                raise LookupError(resource)

    def _advance(self, execution: Execution) -> bool:
        """Run one state; return whether another one comes."""
        state = STATES[execution.state]
        match state["Type"]:
            case "Task":
                return self._do(execution, state)
            case "Wait":
                execution.due += timedelta(seconds=_at(execution.data, state["SecondsPath"]))
                execution.go_to(state["Next"])
            case "Choice":
                met = (rule["Next"] for rule in state["Choices"] if _holds(rule, execution.data))
                execution.go_to(next(met, state["Default"]))
            case _:
                return False
        return True

    def _do(self, execution: Execution, state: Mapping[str, Any]) -> bool:
        try:
            execution.data = asdict(self.step(state["Resource"], _rollback_input(execution.data)))
        except Killed:
            return _retry(execution, state, CRASH, "")
        except DualhomeError as error:
            return _retry(execution, state, type(error).__name__, str(error))
        execution.go_to(state["Next"])
        return True


def _retry(execution: Execution, state: Mapping[str, Any], error: str, cause: str) -> bool:
    for number, retrier in enumerate(state["Retry"]):
        if error in retrier["ErrorEquals"]:
            if execution.tries[number] == retrier["MaxAttempts"]:
                break
            wait = retrier["IntervalSeconds"] * retrier["BackoffRate"] ** execution.tries[number]
            execution.tries[number] += 1
            execution.due += timedelta(seconds=min(wait, retrier.get("MaxDelaySeconds", wait)))
            return True
    for catcher in state.get("Catch", []):
        if not {error, "States.ALL"} & set(catcher["ErrorEquals"]):
            continue
        execution.data["error"] = {"Error": error, "Cause": cause}
        execution.go_to(catcher["Next"])
        return True
    return False


def _rollback_input(data: Mapping[str, Any]) -> RollbackInput:
    error = data.get("error") or {}
    return RollbackInput(
        **{**data, "error": f"{error['Error']}: {error['Cause']}" if error else ""}
    )


def _at(data: Mapping[str, Any], path: str) -> Any:  # noqa: ANN401 - any JSON value
    return data[path.removeprefix("$.")]


def _holds(rule: Mapping[str, Any], data: Mapping[str, Any]) -> bool:
    return bool(rule["BooleanEquals"] == _at(data, rule["Variable"]))
