"""Alarms look at several periods, and at expressions: how long silence lasts before it is heard."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from localcloud.patches.metric_math import MetricMathError, value_of
from tests.integration.localcloud.cloud import Lab, eventually
from tests.support.readers.template import Json, load_observability, of_kind

MINUTES = [1, 5, 59]
"""From the shortest to the longest that SweepSchedule may be."""


def of_the_stack(name: str, minutes: int = 5) -> Json:
    """Return an alarm of the stack, without its topic."""
    unit = "minute" if minutes == 1 else "minutes"
    stack = load_observability(SweepSchedule=f"rate({minutes} {unit})")
    alarm = of_kind(stack, "CloudWatch::Alarm")[name]
    return {key: it for key, it in alarm.items() if key not in {"AlarmActions", "OKActions"}}


def deploy(lab: Lab, alarm: Json) -> str:
    """Deploy an alarm in a stack of its own; return the stack's status."""
    cloudformation = lab.client("cloudformation")
    resource = {"Type": "AWS::CloudWatch::Alarm", "Properties": alarm}
    cloudformation.create_stack(
        StackName=alarm["AlarmName"], TemplateBody=json.dumps({"Resources": {"Alarm": resource}})
    )

    def status() -> str:
        (found,) = cloudformation.describe_stacks(StackName=alarm["AlarmName"])["Stacks"]
        return str(found["StackStatus"])

    assert eventually(lambda: not status().endswith("_IN_PROGRESS"))
    return status()


def put(lab: Lab, name: str, ages: Iterable[float], value: float = 1) -> None:
    """Write values of some seconds ago; alarms are looked at afterwards."""
    now = datetime.now(UTC)
    about: dict[str, Any] = {
        "MetricName": name,
        "Dimensions": [{"Name": "service", "Value": "dualhome"}],
        "Value": value,
    }
    lab.client("cloudwatch").put_metric_data(
        Namespace="dualhome",
        MetricData=[about | {"Timestamp": now - timedelta(seconds=age)} for age in ages],
    )


def state(lab: Lab, alarm: Json) -> str:
    """Return the state of an alarm."""
    asked = lab.client("cloudwatch").describe_alarms(AlarmNames=[alarm["AlarmName"]])
    (found,) = asked["MetricAlarms"]
    return str(found["StateValue"])


@pytest.mark.parametrize("minutes", MINUTES)
@pytest.mark.parametrize(
    ("missed", "seconds", "expected"),
    [(0, 10, "OK"), (2, 10, "OK"), (3, -10, "OK"), (3, 10, "ALARM")],
)
def test_a_third_sweep_that_is_missed_is_heard_and_a_second_is_not(
    lab: Lab, minutes: int, missed: int, seconds: int, expected: str
) -> None:
    """Whatever the schedule: the alarm's periods grow with it."""
    alarm = of_the_stack("SweepSilentAlarm", minutes)
    deploy(lab, alarm)
    last = missed * 60 * minutes + seconds

    put(lab, "SweepTicks", [last + number * 60 * minutes for number in range(6)])

    assert expected == state(lab, alarm)


@pytest.mark.parametrize("minutes", MINUTES)
def test_where_missing_data_is_only_treated_older_data_counts_instead(
    lab: Lab, minutes: int
) -> None:
    """CloudWatch looks back further than an alarm's periods: hence the expression of the other."""
    filled = of_the_stack("SweepSilentAlarm", minutes)
    statistic = filled["Metrics"][1]["MetricStat"]
    plain = {key: it for key, it in filled.items() if key != "Metrics"} | statistic["Metric"]
    deploy(lab, plain | {"Statistic": statistic["Stat"], "Period": statistic["Period"]})
    last = 3 * 60 * minutes + 10

    put(lab, "SweepTicks", [last + number * 60 * minutes for number in range(6)])

    assert "OK" == state(lab, plain)


def test_a_sweep_that_never_ran_is_heard(lab: Lab) -> None:
    """As after a deployment whose schedule is broken from the start."""
    alarm = of_the_stack("SweepSilentAlarm")

    deploy(lab, alarm)

    assert "ALARM" == state(lab, alarm)


@pytest.mark.parametrize(
    ("failed", "ended", "expected"), [(0, 0, "OK"), (2, 2, "OK"), (1, 3, "ALARM"), (1, 5, "OK")]
)
def test_a_share_of_failures_counts_from_three_ends_on(
    lab: Lab, failed: int, ended: int, expected: str
) -> None:
    """The alarm is on an expression of two statistics of one metric."""
    alarm = of_the_stack("AttachFailuresAlarm")
    deploy(lab, alarm)

    put(lab, "AttachFailed", [10] * failed, 1)
    put(lab, "AttachFailed", [10] * (ended - failed), 0)
    put(lab, "SweepTicks", [10])

    assert expected == state(lab, alarm)


