"""What one batch of launches costs: the benchmark reads the queue, so that no two passes mix."""

import json
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from bench.field import Field
from bench.figures import Figure, Row, at_most, exactly
from bench.roles import RECONCILER, STATUS_WRITER
from bench.stage import DEADLINE_SECONDS, Stage, wait
from dualhome.domain.states import State
from localcloud.client.ec2_calls import Calls, calls_since

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import MessageTypeDef

INSTANCES = 50
BATCH = 50
INSTANCE_TYPE: Final = "m5.large"
"""One that the reconciler has not met, so that it must ask EC2 what the type holds."""

MESSAGES_PER_RECEIVE = 10
READS_PROMISED = 4
WRITES_PROMISED = 2
NOTE = "Each pass is one invocation of the deployed function, made when the one before was over."


@dataclass(frozen=True)
class _Pass:
    messages: int
    failed: int
    calls: Calls


def one_batch(stage: Stage) -> list[Figure]:
    """Launch, then run pass after pass until all are attached."""
    field = Field.make(stage, "batch", INSTANCES)
    wait(lambda: stage.queue_depth(delayed=False) == 0)
    with _by_hand(stage):
        number = stage.cloud.last_call()
        field.launch(INSTANCES, tagged=True, type_=INSTANCE_TYPE)
        field.wait_until_running(INSTANCES)
        passes = list(_passes(field))
        wait(lambda: field.count_tagged(State.ATTACHED) == INSTANCES)
        attached, total = (
            field.count(State.ATTACHED),
            calls_since(stage.cloud, number, RECONCILER, STATUS_WRITER),
        )
    writes = total.writes.total() / INSTANCES
    worst = max((it.calls.reads for it in passes), key=Counter.total)
    rows = [
        *(_row(ordinal, it) for ordinal, it in enumerate(passes, 1)),
        exactly("attached", INSTANCES, attached),
        exactly("messages that failed", 0, sum(it.failed for it in passes)),
        at_most("mutating calls per attachment", WRITES_PROMISED, writes, total.written),
        at_most("reads, worst pass", READS_PROMISED, worst.total(), ", ".join(worst)),
    ]
    return [Figure(f"EC2 calls for one batch of {INSTANCES} tagged launches", rows, NOTE)]


def _row(ordinal: int, made: _Pass) -> Row:
    what, reads = f"pass {ordinal}, {made.messages} messages: reads", made.calls.reads.total()
    return at_most(what, READS_PROMISED, reads, f"then {made.calls.writes.total()} attaches")


@contextmanager
def _by_hand(stage: Stage) -> Iterator[None]:
    """Keep Lambda from reading the changes queue."""
    mapping = stage.changes_source()["UUID"]
    stage.functions.update_event_source_mapping(UUID=mapping, Enabled=False)
    try:
        yield
    finally:
        stage.functions.update_event_source_mapping(UUID=mapping, Enabled=True)


def _passes(field: Field) -> Iterator[_Pass]:
    """Handle the queue's messages in batches until all are attached."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while field.count(State.ATTACHED) < INSTANCES and time.monotonic() < deadline:
        if messages := _receive(field.stage):
            yield _invoke(field.stage, messages)


def _receive(stage: Stage) -> "list[MessageTypeDef]":
    """Receive a batch, waiting 1 s for its first message."""
    messages: list[MessageTypeDef] = []
    while len(messages) < BATCH:
        some = stage.sqs.receive_message(
            QueueUrl=stage.outputs["ChangesQueueUrl"],
            MaxNumberOfMessages=MESSAGES_PER_RECEIVE,
            WaitTimeSeconds=0 if messages else 1,
            MessageSystemAttributeNames=["All"],
        ).get("Messages", [])
        if not some:
            break
        messages += some
    return messages


def _invoke(stage: Stage, messages: "list[MessageTypeDef]") -> _Pass:
    number = stage.cloud.last_call()
    answer = stage.functions.invoke(
        FunctionName=stage.outputs["ReconcileInstancesFunctionName"],
        Payload=json.dumps({"Records": [_record(stage, it) for it in messages]}),
    )
    calls = calls_since(stage.cloud, number, RECONCILER)
    said = json.loads(answer["Payload"].read())
    for message in messages:
        stage.sqs.delete_message(
            QueueUrl=stage.outputs["ChangesQueueUrl"], ReceiptHandle=message["ReceiptHandle"]
        )
    failed = said.get("batchItemFailures")
    return _Pass(len(messages), len(messages) if failed is None else len(failed), calls)


def _record(stage: Stage, message: "MessageTypeDef") -> dict[str, Any]:
    """Return a message as Lambda passes it to the function."""
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message["Attributes"],
        "messageAttributes": {},
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": stage.changes_source()["EventSourceArn"],
        "awsRegion": stage.cloud.region,
    }
