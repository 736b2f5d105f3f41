"""Finds what no event announced, and requeues it."""

from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from dualhome.bootstrap import sweeper
from dualhome.entrypoints.sweep import handle_tick

logger = Logger()


@logger.inject_lambda_context
def handler(_: Mapping[str, Any], context: LambdaContext) -> dict[str, bool]:
    """A sweep that fails is not repeated: the next tick of the schedule goes on."""
    return handle_tick(context, sweeper())
