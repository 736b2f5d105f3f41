"""What `retry` and `release` put on the changes queue, in the name of whoever asks."""

from collections.abc import Sequence
from datetime import timedelta

from ulid import ULID

from dualhome.adapters.sqs_looks import SqsLooks
from dualhome.application.looks import SOURCE, Look
from dualhome.domain.ask import Ask
from dualhome.domain.attachment import Cause
from dualhome.domain.identifiers import InstanceId
from dualhome_cli.stack import Stack


def order(stack: Stack, instances: Sequence[InstanceId], asks: Sequence[Ask]) -> None:
    """
    Queue a look with ``asks`` at each instance.

    Raises:
        ClientError, BotoCoreError, DualhomeError: not all are queued; again does no harm.
    """
    cause = Cause(
        event_id=str(ULID()),
        source=SOURCE,
        detail_type=asks[0].what.title(),
        time=stack.now(),
        principal=stack.client("sts").get_caller_identity()["Arn"],
    )
    queue = SqsLooks(stack.client("sqs"), stack.output("ChangesQueueUrl"))
    queue.put((Look(it, cause, asks=tuple(asks)) for it in instances), timedelta())
