"""Metrics as CloudWatch reads them from a function's log: the embedded metric format."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Dimensions = frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Figure:
    """One value of one metric: namespace, name and dimensions are the metric's identity."""

    namespace: str
    name: str
    dimensions: Dimensions
    unit: str
    value: float


def figures(log: str) -> list[Figure]:
    """Return what the lines of ``log`` that are metrics say, each under each set of dimensions."""
    return [figure for line in log.splitlines() if '"_aws"' in line for figure in _read(line)]


def _read(line: str) -> Iterator[Figure]:
    body: dict[str, Any] = json.loads(line)
    for directive in body["_aws"]["CloudWatchMetrics"]:
        for names in directive["Dimensions"]:
            dimensions = frozenset((name, str(body[name])) for name in names)
            for metric in directive["Metrics"]:
                for value in body[metric["Name"]]:
                    yield Figure(
                        directive["Namespace"], metric["Name"], dimensions, metric["Unit"], value
                    )
