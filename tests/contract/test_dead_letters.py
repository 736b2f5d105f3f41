"""A dead-letter queue is alike in memory and in SQS; the audit is read as its table is made."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

import boto3
import pytest
from moto import mock_aws

from dualhome.adapters.dynamodb.items import read_audit
from dualhome.adapters.dynamodb.ledger import DynamoDbLedger
from dualhome.domain.attachment import Move
from dualhome.domain.errors import UnavailableError
from dualhome_cli.aws.audit_log import DynamoDbAuditItems
from dualhome_cli.aws.queues import BATCH_BYTES, SqsDeadLetters, SqsMessageQueue
from dualhome_cli.redrive.dead_letters import DeadLetter, DeadLetters
from dualhome_cli.redrive.publish import Span
from dualhome_cli.redrive.queues import DONE, INTENTS, OUTPUTS, Name
from tests.support.builders.values import TRACE, a_record
from tests.support.fakes.dead_letters import NOON, InMemoryDeadLetters, letters
from tests.support.readers.template import load
from tests.support.worlds.ledgers import ATTACHMENTS, AUDIT, ids, tables

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

MakeQueue = Callable[..., DeadLetters]


@pytest.fixture
def sqs() -> Iterator["SQSClient"]:
    """An SQS without queues."""
    with mock_aws():
        yield boto3.client("sqs")


@pytest.fixture(params=["in memory", "SQS"])
def make_queue(request: pytest.FixtureRequest) -> MakeQueue:
    """Each queue in turn, to be made of the bodies that it holds."""
    if request.param == "in memory":
        return InMemoryDeadLetters
    return partial(filled, request.getfixturevalue("sqs"))


def filled(sqs: "SQSClient", *bodies: str) -> SqsDeadLetters:
    """Return a queue of SQS with these messages."""
    url = sqs.create_queue(QueueName="dead")["QueueUrl"]
    for body in bodies:
        sqs.send_message(QueueUrl=url, MessageBody=body)
    return SqsDeadLetters(sqs, url)


def taken(queue: DeadLetters) -> list[DeadLetter]:
    """Take all there is."""
    found: list[DeadLetter] = []
    while some := queue.take():
        found += some
    return found


def test_every_queue_of_the_template_that_nobody_empties_can_be_redriven() -> None:
    """A queue that is added later must not be forgotten."""
    template = load()
    queues = {name for name, it in template["Resources"].items() if it["Type"] == "AWS::SQS::Queue"}
    named = {template["Outputs"][output]["Value"] for output in OUTPUTS.values()}

    assert {f"${{{name}}}" for name in queues - {"ChangesQueue", "StatusQueue"}} == named
    assert set(Name) == OUTPUTS.keys() == INTENTS.keys() == DONE.keys()


def test_what_is_taken_is_hidden_and_counted(make_queue: MakeQueue) -> None:
    """No other redrive handles it meanwhile."""
    queue = make_queue(*(f"message {n}" for n in range(23)))

    assert {f"message {n}" for n in range(23)} == {letter.body for letter in taken(queue)}
    assert (0, 23) == (queue.depth().waiting, queue.depth().hidden)


def test_what_is_put_back_is_there_for_the_next(make_queue: MakeQueue) -> None:
    """At once, by the dozen."""
    queue = make_queue(*(f"message {n}" for n in range(12)))
    queue.put_back(taken(queue))

    assert 12 == queue.depth().waiting
    assert 12 == len({letter.id for letter in taken(queue)})


def test_what_is_discarded_is_gone(make_queue: MakeQueue) -> None:
    """The others stay."""
    queue = make_queue("a", "b", "c")
    found = taken(queue)
    queue.discard([letter for letter in found if letter.body != "b"])
    queue.put_back([letter for letter in found if letter.body == "b"])

    assert ["b"] == [letter.body for letter in taken(queue)]


def test_nothing_to_discard_or_put_back_is_no_call(make_queue: MakeQueue) -> None:
    """SQS refuses an empty batch."""
    queue = make_queue("a")
    queue.discard([])
    queue.put_back([])

    assert 1 == queue.depth().waiting


def test_a_message_knows_when_it_was_sent(sqs: "SQSClient") -> None:
    """In UTC."""
    (letter,) = filled(sqs, "a").take()

    assert timedelta(minutes=1) > abs(datetime.now(UTC) - letter.sent_at)


def test_a_message_that_sqs_does_not_delete_is_shown(sqs: "SQSClient") -> None:
    """It would be done over again."""
    queue = filled(sqs, "a")
    queue.take()

    with pytest.raises(UnavailableError, match="did not delete 1 messages"):
        queue.discard(letters("a"))


def test_messages_too_long_for_one_batch_are_sent_one_by_one(sqs: "SQSClient") -> None:
    """Each is within SQS's limit, all together are not."""
    url = sqs.create_queue(QueueName="changes")["QueueUrl"]
    long = letters(*("x" * (BATCH_BYTES // 2) for _ in range(3)))

    assert {} == SqsMessageQueue(sqs, url).send(long)
    assert (
        "3"
        == sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"][
            "ApproximateNumberOfMessages"
        ]
    )


def test_the_audit_is_read_across_midnight_without_its_end() -> None:
    """An index for each day, oldest first; the end belongs to the next range."""
    midnight = NOON + timedelta(hours=12)
    times = [midnight + timedelta(seconds=n) for n in (-3, -2, -1, 0, 1, 2)]
    with tables() as client:
        ledger = DynamoDbLedger(client, ATTACHMENTS, AUDIT, ids())
        for number, at in enumerate(times):
            ledger.commit(
                Move(None, a_record(instance=f"i-{number}", interface=f"eni-{number}", since=at)),
                TRACE,
            )

        found = list(DynamoDbAuditItems(client, AUDIT).written(Span(times[1], times[4])))

    assert times[1:4] == [read_audit(item).after.since for item in found]
