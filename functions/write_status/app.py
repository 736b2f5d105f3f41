"""Writes status tags: what the ledger says now, on instances and interfaces."""

from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from dualhome.bootstrap import status_writer
from dualhome.entrypoints.write_status import handle_statuses

logger = Logger()


@logger.inject_lambda_context
def handler(event: Mapping[str, Any], context: LambdaContext) -> Mapping[str, Any]:
    """A status that cannot be written now is redelivered; the others are written."""
    return handle_statuses(event, context, status_writer())
