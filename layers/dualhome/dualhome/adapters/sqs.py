"""The stack's queues in SQS: requests put on them, and what could not be published."""

from collections.abc import Iterable
from datetime import timedelta
from itertools import islice
from json import dumps
from typing import TYPE_CHECKING

from dualhome.adapters.aws_errors import domain_errors
from dualhome.application.requests import ReconcileRequest, StatusRequest
from dualhome.domain.attachment import UnreadableAudit
from dualhome.domain.errors import UnavailableError
from dualhome.wire import print_request, print_status_request, print_unreadable

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

MESSAGES_PER_SEND = 10
"""Messages that one SendMessageBatch takes (SQS API Reference)."""


def send(
    sqs: "SQSClient", queue_url: str, bodies: Iterable[str], delay: timedelta = timedelta()
) -> None:
    """
    Queue ``bodies``, to be received after ``delay`` (whole seconds, 15 minutes at most).

    Raises:
        TransientError: some were not accepted.
    """
    rest = iter(bodies)
    while some := list(islice(rest, MESSAGES_PER_SEND)):
        with domain_errors():
            answer = sqs.send_message_batch(
                QueueUrl=queue_url,
                Entries=[
                    {
                        "Id": str(number),
                        "MessageBody": body,
                        "DelaySeconds": int(delay.total_seconds()),
                    }
                    for number, body in enumerate(some)
                ],
            )
        if failed := answer.get("Failed"):
            raise UnavailableError(
                f"SendMessageBatch: {len(failed)} of {len(some)} messages not accepted:"
                f" {failed[0].get('Message', '')}",
                code=failed[0]["Code"],
            )


class SqsReconcileQueue:
    """The queue that EventBridge's rules feed too."""

    def __init__(self, sqs: "SQSClient", queue_url: str) -> None:
        self._sqs = sqs
        self._queue_url = queue_url

    def put(self, requests: Iterable[ReconcileRequest], delay: timedelta) -> None:
        """Queue ``requests``; raises as ``send``."""
        bodies = (dumps(print_request(request)) for request in requests)
        send(self._sqs, self._queue_url, bodies, delay)


class SqsStatusQueue:
    """The queue that the status writer reads."""

    def __init__(self, sqs: "SQSClient", queue_url: str) -> None:
        self._sqs = sqs
        self._queue_url = queue_url

    def put(self, requests: Iterable[StatusRequest]) -> None:
        """Queue ``requests``; raises as ``send``."""
        bodies = (dumps(print_status_request(it)) for it in requests)
        send(self._sqs, self._queue_url, bodies)

    def defer(self, receipt_handle: str, delay: timedelta) -> None:
        """
        Hide a message that was received, until ``delay`` is over; its receives are counted on.

        Raises:
            DualhomeError: it is redelivered after the queue's visibility timeout.
        """
        with domain_errors():
            self._sqs.change_message_visibility(
                QueueUrl=self._queue_url,
                ReceiptHandle=receipt_handle,
                VisibilityTimeout=int(delay.total_seconds()),
            )


class SqsSetAside:
    """The queue to which Lambda sends the batches of the stream that it gives up."""

    def __init__(self, sqs: "SQSClient", queue_url: str) -> None:
        self._sqs = sqs
        self._queue_url = queue_url

    def put(self, items: Iterable[UnreadableAudit]) -> None:
        """Keep ``items``; raises as ``send``."""
        bodies = (dumps(print_unreadable(it)) for it in items)
        send(self._sqs, self._queue_url, bodies)
