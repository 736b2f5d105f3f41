"""What a step of the rollback is given of the error that the step before met."""

import json
from typing import Any

import pytest
from aws_lambda_powertools.utilities.typing import LambdaContext

from dualhome.application.rollback import RollbackInput
from dualhome.entrypoints.steps import MOST_OF_AN_ERROR, Run, step_handler
from tests.support.builders.values import INSTANCE, MGMT

DENIED = {
    "errorMessage": "DetachNetworkInterface: not authorized",
    "errorType": "AccessDeniedError",
    "stackTrace": ["  File one"],
}


class Context(LambdaContext):
    """What the logger and the step read of an invocation."""

    _function_name = "mark-stuck"
    _memory_limit_in_mb = 512
    _invoked_function_arn = "arn:aws:lambda:us-east-1:111122223333:function:mark-stuck"
    _aws_request_id = "request-1"


def given_error(error: dict[str, Any] | None) -> str:
    """Return the error with which a step is called."""
    seen: list[RollbackInput] = []

    def step(given: RollbackInput, _: Run) -> RollbackInput:
        seen.append(given)
        return given

    event = {"instance": INSTANCE, "target": MGMT, "version": 3, "error": error}
    step_handler(lambda: step)({"input": event, "execution": "arn"}, Context())
    return seen[0].error


def test_a_function_s_error_is_its_message_alone() -> None:
    """Operators read it in the record; the stack trace is in the function's log."""
    error = {"Error": "AccessDeniedError", "Cause": json.dumps(DENIED)}

    assert "AccessDeniedError: DetachNetworkInterface: not authorized" == given_error(error)


@pytest.mark.parametrize("cause", ["the worker ended", "[]", '{"other": 1}', ""])
def test_a_cause_of_another_form_is_kept_as_it_is(cause: str) -> None:
    """Step Functions' own errors are no JSON; a message must not fail the last resort."""
    assert f"Lambda.Unknown: {cause}" == given_error({"Error": "Lambda.Unknown", "Cause": cause})


def test_a_long_error_is_cut_and_none_is_empty() -> None:
    """A record has room for one sentence."""
    assert MOST_OF_AN_ERROR == len(given_error({"Error": "Long", "Cause": "x" * 9000}))
    assert "" == given_error(None)
