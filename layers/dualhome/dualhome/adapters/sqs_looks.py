"""Looks as messages on the changes queue."""

from collections.abc import Iterable
from datetime import timedelta
from itertools import islice
from json import dumps
from typing import TYPE_CHECKING

from dualhome.adapters.aws_errors import domain_errors
from dualhome.application.looks import Look, print_look
from dualhome.domain.errors import UnavailableError

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

MESSAGES_PER_SEND = 10
"""Messages that one SendMessageBatch takes (SQS API Reference)."""


class SqsLooks:
    """The queue that EventBridge's rules feed too."""

    def __init__(self, sqs: "SQSClient", queue_url: str) -> None:
        self._sqs = sqs
        self._queue_url = queue_url

    def put(self, looks: Iterable[Look], delay: timedelta) -> None:
        """
        Queue ``looks``, to be received after ``delay`` (whole seconds, 15 minutes at most).

        Raises:
            TransientError: some were not accepted.
        """
        rest = iter(looks)
        while some := list(islice(rest, MESSAGES_PER_SEND)):
            with domain_errors():
                answer = self._sqs.send_message_batch(
                    QueueUrl=self._queue_url,
                    Entries=[
                        {
                            "Id": str(number),
                            "MessageBody": dumps(print_look(look)),
                            "DelaySeconds": int(delay.total_seconds()),
                        }
                        for number, look in enumerate(some)
                    ],
                )
            if failed := answer.get("Failed"):
                raise UnavailableError(
                    f"SendMessageBatch: {len(failed)} of {len(some)} looks not accepted:"
                    f" {failed[0].get('Message', '')}",
                    code=failed[0]["Code"],
                )
