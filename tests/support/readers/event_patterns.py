"""EventBridge's pattern matching, by ministack's matcher: the one place that imports it."""

import json
from typing import Any

from ministack.services.eventbridge import _test_event_pattern


class InvalidPatternError(ValueError):
    """EventBridge would refuse the pattern when the rule is created."""


def matches(pattern: dict[str, Any], event: dict[str, Any]) -> bool:
    """
    Return whether a rule with ``pattern`` would match ``event``.

    Raises:
        InvalidPatternError: the pattern is malformed or uses an unknown operator.
    """
    request = {"Event": json.dumps(event), "EventPattern": json.dumps(pattern)}
    status, _, body = _test_event_pattern(request)
    reply = json.loads(body)
    if status != 200:
        raise InvalidPatternError(reply["message"])
    return bool(reply["Result"])
