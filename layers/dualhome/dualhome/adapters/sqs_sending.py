"""Messages put on a queue of SQS, ten at a time."""

from collections.abc import Iterable
from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING

from dualhome.adapters.aws_errors import domain_errors
from dualhome.domain.errors import UnavailableError

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
