"""A step of the rollback state machine, as one call of its use case."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from json import JSONDecodeError, loads
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from dualhome.application.rollback import RollbackInput
from dualhome.domain.identifiers import InstanceId, TargetName

logger = Logger()

MOST_OF_AN_ERROR = 500
"""Characters of an error that a record keeps."""


@dataclass(frozen=True, slots=True)
class Run:
    """Lambda's request, and the ARN of the execution that a step is part of."""

    request_id: str
    execution_arn: str


Event = Mapping[str, Any]
Step = Callable[[RollbackInput, Run], RollbackInput]


def step_handler(make: Callable[[], Step]) -> Callable[[Event, LambdaContext], dict[str, Any]]:
    """
    Return the Lambda handler of the step that ``make`` returns; its errors keep their class names.

    An event holds ``input``, the result of the step before, and ``execution``, the ARN of the run.
    """

    @logger.inject_lambda_context
    def handler(event: Event, context: LambdaContext) -> dict[str, Any]:
        step = make()
        given = _rollback_input(event["input"])
        logger.info("step", instance=given.instance, target=given.target, polls=given.polls)
        return asdict(step(given, Run(context.aws_request_id, event["execution"])))

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
    """
    Read what the step before met, as Step Functions' Catch has it.

    A function's error is JSON in ``Cause`` (Step Functions Developer Guide, "Handling errors in
    Step Functions workflows"): its message is what people read, without the stack trace.
    """
    if not given:
        return ""
    cause = str(given.get("Cause", ""))
    try:
        message = loads(cause)["errorMessage"]
    except (JSONDecodeError, KeyError, TypeError):
        message = cause
    return f"{given['Error']}: {message}"[:MOST_OF_AN_ERROR]
