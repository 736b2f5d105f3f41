"""CloudWatch alarms as AWS has them: exact dimensions, periods, and what no data means."""

import time
from collections.abc import Sequence
from functools import partial
from typing import Any

from localcloud.patches import internals, metrics
from localcloud.server.clock import Clock

Alarm = dict[str, Any]
COMPARISONS = {
    "GreaterThanOrEqualToThreshold": lambda value, limit: value >= limit,
    "GreaterThanThreshold": lambda value, limit: value > limit,
    "LessThanOrEqualToThreshold": lambda value, limit: value <= limit,
    "LessThanThreshold": lambda value, limit: value < limit,
}


def install(clock: Clock) -> None:
    """Replace ministack's evaluation, which knows a metric by name alone."""
    internals.replace(internals.CLOUDWATCH, "_evaluate_alarm", partial(evaluate, clock.speed))


def evaluate(speed: float, alarm: Alarm) -> None:
    """
    Evaluate one alarm, and run its actions if its state changes.

    Source: Amazon CloudWatch User Guide, "Configuring how CloudWatch alarms treat missing data".
    """
    seconds = alarm["Period"] / speed
    ends = [time.time() - number * seconds for number in range(alarm["EvaluationPeriods"])]
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


def _breach(alarm: Alarm, start: float, end: float) -> bool | None:
    """Say whether the figures of a period are beyond the threshold; None without any."""
    dimensions = {it["Name"]: it["Value"] for it in alarm["Dimensions"]}
    points = metrics.points(alarm["Namespace"], alarm["MetricName"], dimensions, start, end)
    if not points:
        return None
    statistics = internals.original(internals.CLOUDWATCH, "_calc_stats")(points)
    wanted = alarm.get("ExtendedStatistic") or alarm["Statistic"]
    value = internals.original(internals.CLOUDWATCH, "_stat_value")(statistics, wanted, points)
    return bool(COMPARISONS[alarm["ComparisonOperator"]](value, alarm["Threshold"]))


def _judged(alarm: Alarm, breaches: Sequence[bool | None]) -> str:
    missing = alarm["TreatMissingData"]
    if all(breach is None for breach in breaches) and missing in {"ignore", "missing"}:
        return str(alarm["StateValue"]) if missing == "ignore" else "INSUFFICIENT_DATA"
    beyond = [missing == "breaching" if breach is None else breach for breach in breaches]
    wanted = alarm.get("DatapointsToAlarm") or alarm["EvaluationPeriods"]
    return "ALARM" if sum(beyond) >= wanted else "OK"
