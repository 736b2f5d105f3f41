"""Dead-letter queues and the changes queue, in SQS."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from dualhome.domain.errors import UnavailableError
from dualhome_cli.redrive.dead_letters import Depth, Letter

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef

AT_ONCE = 10
"""Messages in one call (SQS API Reference)."""

HIDDEN_SECONDS = 900
"""How long a message that was taken stays with who took it, if that one dies."""

BATCH_BYTES = 262_144
"""All messages of a batch together; SQS takes this much everywhere."""


class SqsDeadLetters:
    """A queue that others put messages aside in."""

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

    def take(self) -> Sequence[Letter]:
        """Return up to ten; waiting a second makes SQS ask all its servers."""
        answer = self._sqs.receive_message(
            QueueUrl=self._queue_url,
            MaxNumberOfMessages=AT_ONCE,
            VisibilityTimeout=HIDDEN_SECONDS,
            WaitTimeSeconds=1,
            MessageSystemAttributeNames=["SentTimestamp"],
        )
        return [
            Letter(
                id=message["MessageId"],
                handle=message["ReceiptHandle"],
                body=message["Body"],
                sent_at=_time(message["Attributes"]["SentTimestamp"]),
            )
            for message in answer.get("Messages", [])
        ]

    def discard(self, letters: Sequence[Letter]) -> None:
        """
        Delete ``letters``.

        Raises:
            UnavailableError: some are still there; done over again, they do no harm.
        """
        if not letters:
            return
        answer = self._sqs.delete_message_batch(
            QueueUrl=self._queue_url,
            Entries=[{"Id": str(n), "ReceiptHandle": it.handle} for n, it in enumerate(letters)],
        )
        if failed := answer.get("Failed"):
            raise UnavailableError(
                f"SQS did not delete {len(failed)} messages that are done: {_why(failed[0])}",
                code=failed[0]["Code"],
            )

    def put_back(self, letters: Sequence[Letter]) -> None:
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


class SqsChanges:
    """The queue that the reconciler reads."""

    def __init__(self, sqs: "SQSClient", queue_url: str) -> None:
        self._sqs = sqs
        self._queue_url = queue_url

    def send(self, letters: Sequence[Letter]) -> Mapping[str, str]:
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


def _why(failure: Mapping[str, Any]) -> str:
    return f"{failure['Code']}: {failure.get('Message', '')}"


def _time(milliseconds: str) -> datetime:
    return datetime.fromtimestamp(int(milliseconds) / 1000, UTC)
