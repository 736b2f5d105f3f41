"""What costs money, counted: a sweep of a stack at rest, and an instance attached and released."""

import json
import time
from collections.abc import Mapping
from typing import Any

from bench.field import Field
from bench.figures import Figure, Row, at_most, exactly
from bench.stage import STACK, Stage, wait
from bench.usage import TRANSACTION, Meter, Usage, kilobytes
from dualhome.domain.identifiers import InstanceId
from dualhome.domain.states import State

SWEEP = {
    "requests of Lambda": 1,
    "GB-s of Lambda": 0.5,
    "reads of DynamoDB": 24,
    "writes of DynamoDB": 12,
    "bytes of logs": 5_500,
}
"""What a sweep uses at most, of a stack that serves one target in one zone and no instance."""

SWEEP_METRICS = 24

ATTACHMENT = {
    "requests of Lambda": 20,
    "GB-s of Lambda": 13,
    "requests of SQS": 30,
    "events published": 6,
    "state transitions": 12,
    "reads of DynamoDB": 48,
    "writes of DynamoDB": 110,
    "bytes of logs": 30_000,
    "bytes stored": 40_000,
}
"""
What an instance uses at most, from its tag until its interface is free again.

One poll more than is usual is admitted, and status tags that are each written alone.
"""

ATTACHMENT_METRICS = 27
"""Metrics that are written beside those of a sweep, in the hours in which something moves."""

TAG_EVENTS = 2
"""One attaches, the other releases; EventBridge puts each on the queue."""

PER_MESSAGE = 3
"""Requests of SQS that a message takes: sent, received and deleted alone."""

CLAIM_AND_SLOT = 4 * TRANSACTION
"""Units for two small items, written once and deleted once."""

INDEXES = 2
"""Of each table. An index of records is written twice by a move, one of the audit once."""

SWEEPS = 5
"""Sweeps, at most, until one has run alone."""

QUIET_SECONDS = 4.0
"""Longer than any wait between two steps, but that before a release, which is waited for."""

NOTE = (
    "docs/costs.md multiplies these counts with AWS's prices. Every message is alone in its batch:"
    " many instances at once use less. A second is assumed for each request of Lambda."
)


def costs(stage: Stage) -> list[Figure]:
    """Sweep a stack at rest; then attach an interface to one instance, and release it."""
    field = Field.make(stage, "cost", 2)
    (instance,) = field.launch(1, tagged=False)
    field.wait_until_running(1)
    _wait_until_quiet(stage)
    sweep = _sweep(stage)
    meter = Meter(stage)
    field.tag(instance)
    wait(lambda: field.count(State.ATTACHED) == 1)
    stage.ec2.delete_tags(Resources=[instance], Tags=[{"Key": "dualhome:targets"}])
    wait(lambda: _state(field, instance) == State.RELEASED)
    _wait_until_quiet(stage)
    used = meter.read()
    more = len(used.metrics - sweep.metrics)
    return [
        Figure("A sweep of one target in one zone", _sweep_rows(sweep)),
        Figure(
            "An instance attached and released",
            [
                *_rows(ATTACHMENT, _of_attachment(stage, instance, used)),
                at_most("metrics beside a sweep's", ATTACHMENT_METRICS, more),
            ],
            NOTE,
        ),
    ]


def _state(field: Field, instance: InstanceId) -> State:
    return field.stage.ledger.records([instance])[instance][field.target].state


def _sweep(stage: Stage) -> Usage:
    """Return what a sweep uses; one beside which another function has run is made again."""
    used = _one_sweep(stage)
    for _ in range(SWEEPS - 1):
        if used.invocations == 1:
            break
        _wait_until_quiet(stage)
        used = _one_sweep(stage)
    return used


def _one_sweep(stage: Stage) -> Usage:
    meter = Meter(stage)
    function = stage.outputs["SweepAccountFunctionName"]
    stage.functions.invoke(FunctionName=function, Payload=json.dumps({}))
    return meter.read()


def _sweep_rows(used: Usage) -> list[Row]:
    seen = {
        "requests of Lambda": used.invocations,
        "GB-s of Lambda": used.gigabytes,
        "reads of DynamoDB": used.reads,
        "writes of DynamoDB": used.writes,
        "bytes of logs": used.log_bytes,
    }
    return [*_rows(SWEEP, seen), exactly("metrics", SWEEP_METRICS, len(used.metrics))]


def _of_attachment(stage: Stage, instance: str, used: Usage) -> dict[str, float]:
    key = f"INSTANCE#{instance}"
    audit = [kilobytes(it) for it in _items(stage, "AuditTableName", key)]
    record = sum(kilobytes(it) for it in _items(stage, "AttachmentsTableName", key))
    moved = sum(audit) * (TRANSACTION + INDEXES) + len(audit) * record * (TRANSACTION + 2 * INDEXES)
    return {
        "requests of Lambda": used.invocations,
        "GB-s of Lambda": used.gigabytes,
        "requests of SQS": (used.sends + TAG_EVENTS) * PER_MESSAGE,
        "events published": len(audit),
        "state transitions": used.transitions,
        "reads of DynamoDB": used.reads,
        "writes of DynamoDB": used.writes + moved + CLAIM_AND_SLOT,
        "bytes of logs": used.log_bytes,
        "bytes stored": (sum(audit) + record) * (1 + INDEXES) * 1024,
    }


def _items(stage: Stage, table: str, key: str) -> list[dict[str, Any]]:
    found = stage.dynamodb.query(
        TableName=stage.outputs[table],
        KeyConditionExpression="pk = :key",
        ExpressionAttributeValues={":key": {"S": key}},
    )
    return [dict(it) for it in found["Items"]]


def _rows(promised: Mapping[str, float], seen: Mapping[str, float]) -> list[Row]:
    return [at_most(what, limit, seen[what]) for what, limit in promised.items()]


def _wait_until_quiet(stage: Stage) -> None:
    """Wait until no role of the stack has made a call for some seconds."""
    wait(lambda: not _calls_within(stage, QUIET_SECONDS))


def _calls_within(stage: Stage, seconds: float) -> bool:
    number = stage.cloud.last_call()
    time.sleep(seconds)
    return any(it["principal"].startswith(STACK) for it in stage.cloud.calls(number))
