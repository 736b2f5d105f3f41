"""Events and messages, delivered to a deployment in memory as one batch of its queue."""

import json
from types import SimpleNamespace
from typing import Any, cast

from dualhome.entrypoints.messages import Scope
from dualhome.entrypoints.reconcile import handle_changes
from tests.support.builders.values import ACCOUNT, POLICY
from tests.support.scenarios.scene import Scene

PLACE = Scope(ACCOUNT, "us-east-1", POLICY.keys)


def deliver(scene: Scene, *events: dict[str, Any]) -> None:
    """Let one invocation handle ``events``; none of its messages fails."""
    records = [{"messageId": str(n), "body": json.dumps(it)} for n, it in enumerate(events)]
    context = SimpleNamespace(
        aws_request_id="request-1", get_remaining_time_in_millis=lambda: 60_000
    )
    answer = handle_changes({"Records": records}, cast("Any", context), scene.reconciler())
    assert {"batchItemFailures": []} == answer
