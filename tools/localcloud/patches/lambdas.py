"""Lambda as AWS has it: errors keep their class names, functions call with their roles."""

import hashlib
import os
import threading
from collections.abc import Callable
from typing import Any

from localcloud.patches import internals
from localcloud.server import workers
from localcloud.server.clock import Clock
from localcloud.server.packages import UnpackedOnce

UNNAMED = "Runtime.HandlerError"
DIED = "Runtime.ExitError"
_raised = threading.local()


def install(clock: Clock) -> None:
    """Change ministack's Lambda; call once, before the first function runs."""
    script = internals.original(internals.RUNTIME, "_PYTHON_WORKER_SCRIPT")
    named = script.replace(internals.WORKER_ERROR, internals.WORKER_ERROR_NAMED)
    prelude = workers.PRELUDE + clock.prelude()
    invoke = workers.noting_event(internals.original(internals.RUNTIME, "Worker.invoke"))
    execute = internals.original(internals.LAMBDA, "_execute_function_warm")
    internals.replace(internals.RUNTIME, "_PYTHON_WORKER_SCRIPT", prelude + named)
    internals.replace(internals.RUNTIME, "Worker.invoke", _noting_error_type(invoke))
    internals.replace(internals.LAMBDA, "_execute_function_warm", _naming_error(execute))
    internals.replace(internals.RUNTIME, "execution_credentials", role_credentials)
    internals.replace(internals.RUNTIME, "zipfile", UnpackedOnce())
    limit = internals.original(internals.LAMBDA, "_sqs_esm_concurrency")
    internals.replace(internals.LAMBDA, "_sqs_esm_concurrency", _reading_number(limit))


def stop_workers() -> None:
    """End every worker process by its id, and remove what it unpacked."""
    internals.original(internals.RUNTIME, "reset")()


def _reading_number(limit: Callable[..., int]) -> Callable[..., int]:
    """Take a MaximumConcurrency that comes from a stack's parameter: CloudFormation's are text."""

    def reading(esm: dict[str, Any], *args: object) -> int:
        scaling = {key: int(value) for key, value in (esm.get("ScalingConfig") or {}).items()}
        return limit(esm | {"ScalingConfig": scaling}, *args)

    return reading


def _noting_error_type(invoke: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    def noting(*args: object, **kwargs: object) -> dict[str, Any]:
        answer = invoke(*args, **kwargs)
        died = answer.get("error") == internals.WORKER_DIED
        _raised.type = DIED if died else answer.get("error_type")
        return answer

    return noting


def _naming_error(execute: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """
    Report the exception's class as ``errorType``; Step Functions matches it in ErrorEquals.

    A process that ended is a ``Runtime.ExitError``.

    Sources: AWS Lambda Developer Guide, "Python function exceptions"; Step Functions Developer
    Guide, "Handle transient Lambda service exceptions".
    """

    def naming(*args: object) -> dict[str, Any]:
        _raised.type = None
        result = execute(*args)
        body = result.get("body") or {}
        if result.get("error") and _raised.type and body["errorType"] == UNNAMED:
            body["errorType"] = _raised.type
        return result

    return naming


def role_credentials(config: dict[str, Any]) -> dict[str, str]:
    """
    Give a function a session of its role, as AWS does, whether or not IAM is enforced.

    ministack does so only under enforcement; without it, the call log could not name the caller.
    """
    account, _region = internals.original(
        internals.RUNTIME, "_account_region_from_function_config"
    )(config)
    role = config.get("Role", "").rsplit("/", 1)[-1]
    name = config.get("FunctionName", "function")[:64]
    digest = hashlib.sha256(f"{config.get('FunctionArn')}:{role}:{os.getpid()}".encode())
    secret = digest.hexdigest()
    key = f"ASIA{secret[:16].upper()}"
    session = {
        "Arn": f"arn:aws:sts::{account}:assumed-role/{role}/{name}",
        "UserId": f"{role}:{name}",
        "SecretAccessKey": secret,
        "SessionToken": secret,
    }
    internals.original(internals.STS, "register_session")(key, session)
    return {
        "AWS_ACCESS_KEY_ID": key,
        "AWS_SECRET_ACCESS_KEY": secret,
        "AWS_SESSION_TOKEN": secret,
    }
