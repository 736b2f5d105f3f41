"""Batches of messages and records: each fails alone, and says why in the log."""

from collections.abc import Callable, Mapping
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    ExceptionInfo,
    FailureResponse,
)

logger = Logger(child=True)


class _Processor(BatchProcessor):
    def failure_handler(self, record: Any, exception: ExceptionInfo) -> FailureResponse:  # noqa: ANN401 - Powertools' own signature
        logger.error("record failed; it will be redelivered", exc_info=exception[1])
        return super().failure_handler(record, exception)


def each(
    event: Mapping[str, Any], type_: EventType, handle: Callable[[Any], None]
) -> Mapping[str, Any]:
    """Call ``handle`` for each record of a batch; return those that failed, as Lambda wants it."""
    processor = _Processor(type_, raise_on_entire_batch_failure=False)
    with processor(event["Records"], handle):
        processor.process()
    return processor.response()
