"""The dashboard shows metrics that exist, each alarm, and nothing twice in one place."""

import json
import re
from collections.abc import Iterable, Iterator
from itertools import combinations, product

import pytest

from tests.support.offenders import offenders
from tests.support.readers.aws_metrics import is_metric_of_aws
from tests.support.readers.metrics import emitted, everything
from tests.support.readers.template import Json, load_observability, of_kind, resources

STACK = load_observability()
(DASHBOARD,) = of_kind(STACK, "CloudWatch::Dashboard").values()
WIDGETS: list[Json] = json.loads(DASHBOARD["DashboardBody"])["widgets"]
CHARTS = {it["properties"]["title"]: it for it in WIDGETS if it["type"] == "metric"}
SEARCH = re.compile(
    r"SEARCH\('\{(?P<namespace>\w+),(?P<dimensions>[\w,]+)\} service=\"(?P<service>\w+)\""
    r" MetricName=\"(?P<name>\w+)\"', '(?P<stat>\w+)', (?P<period>\d+)\)"
)
COLUMNS = 24  # CloudWatch API Reference, "Dashboard body structure and syntax"
EVENTS = {"Moves", "Ec2Calls", "Ec2Throttles"}
"""Metrics whose values are added up; all others are levels, shares or times."""

Row = tuple[str, str, dict[str, str], str]
Metric = tuple[str, str, frozenset[tuple[str, str]]]


def rows(chart: Json) -> Iterator[Row]:
    """Yield namespace, name, dimensions and statistic of each metric of a chart."""
    for row in chart["properties"]["metrics"]:
        options: Json = row[-1] if isinstance(row[-1], dict) else {}
        if "expression" in options:
            continue
        namespace, name, *pairs = [it for it in row if isinstance(it, str)]
        dimensions = dict(zip(pairs[::2], pairs[1::2], strict=True))
        yield namespace, name, dimensions, options.get("stat", chart["properties"]["stat"])


def searches(chart: Json) -> Iterator[re.Match[str]]:
    """Yield what each search of a chart looks for; one that cannot be read is an error."""
    for row in chart["properties"]["metrics"]:
        if isinstance(row[0], dict):
            found = SEARCH.fullmatch(row[0]["expression"])
            assert found, row
            yield found


def all_true(facts: Iterable[tuple[str, bool]]) -> dict[str, bool]:
    """Return each fact once: what a chart shows twice is right if it is right both times."""
    known: dict[str, bool] = {}
    for name, is_so in facts:
        known[name] = is_so and known.get(name, True)
    return known


@pytest.fixture(scope="module")
def written() -> set[Metric]:
    """Namespace, name and dimensions of each metric that the code writes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("POWERTOOLS_METRICS_NAMESPACE", "dualhome")
        patch.setenv("POWERTOOLS_SERVICE_NAME", "dualhome")
        every = emitted(*everything())
    return {(it.namespace, it.name, it.dimensions) for it in every}


def test_a_chart_shows_metrics_that_exist(written: set[Metric]) -> None:
    """A chart without data looks like a quiet day."""
    known = {(namespace, name, frozenset(dict(it))) for namespace, name, it in written}

    def facts(chart: Json) -> Iterator[tuple[str, bool]]:
        for namespace, name, dimensions, _ in rows(chart):
            if namespace == "dualhome":
                yield name, (namespace, name, frozenset(dimensions.items())) in written
            else:
                ((dimension, value),) = dimensions.items()
                yield name, is_metric_of_aws(namespace, name, dimension, value)
        for found in searches(chart):
            by = frozenset(found["dimensions"].split(","))
            is_known = (found["namespace"], found["name"], by) in known
            yield f"search of {found['name']}", is_known and found["service"] == "dualhome"

    assert {} == offenders(CHARTS, lambda chart: all_true(facts(chart)))


def test_what_happens_is_added_up_and_what_is_there_is_not() -> None:
    """The sum of a level over five minutes says how often it was measured."""

    def facts(chart: Json) -> Iterator[tuple[str, bool]]:
        for namespace, name, _, stat in rows(chart):
            yield name, namespace != "dualhome" or (stat == "Sum") == (name in EVENTS)
        for found in searches(chart):
            yield found["name"], (found["stat"] == "Sum") == (found["name"] in EVENTS)

    assert {} == offenders(CHARTS, lambda chart: all_true(facts(chart)))


def test_each_metric_that_is_written_is_shown(written: set[Metric]) -> None:
    """Except how often the sweep was called, which has an alarm and says nothing else."""
    shown = {name for chart in CHARTS.values() for _, name, _, _ in rows(chart)}
    shown |= {found["name"] for chart in CHARTS.values() for found in searches(chart)}

    assert {name for _, name, _ in written} - shown == {"SweepTicks"}


def test_every_function_is_on_the_dashboard() -> None:
    """Whichever of them is broken or slow."""
    shown = {
        (metric, value.removeprefix("${").removesuffix("}"))
        for chart in CHARTS.values()
        for _, metric, dimensions, _ in rows(chart)
        for value in dimensions.values()
        if metric in {"Errors", "Duration"}
    }

    assert shown == set(product(("Errors", "Duration"), resources("Serverless::Function")))


def test_every_alarm_is_on_the_dashboard() -> None:
    """One glance shows whether anything is wrong."""
    (widget,) = [it for it in WIDGETS if it["type"] == "alarm"]

    assert sorted(widget["properties"]["alarms"]) == sorted(
        f"${{{name}.Arn}}" for name in of_kind(STACK, "CloudWatch::Alarm")
    )


def test_a_chart_says_what_it_shows_and_where() -> None:
    """CloudWatch refuses a widget without its Region."""
    charts = [it["properties"] for it in WIDGETS if it["type"] == "metric"]

    assert len(charts) == len({chart["title"] for chart in charts})
    assert {"us-east-1"} == {chart["region"] for chart in charts}


def test_no_widget_lies_over_another_or_over_the_edge() -> None:
    """CloudWatch would move it somewhere."""
    assert all(it["x"] + it["width"] <= COLUMNS for it in WIDGETS)
    for one, other in combinations(WIDGETS, 2):
        beside = not _overlap(one, other, "x", "width")
        below = not _overlap(one, other, "y", "height")
        assert beside or below, (one, other)


def _overlap(one: Json, other: Json, start: str, length: str) -> bool:
    first, second = sorted((one, other), key=lambda it: it[start])
    return bool(first[start] + first[length] > second[start])
