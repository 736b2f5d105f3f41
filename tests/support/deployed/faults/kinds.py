"""Faults that a random mixture orders: each kind with what chance decides about it."""

from collections.abc import Callable, Mapping
from random import Random
from typing import Any

from tests.support.deployed.faults.runs import (
    CHECKER,
    CLOSER,
    DETACHER,
    MARKER,
    PUBLISHER,
    RECONCILER,
    WRITER,
)

Order = dict[str, Any]

SWEEPER = "SweepAccountRole"
STEPS = (DETACHER, CHECKER, CLOSER, MARKER)
CLIENT_TRIES = 3
REFUSALS = (
    "InvalidNetworkInterface.InUse",
    "InvalidNetworkInterfaceID.NotFound",
    "IncorrectState",
    "InvalidInstanceID.NotFound",
    "OperationNotPermitted",
    "InvalidParameterCombination",
    "UnauthorizedOperation",
)


def _error(code: str, status: int, **order: Any) -> Order:
    return {"do": "error", "code": code, "status": status} | order


def _ec2(chance: Random) -> Order:
    return {
        "service": "ec2",
        "role": chance.choice((RECONCILER, DETACHER, CHECKER, SWEEPER, WRITER)),
    }


def _table(chance: Random) -> Order:
    role = chance.choice((RECONCILER, *STEPS, WRITER, SWEEPER))
    return {"service": "dynamodb", "role": role, "nth": chance.randint(1, 6)}


def _write(chance: Random) -> Order:
    role = chance.choice((RECONCILER, CLOSER, MARKER))
    return {"action": "TransactWriteItems", "role": role, "nth": chance.randint(1, 4)}


def _cut(action: str, role: str) -> Callable[[Random], Order]:
    return lambda it: {
        "do": "cut",
        "when": it.choice(("before", "after")),
        "action": action,
        "role": role,
        "times": it.choice((1, CLIENT_TRIES)),
    }


def _kill(*roles: str) -> Callable[[Random], Order]:
    return lambda it: {
        "do": "kill",
        "when": it.choice(("before", "after")),
        "role": it.choice(roles),
        "nth": it.randint(1, 10),
    }


_CANCELLED = {"CancellationReasons": [{"Code": "TransactionConflict"}]}

KINDS: Mapping[str, Callable[[Random], Order]] = {
    "EC2 throttles": lambda it: (
        _error("RequestLimitExceeded", 503, times=it.randint(1, 12)) | _ec2(it)
    ),
    "EC2 InternalError": lambda it: (
        _error("InternalError", 500, times=it.randint(1, 4), when=it.choice(("before", "after")))
        | _ec2(it)
    ),
    "attach refused": lambda it: _error(
        it.choice(REFUSALS), 400, action="AttachNetworkInterface", role=RECONCILER
    ),
    "attach cut off": _cut("AttachNetworkInterface", RECONCILER),
    "detach cut off": _cut("DetachNetworkInterface", DETACHER),
    "DynamoDB throttles": lambda it: (
        _error("ProvisionedThroughputExceededException", 400, times=it.randint(1, 6)) | _table(it)
    ),
    "transaction in conflict": lambda it: (
        _error("TransactionCanceledException", 400, fields=_CANCELLED, times=it.randint(1, 2))
        | _write(it)
    ),
    "write cut off": lambda it: (
        {"do": "cut", "when": "after", "times": it.choice((1, CLIENT_TRIES))} | _write(it)
    ),
    "requeue cut off": _cut("SendMessageBatch", RECONCILER),
    "rollback's start cut off": _cut("StartExecution", RECONCILER),
    "reconciler killed": _kill(RECONCILER),
    "step killed": _kill(*STEPS),
    "publisher killed": _kill(PUBLISHER),
    "status writer killed": _kill(WRITER),
    "sweep killed": _kill(SWEEPER),
}
