"""Audit items that cannot be read, on the publish failures queue."""

from collections.abc import Iterable
from json import dumps
from typing import TYPE_CHECKING

from dualhome.adapters.sqs_sending import send
from dualhome.domain.audit import UnreadableAudit

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

DETAIL_TYPE = "Unreadable audit item"


class SqsSetAside:
    """The queue to which Lambda sends the batches of the stream that it gives up."""

    def __init__(self, sqs: "SQSClient", queue_url: str) -> None:
        self._sqs = sqs
        self._queue_url = queue_url

    def put(self, items: Iterable[UnreadableAudit]) -> None:
        """Keep ``items``; raises as ``send``."""
        bodies = (
            dumps(
                {
                    "source": "dualhome",
                    "detail-type": DETAIL_TYPE,
                    "detail": {"pk": it.pk, "sk": it.sk, "why": it.why},
                }
            )
            for it in items
        )
        send(self._sqs, self._queue_url, bodies)
