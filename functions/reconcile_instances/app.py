"""Makes the attachments of a batch of instances what their tags ask for."""

from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from dualhome.bootstrap import reconciling
from dualhome.entrypoints.reconcile import handle_changes

logger = Logger()


@logger.inject_lambda_context
def handler(event: Mapping[str, Any], context: LambdaContext) -> Mapping[str, Any]:
    """Messages that fail are redelivered; the rest of the batch is done."""
    return handle_changes(event, context, reconciling())
