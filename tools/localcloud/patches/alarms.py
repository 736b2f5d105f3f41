"""CloudWatch alarms as AWS has them: exact dimensions, metric math, and what no data means."""

import time
from collections.abc import Sequence
from functools import partial
from math import inf
from typing import Any

from localcloud.patches import internals, metric_math, metrics
from localcloud.server.clock import Clock

Alarm = dict[str, Any]
Properties = dict[str, Any]

COMPARISONS = {
    "GreaterThanOrEqualToThreshold": lambda value, limit: value >= limit,
    "GreaterThanThreshold": lambda value, limit: value > limit,
    "LessThanOrEqualToThreshold": lambda value, limit: value <= limit,
    "LessThanThreshold": lambda value, limit: value < limit,
}

MORE_PERIODS = 2
"""How many periods CloudWatch looks back beyond an alarm's: 5 for 3 in its guide's example."""

OF_ONE_METRIC = ("MetricName", "Namespace", "Statistic", "ExtendedStatistic", "Period", "Unit")
"""What an alarm on an expression does not have itself: each metric in it has its own."""


def install(clock: Clock) -> None:
    """Replace ministack's evaluation, and let alarms of stacks have metric math."""
    internals.replace(internals.CLOUDWATCH, "_evaluate_alarm", partial(evaluate, clock.speed))
    plain = internals.original(internals.PROVISIONERS, "_cw_metric_alarm_record")
    internals.replace(
        internals.PROVISIONERS, "_cw_metric_alarm_record", partial(_of_template, plain)
    )


def evaluate(speed: float, alarm: Alarm) -> None:
    """
    Evaluate one alarm, and run its actions if its state changes.

    Source: Amazon CloudWatch User Guide, "Configuring how CloudWatch alarms treat missing data" and
    "Alarm evaluation window": the window slides.
    """
    seconds = _period(alarm) / speed
    now = time.time()
    periods = range(alarm["EvaluationPeriods"] + MORE_PERIODS)
    ends = [now - number * seconds for number in periods]
    before = alarm["StateValue"]
    after = _judged(alarm, [_breach(alarm, end - seconds, end) for end in ends])
    if after == before:
        return
    reason = f"Threshold Crossed: {alarm['ComparisonOperator']} {alarm['Threshold']}"
    alarm |= {
        "StateValue": after,
        "StateReason": reason,
        "StateUpdatedTimestamp": int(time.time()),
    }
    internals.original(internals.CLOUDWATCH, "_record_history")(
        alarm["AlarmName"], before, after, reason
    )
    internals.original(internals.CLOUDWATCH, "_dispatch_alarm_actions")(
        alarm, before, after, reason
    )


def _of_template(plain: Any, name: str, properties: Properties) -> Alarm:  # noqa: ANN401 - a function of ministack's
    """
    Return the alarm that a template describes, on one metric or on an expression.

    Source: CloudFormation Template Reference, "AWS::CloudWatch::Alarm": one of ``Metrics`` returns
    data; ``MetricName`` and what belongs to it are left out.

    Raises:
        ValueError: the template would be refused, or has metric math that is not understood here.
    """
    queries = properties.get("Metrics")
    if not queries:
        return dict(plain(name, properties))
    if excess := sorted({*OF_ONE_METRIC, "Dimensions"} & properties.keys()):
        raise ValueError(f"{name}: Metrics and {', '.join(excess)} exclude each other")
    stand_in = {key: it for key, it in properties.items() if key != "Metrics"}
    alarm: Alarm = plain(name, stand_in | {"MetricName": "-", "Namespace": "-"})
    for key in OF_ONE_METRIC:
        del alarm[key]
    alarm |= {"Metrics": queries, "Dimensions": []}
    _period(alarm)
    for value in (None, -inf, inf):  # both ways of an IF
        metric_math.value_of(_expression(alarm), dict.fromkeys(_statistics(alarm), value))
    return alarm


def _period(alarm: Alarm) -> int:
    """Return the seconds of a period: in an expression, those of each metric."""
    if "Metrics" not in alarm:
        return int(alarm["Period"])
    periods = {int(it["Period"]) for it in _statistics(alarm).values()}
    if len(periods) != 1:
        raise ValueError(f"{alarm['AlarmName']}: each metric must be using the same period")
    return periods.pop()


def _expression(alarm: Alarm) -> str:
    watched = [it for it in alarm["Metrics"] if _is_true(it.get("ReturnData", True))]
    if len(watched) != 1 or "Expression" not in watched[0]:
        raise ValueError(f"{alarm['AlarmName']}: one expression of Metrics must return data")
    return str(watched[0]["Expression"])


def _statistics(alarm: Alarm) -> dict[str, Properties]:
    """Return what an expression computes with, by the names that it gives them."""
    return {it["Id"]: it["MetricStat"] for it in alarm["Metrics"] if "MetricStat" in it}


def _is_true(value: object) -> bool:
    return str(value).lower() == "true"


def _breach(alarm: Alarm, start: float, end: float) -> bool | None:
    """Say whether the figures of a period are beyond the threshold; None without any."""
    if "Metrics" in alarm:
        values = {
            name: _value(it["Metric"], str(it["Stat"]), start, end)
            for name, it in _statistics(alarm).items()
        }
        value = metric_math.value_of(_expression(alarm), values)
    else:
        value = _value(alarm, alarm.get("ExtendedStatistic") or alarm["Statistic"], start, end)
    if value is None:
        return None
    return bool(COMPARISONS[alarm["ComparisonOperator"]](value, alarm["Threshold"]))


def _value(metric: Properties, statistic: str, start: float, end: float) -> float | None:
    dimensions = {it["Name"]: it["Value"] for it in metric.get("Dimensions", [])}
    points = metrics.points(metric["Namespace"], metric["MetricName"], dimensions, start, end)
    if not points:
        return None
    statistics = internals.original(internals.CLOUDWATCH, "_calc_stats")(points)
    value = internals.original(internals.CLOUDWATCH, "_stat_value")(statistics, statistic, points)
    return None if value is None else float(value)


def _judged(alarm: Alarm, breaches: Sequence[bool | None]) -> str:
    """
    Return the state that the periods looked at make, the latest first.

    The latest real ones count, however old; only as many as are missing then are filled in.
    """
    periods = alarm["EvaluationPeriods"]
    wanted = alarm.get("DatapointsToAlarm") or periods
    ages = [age for age, breach in enumerate(breaches) if breach is not None][:periods]
    known = [breaches[age] for age in ages]
    missing = periods - len(known)
    beyond = known.count(True)
    match alarm["TreatMissingData"]:
        case "breaching":
            return "ALARM" if beyond + missing >= wanted else "OK"
        case _ if beyond >= wanted:
            return "ALARM"
        case "ignore" if missing and all(known):
            return str(alarm["StateValue"])
        case "missing" if missing and all(known):
            return "ALARM" if ages and ages[-1] + 1 >= wanted else "INSUFFICIENT_DATA"
        case _:
            return "OK"
