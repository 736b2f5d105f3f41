"""SQS: dead-letter queues, the queues that functions read, and how many messages each holds."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from dualhome.domain.errors import UnavailableError
from dualhome_cli.doctor.facts import Queue
from dualhome_cli.redrive.dead_letters import DeadLetter, Depth

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef

AT_ONCE = 10
"""Messages in one call (SQS API Reference)."""

HIDDEN_SECONDS = 900
"""How long SQS hides a message that a redrive has received, should the redrive die."""

BATCH_BYTES = 262_144
"""All messages of a batch together; SQS takes this much everywhere."""


class SqsDeadLetters:
    """The port ``DeadLetters``."""

    def __init__(self, sqs: "SQSClient", queue_url: str) -> None:
        self._sqs = sqs
        self._queue_url = queue_url

    def depth(self) -> Depth:
        """Return about how many messages there are."""
        found = self._sqs.get_queue_attributes(
            QueueUrl=self._queue_url,
            AttributeNames=["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
        )["Attributes"]
        return Depth(
            waiting=int(found["ApproximateNumberOfMessages"]),
            hidden=int(found["ApproximateNumberOfMessagesNotVisible"]),
        )

    def take(self) -> Sequence[DeadLetter]:
        """Return up to ten; waiting a second makes SQS ask all its servers."""
        answer = self._sqs.receive_message(
            QueueUrl=self._queue_url,
            MaxNumberOfMessages=AT_ONCE,
            VisibilityTimeout=HIDDEN_SECONDS,
            WaitTimeSeconds=1,
            MessageSystemAttributeNames=["SentTimestamp"],
        )
        return [
            DeadLetter(
                id=message["MessageId"],
                handle=message["ReceiptHandle"],
                body=message["Body"],
                sent_at=_time(message["Attributes"]["SentTimestamp"]),
            )
            for message in answer.get("Messages", [])
        ]

    def discard(self, letters: Sequence[DeadLetter]) -> None:
        """
        Delete ``letters``.

        Raises:
            UnavailableError: some are still there; handling them twice does no harm.
        """
        if not letters:
            return
        answer = self._sqs.delete_message_batch(
            QueueUrl=self._queue_url,
            Entries=[{"Id": str(n), "ReceiptHandle": it.handle} for n, it in enumerate(letters)],
        )
        if failed := answer.get("Failed"):
            raise UnavailableError(
                f"SQS did not delete {len(failed)} messages that were handled: {_why(failed[0])}",
                code=failed[0]["Code"],
            )

    def put_back(self, letters: Sequence[DeadLetter]) -> None:
        """Show ``letters`` at once; what SQS does not show now, it shows in 15 minutes."""
        for start in range(0, len(letters), AT_ONCE):
            some = letters[start : start + AT_ONCE]
            self._sqs.change_message_visibility_batch(
                QueueUrl=self._queue_url,
                Entries=[
                    {"Id": str(n), "ReceiptHandle": it.handle, "VisibilityTimeout": 0}
                    for n, it in enumerate(some)
                ],
            )


class SqsMessageQueue:
    """The port ``MessageQueue``."""

    def __init__(self, sqs: "SQSClient", queue_url: str) -> None:
        self._sqs = sqs
        self._queue_url = queue_url

    def send(self, letters: Sequence[DeadLetter]) -> Mapping[str, str]:
        """Queue the bodies of up to ten letters; return why not, by the ids of those refused."""
        size = sum(len(letter.body.encode()) for letter in letters)
        step = len(letters) if size <= BATCH_BYTES else 1
        refused: dict[str, str] = {}
        for start in range(0, len(letters), step):
            some = letters[start : start + step]
            entries: list[SendMessageBatchRequestEntryTypeDef] = [
                {"Id": str(number), "MessageBody": letter.body}
                for number, letter in enumerate(some)
            ]
            answer = self._sqs.send_message_batch(QueueUrl=self._queue_url, Entries=entries)
            for failure in answer.get("Failed", []):
                refused[some[int(failure["Id"])].id] = f"SQS refused it: {_why(failure)}"
        return refused


METRICS_LAG = timedelta(minutes=15)
"""SQS reports every 5 minutes on a queue that is in use."""


def _why(failure: Mapping[str, Any]) -> str:
    return f"{failure['Code']}: {failure.get('Message', '')}"


def _time(milliseconds: str) -> datetime:
    return datetime.fromtimestamp(int(milliseconds) / 1000, UTC)


def read_queue(sqs: "SQSClient", queue_url: str) -> Queue:
    """Return about how many messages a queue holds."""
    said = sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=["All"])
    counts = {key: int(it) for key, it in said["Attributes"].items() if "NumberOf" in key}
    return Queue(
        name=queue_url.rpartition("/")[2],
        waiting=counts.get("ApproximateNumberOfMessages", 0),
        handled=counts.get("ApproximateNumberOfMessagesNotVisible", 0),
        delayed=counts.get("ApproximateNumberOfMessagesDelayed", 0),
    )


def read_oldest(cloudwatch: Any, queue: str, now: datetime) -> timedelta | None:  # noqa: ANN401 - its types are not installed
    """Return the age of the oldest message of ``queue`` as CloudWatch last saw it."""
    answer = cloudwatch.get_metric_statistics(
        Namespace="AWS/SQS",
        MetricName="ApproximateAgeOfOldestMessage",
        Dimensions=[{"Name": "QueueName", "Value": queue}],
        StartTime=now - METRICS_LAG,
        EndTime=now,
        Period=60,
        Statistics=["Maximum"],
    )
    latest = max(answer["Datapoints"], key=lambda it: it["Timestamp"], default=None)
    return timedelta(seconds=latest["Maximum"]) if latest else None
