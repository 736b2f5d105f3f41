"""The dashboard shows metrics that exist, each alarm, and nothing twice in one place."""

import json
import re
from collections.abc import Iterator
from itertools import combinations

import pytest

from tests.support.readers.aws_metrics import is_metric_of_aws
from tests.support.readers.metrics import emitted, everything
from tests.support.readers.template import Json, load_observability, of_kind, resources

STACK = load_observability()
(DASHBOARD,) = of_kind(STACK, "CloudWatch::Dashboard").values()
WIDGETS: list[Json] = json.loads(DASHBOARD["DashboardBody"])["widgets"]
CHARTS = [it for it in WIDGETS if it["type"] == "metric"]
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


@pytest.fixture(scope="module")
def written() -> set[Metric]:
    """Namespace, name and dimensions of each metric that the code writes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("POWERTOOLS_METRICS_NAMESPACE", "dualhome")
        patch.setenv("POWERTOOLS_SERVICE_NAME", "dualhome")
        every = emitted(*everything())
    return {(it.namespace, it.name, it.dimensions) for it in every}


@pytest.mark.parametrize("chart", CHARTS, ids=lambda it: it["properties"]["title"])
def test_a_chart_shows_metrics_that_exist(chart: Json, written: set[Metric]) -> None:
    """A chart without data looks like a quiet day."""
    for namespace, name, dimensions, _ in rows(chart):
        if namespace == "dualhome":
            assert (namespace, name, frozenset(dimensions.items())) in written
        else:
            ((dimension, value),) = dimensions.items()
            assert is_metric_of_aws(namespace, name, dimension, value)
    known = {(namespace, name, frozenset(dict(it))) for namespace, name, it in written}
    for found in searches(chart):
        dimensions_searched = frozenset(found["dimensions"].split(","))
        assert (found["namespace"], found["name"], dimensions_searched) in known
        assert found["service"] == "dualhome"


@pytest.mark.parametrize("chart", CHARTS, ids=lambda it: it["properties"]["title"])
def test_what_happens_is_added_up_and_what_is_there_is_not(chart: Json) -> None:
    """The sum of a level over five minutes says how often it was measured."""
    shown = [(name, stat) for namespace, name, _, stat in rows(chart) if namespace == "dualhome"]
    shown += [(found["name"], found["stat"]) for found in searches(chart)]

    assert all((stat == "Sum") == (name in EVENTS) for name, stat in shown)


def test_each_metric_that_is_written_is_shown(written: set[Metric]) -> None:
    """Except how often the sweep was called, which has an alarm and says nothing else."""
    shown = {name for chart in CHARTS for _, name, _, _ in rows(chart)}
    shown |= {found["name"] for chart in CHARTS for found in searches(chart)}

    assert {name for _, name, _ in written} - shown == {"SweepTicks"}


@pytest.mark.parametrize("name", ["Errors", "Duration"])
def test_every_function_is_on_the_dashboard(name: str) -> None:
    """Whichever of them is broken or slow."""
    found = {
        value.removeprefix("${").removesuffix("}")
        for chart in CHARTS
        for _, metric, dimensions, _ in rows(chart)
        for value in dimensions.values()
        if metric == name
    }

    assert found == resources("Serverless::Function").keys()


def test_every_alarm_is_on_the_dashboard() -> None:
    """One look shows whether anything is wrong."""
    (widget,) = [it for it in WIDGETS if it["type"] == "alarm"]

    assert sorted(widget["properties"]["alarms"]) == sorted(
        f"${{{name}.Arn}}" for name in of_kind(STACK, "CloudWatch::Alarm")
    )


def test_a_chart_says_what_it_shows_and_where() -> None:
    """CloudWatch refuses a widget without its Region."""
    titles = [chart["properties"]["title"] for chart in CHARTS]

    assert len(titles) == len(set(titles))
    assert {"us-east-1"} == {chart["properties"]["region"] for chart in CHARTS}


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
