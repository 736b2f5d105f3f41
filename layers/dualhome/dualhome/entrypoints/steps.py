"""A step of the rollback state machine, as one call of its use case."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from dualhome.application.ports import Interfaces, Ledger, ReconcileQueue
from dualhome.application.rollback import RollbackInput, RollbackSteps
from dualhome.domain.attachment import Trace
from dualhome.domain.identifiers import AccountId, InstanceId, TargetName

logger = Logger()


@dataclass(frozen=True, slots=True)
class Rollback:
    """What every step is made of."""

    interfaces: Interfaces
    ledger: Ledger
    queue: ReconcileQueue
    account: AccountId
    region: str
    paused: bool
    clock: Callable[[], datetime]


Event = Mapping[str, Any]
Step = Callable[[RollbackInput, RollbackSteps], RollbackInput]


def step_handler(
    step: Step, make: Callable[[], Rollback]
) -> Callable[[Event, LambdaContext], dict[str, Any]]:
    """
    Return the Lambda handler that runs one step; its errors pass through by their class names.

    An event holds ``input``, the result of the step before, and ``execution``, the ARN of the run.
    """

    @logger.inject_lambda_context
    def handler(event: Event, context: LambdaContext) -> dict[str, Any]:
        parts = make()
        given = _rollback_input(event["input"])
        logger.info("step", instance=given.instance, target=given.target, polls=given.polls)
        trace = Trace(parts.account, parts.region, context.aws_request_id, event["execution"])
        steps = RollbackSteps(
            parts.interfaces, parts.ledger, parts.queue, trace, parts.paused, parts.clock
        )
        return asdict(step(given, steps))

    return handler


def _rollback_input(given: Mapping[str, Any]) -> RollbackInput:
    return RollbackInput(
        instance=InstanceId(given["instance"]),
        target=TargetName(given["target"]),
        version=int(given["version"]),
        polls=int(given.get("polls", 0)),
        given_up=bool(given.get("given_up", False)),
        error=_error(given.get("error")),
    )


def _error(given: Mapping[str, Any] | None) -> str:
    """Read what the step before met, as Step Functions' Catch tells it."""
    return f"{given['Error']}: {given.get('Cause', '')[:500]}" if given else ""
