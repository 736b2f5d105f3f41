"""Looks as messages on the changes queue."""

from collections.abc import Iterable
from datetime import timedelta
from json import dumps
from typing import TYPE_CHECKING

from dualhome.adapters.sqs_sending import send
from dualhome.application.looks import Look, print_look

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


class SqsLooks:
    """The queue that EventBridge's rules feed too."""

    def __init__(self, sqs: "SQSClient", queue_url: str) -> None:
        self._sqs = sqs
        self._queue_url = queue_url

    def put(self, looks: Iterable[Look], delay: timedelta) -> None:
        """Queue ``looks``; raises as ``send``."""
        bodies = (dumps(print_look(look)) for look in looks)
        send(self._sqs, self._queue_url, bodies, delay)
