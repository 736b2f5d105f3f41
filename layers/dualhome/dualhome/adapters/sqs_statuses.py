"""The status queue: requests put on it, and messages that come back later."""

from collections.abc import Iterable
from datetime import timedelta
from json import dumps
from typing import TYPE_CHECKING

from dualhome.adapters.aws_errors import domain_errors
from dualhome.adapters.sqs_sending import send
from dualhome.application.status_requests import StatusRequest, print_status_request

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


class SqsStatuses:
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
            DualhomeError: it comes back after the queue's visibility timeout.
        """
        with domain_errors():
            self._sqs.change_message_visibility(
                QueueUrl=self._queue_url,
                ReceiptHandle=receipt_handle,
                VisibilityTimeout=int(delay.total_seconds()),
            )
