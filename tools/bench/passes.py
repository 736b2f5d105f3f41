"""The reconciler's passes, separated by the request ids in its log."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate
from typing import Any

from bench.stage import STACK, Stage

LOG_GROUP = f"/aws/lambda/{STACK}/reconcile-instances"


@dataclass(frozen=True)
class Passes:
    """``count``: passes that reconciled an instance; ``at_once``: how many at most side by side."""

    count: int
    at_once: int

    @staticmethod
    def since(stage: Stage, began: datetime) -> "Passes":
        """Read the log from ``began`` on."""
        spans: dict[str, tuple[datetime, datetime]] = {}
        for line in _lines(stage):
            request, at = line["function_request_id"], _time(line)
            if at >= began and (request in spans or line["message"] == "reconcile"):
                first, last = spans.get(request, (at, at))
                spans[request] = (min(first, at), max(last, at))
        # At one moment, those who begin come after those who end.
        steps = sorted([(a, 1) for a, _ in spans.values()] + [(b, -1) for _, b in spans.values()])
        side_by_side = accumulate(step for _, step in steps)
        return Passes(len(spans), max(side_by_side, default=0))


def _lines(stage: Stage) -> Iterator[dict[str, Any]]:
    pages = stage.cloud.client("logs").get_paginator("filter_log_events")
    for page in pages.paginate(logGroupName=LOG_GROUP):
        for event in page["events"]:
            line = json.loads(event["message"]) if event["message"].startswith("{") else {}
            if "function_request_id" in line:  # a metric has none
                yield line


def _time(line: dict[str, Any]) -> datetime:
    return datetime.strptime(line["timestamp"], "%Y-%m-%d %H:%M:%S,%f%z")
