"""A CloudWatch alarm's own arithmetic: whether figures of one period are beyond its threshold."""

from collections.abc import Iterable, Sequence
from operator import gt, lt
from statistics import fmean

from tests.support.readers.metrics import Dimensions, Figure
from tests.support.readers.template import Json

COMPARISONS = {"GreaterThanThreshold": gt, "LessThanThreshold": lt}


def dimensions_of(alarm: Json) -> Dimensions:
    """Return the dimensions that an alarm asks for."""
    return frozenset((it["Name"], it["Value"]) for it in alarm["Dimensions"])


def values_for(alarm: Json, figures: Iterable[Figure]) -> list[float]:
    """Return the values that CloudWatch would give the alarm: its metric's, dimensions exact."""
    wanted = (alarm["Namespace"], alarm["MetricName"], dimensions_of(alarm))
    return [it.value for it in figures if (it.namespace, it.name, it.dimensions) == wanted]


def breaches(alarm: Json, values: Sequence[float]) -> bool:
    """Return whether a period with ``values`` counts against the alarm; without any, as it says."""
    if not values:
        return bool(alarm["TreatMissingData"] == "breaching")
    compare = COMPARISONS[alarm["ComparisonOperator"]]
    return bool(compare(_statistic(alarm, sorted(values)), float(alarm["Threshold"])))


def _statistic(alarm: Json, values: Sequence[float]) -> float:
    match alarm.get("Statistic") or alarm["ExtendedStatistic"]:
        case "Sum":
            return sum(values)
        case "Maximum":
            return values[-1]
        case "Average":
            return fmean(values)
        case str() as percentile if percentile.startswith("p"):
            return values[min(len(values) - 1, int(len(values) * float(percentile[1:]) / 100))]
        case other:
            raise ValueError(f"{other}: say in tests/contract/alarm_arithmetic.py what it means")
