"""A CloudWatch alarm's own arithmetic: whether figures of one period are beyond its threshold."""

from collections.abc import Iterable, Sequence
from operator import gt, lt
from statistics import fmean

from localcloud.patches import metric_math
from tests.support.readers.metrics import Dimensions, Figure
from tests.support.readers.template import Json

COMPARISONS = {"GreaterThanThreshold": gt, "LessThanThreshold": lt}


def metric_of(alarm: Json) -> Json:
    """Return namespace, name and dimensions of the one metric that an alarm hears."""
    if "Metrics" not in alarm:
        return alarm
    first, *others = [it["MetricStat"]["Metric"] for it in alarm["Metrics"] if "MetricStat" in it]
    assert all(it == first for it in others), "which metric's values are meant?"
    return dict(first)


def dimensions_of(alarm: Json) -> Dimensions:
    """Return the dimensions that an alarm asks for."""
    return frozenset((it["Name"], it["Value"]) for it in metric_of(alarm)["Dimensions"])


def values_for(alarm: Json, figures: Iterable[Figure]) -> list[float]:
    """Return the values that CloudWatch would give the alarm: its metric's, dimensions exact."""
    metric = metric_of(alarm)
    wanted = (metric["Namespace"], metric["MetricName"], dimensions_of(alarm))
    return [it.value for it in figures if (it.namespace, it.name, it.dimensions) == wanted]


def breaches(alarm: Json, values: Sequence[float]) -> bool:
    """Return whether a period with ``values`` counts against the alarm; without any, as it says."""
    value = _watched(alarm, sorted(values))
    if value is None:
        return bool(alarm["TreatMissingData"] == "breaching")
    compare = COMPARISONS[alarm["ComparisonOperator"]]
    return bool(compare(value, float(alarm["Threshold"])))


def _watched(alarm: Json, values: Sequence[float]) -> float | None:
    if "Metrics" not in alarm:
        return _statistic(alarm.get("Statistic") or alarm["ExtendedStatistic"], values)
    (expression,) = [it["Expression"] for it in alarm["Metrics"] if it["ReturnData"]]
    known = {
        it["Id"]: _statistic(it["MetricStat"]["Stat"], values)
        for it in alarm["Metrics"]
        if "MetricStat" in it
    }
    return metric_math.value_of(expression, known)


def _statistic(name: str, values: Sequence[float]) -> float | None:
    if not values:
        return None
    match name:
        case "Sum":
            return sum(values)
        case "SampleCount":
            return len(values)
        case "Maximum":
            return values[-1]
        case "Average":
            return fmean(values)
        case percentile if percentile.startswith("p"):
            return values[min(len(values) - 1, int(len(values) * float(percentile[1:]) / 100))]
        case other:
            raise ValueError(f"{other}: say in tests/contract/alarm_arithmetic.py what it means")
