"""Tells the world about each recorded move: event, metrics, and a request for its status tag."""

from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from dualhome.bootstrap import publishers, read_audit
from dualhome.entrypoints.publish import handle_moves

logger = Logger()


@logger.inject_lambda_context
def handler(event: Mapping[str, Any], _: LambdaContext) -> Mapping[str, Any]:
    """A record that cannot be read goes to the failures queue, and holds up no other."""
    return handle_moves(event, publishers(), read_audit)