@pytest.mark.parametrize(
    ("expression", "values", "expected"),
    [
        ("FILL(m, 0)", {"m": None}, 0),
        ("FILL(m, 0)", {"m": 2}, 2),
        ("IF(n >= 3, m, 0)", {"m": 0.5, "n": 3}, 0.5),
        ("IF(n >= 3, m, 0)", {"m": 0.5, "n": 2}, 0),
        ("IF(n >= 3, m, 0)", {"m": None, "n": None}, None),
        ("IF(n, m, 1)", {"m": None, "n": 1}, 0),
        ("IF(n, 1, m)", {"m": None, "n": 0}, None),
        ("m > 1", {"m": 2}, 1),
        ("m < 1", {"m": 2}, 0),
        ("m <= 1", {"m": None}, None),
    ],
)
def test_an_expression_has_a_value_or_no_data(
    expression: str, values: dict[str, float | None], expected: float | None
) -> None:
    """User Guide, "Using metric math"."""
    assert expected == value_of(expression, values)


@pytest.mark.parametrize(
    "expression", ["RATE(m)", "m + 1", "IF(m >)", "other", "FILL(m)", "m == 1"]
)
def test_an_expression_that_is_not_understood_is_refused(lab: Lab, expression: str) -> None:
    """One that is taken for another would keep silent when it should not."""
    alarm = of_the_stack("SweepSilentAlarm")
    watched, *others = alarm["Metrics"]
    alarm["Metrics"] = [watched | {"Expression": expression.replace("m", "ticks")}, *others]

    with pytest.raises(MetricMathError):
        value_of(expression, {"m": None})
    assert "ROLLBACK_COMPLETE" == deploy(lab, alarm)


@pytest.mark.parametrize("expression", ["IF(ticks > 1, RATE(ticks), 0)", "IF(ticks > 1, 0, other)"])
def test_what_an_expression_may_come_to_is_understood_at_once(lab: Lab, expression: str) -> None:
    """Found out when it comes to it, the alarm would be the one that is silent."""
    alarm = of_the_stack("SweepSilentAlarm")
    alarm["Metrics"][0]["Expression"] = expression

    assert "ROLLBACK_COMPLETE" == deploy(lab, alarm)


@pytest.mark.parametrize("spoilt", ["a metric beside it", "two periods", "two results"])
def test_an_alarm_is_on_one_metric_or_on_one_expression(lab: Lab, spoilt: str) -> None:
    """CloudFormation refuses anything in between; "Using Amazon CloudWatch alarms"."""
    alarm = of_the_stack("AttachFailuresAlarm")
    if spoilt == "a metric beside it":
        alarm["Period"] = 900
    elif spoilt == "two periods":
        alarm["Metrics"][1]["MetricStat"]["Period"] = 60
    else:
        alarm["Metrics"][1]["ReturnData"] = True

    assert "ROLLBACK_COMPLETE" == deploy(lab, alarm)


@pytest.mark.parametrize(
    ("points", "wanted", "states"),
    [
        ("0-X-X", 3, ["OK", "OK", "OK", "OK"]),
        ("0----", 3, ["OK", "OK", "OK", "OK"]),
        ("-----", 3, ["INSUFFICIENT_DATA", "OK", "ALARM", "OK"]),
        ("0XX-X", 3, ["ALARM", "ALARM", "ALARM", "ALARM"]),
        ("----X", 3, ["INSUFFICIENT_DATA", "OK", "ALARM", "OK"]),
        ("X----", 3, ["ALARM", "OK", "ALARM", "OK"]),
        ("0-X-X", 2, ["ALARM", "ALARM", "ALARM", "ALARM"]),
        ("00X0X", 2, ["ALARM", "ALARM", "ALARM", "ALARM"]),
        ("0-X--", 2, ["OK", "OK", "ALARM", "OK"]),
        ("----0", 2, ["OK", "OK", "ALARM", "OK"]),
        ("----X", 2, ["INSUFFICIENT_DATA", "OK", "ALARM", "OK"]),
    ],
)
def test_missing_data_is_judged_as_in_the_tables_of_cloudwatch_s_guide(
    lab: Lab, points: str, wanted: int, states: list[str]
) -> None:
    """User Guide, "How alarm state is evaluated when data is missing"; the oldest comes first."""
    cloudwatch = lab.client("cloudwatch")
    treatments = ["missing", "ignore", "breaching", "notBreaching"]
    for treatment in treatments:
        cloudwatch.put_metric_alarm(
            AlarmName=treatment,
            Namespace="dualhome",
            MetricName="Points",
            Dimensions=[{"Name": "service", "Value": "dualhome"}],
            Statistic="Sum",
            Period=60,
            EvaluationPeriods=3,
            DatapointsToAlarm=wanted,
            ComparisonOperator="GreaterThanThreshold",
            Threshold=0,
            TreatMissingData=treatment,
        )
    cloudwatch.set_alarm_state(AlarmName="ignore", StateValue="OK", StateReason="it was so before")
    ages = {it: [60 * age + 30 for age, one in enumerate(points[::-1]) if one == it] for it in "0X"}

    for one, value in (("0", 0), ("X", 1)):
        if ages[one]:
            put(lab, "Points", ages[one], value)
    put(lab, "Others", [30])

    assert states == [state(lab, {"AlarmName": it}) for it in treatments]
