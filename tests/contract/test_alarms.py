"""Each alarm hears a metric that is really written, and tells the topic."""

import re
from functools import cache

import pytest

from dualhome.domain.states import State
from dualhome_cli.main import COMMANDS
from tests.contract.alarm_arithmetic import breaches, dimensions_of, metric_of, values_for
from tests.support.builders.values import INTERFACE, MGMT, ZONE
from tests.support.offenders import offenders
from tests.support.readers.aws_metrics import is_metric_of_aws
from tests.support.readers.metrics import (
    Emission,
    Figure,
    contested,
    ec2_calls,
    emitted,
    held_back,
    move,
    moves,
    paused,
    sweep,
)
from tests.support.readers.template import Json, load_observability, of_kind, parsed, resources

ALARMS = of_kind(load_observability(), "CloudWatch::Alarm")
OURS = {name: it for name, it in ALARMS.items() if metric_of(it)["Namespace"] == "dualhome"}
OF_AWS = {name: it for name, it in ALARMS.items() if name not in OURS}
TOPIC = "${AlarmTopic}"
DAY = 86_400

# What goes wrong, as the code tells it; in brackets what happens beside it within the period.
FAULTS: dict[str, list[Emission]] = {
    "StuckAlarm": [sweep(states={State.ATTACHED: 3, State.STUCK: 1})],
    "BreakerOpenAlarm": [sweep(releases=21, tripped=True)],
    "PausedAlarm": [paused()],
    "PoolLowAlarm": [sweep(pools={(MGMT, ZONE): 1})],
    "InconsistentClaimsAlarm": [sweep(inconsistent_claims=(INTERFACE,))],
    "SweepSilentAlarm": [],
    "AttachFailuresAlarm": [
        move(State.RELEASING, State.FAILED),
        *[move(State.ATTACHING, State.ATTACHED)] * 3,
    ],
    "SlowAttachAlarm": [
        move(State.ATTACHING, State.ATTACHED, took=121),
        *[move(State.ATTACHING, State.ATTACHED)] * 9,
    ],
    "ReleasesHeldAlarm": [held_back()],
    "ContestedAlarm": [contested()],
    "Ec2ThrottlesAlarm": [ec2_calls(51, 503, "RequestLimitExceeded")],
}


@cache
def ordinary_day() -> list[Figure]:
    """Return what is written when all is well."""
    return emitted(*moves(), sweep(), ec2_calls())


def test_there_is_a_fault_for_each_alarm_on_our_own_metrics() -> None:
    """An alarm that no test sets off may be one that nothing sets off."""
    assert FAULTS.keys() == OURS.keys()


@pytest.mark.usefixtures("environment_of_functions")
def test_each_fault_sets_its_alarm_off() -> None:
    """Namespace, name, dimensions and statistic are the code's, or the alarm is deaf."""

    def facts(case: tuple[Json, list[Emission]]) -> dict[str, object]:
        alarm, emissions = case
        values = values_for(alarm, emitted(*emissions))
        return {
            "is set off": breaches(alarm, values),
            "has values": values or alarm["TreatMissingData"] == "breaching",
        }

    assert {} == offenders({name: (OURS[name], it) for name, it in FAULTS.items()}, facts)


@pytest.mark.usefixtures("environment_of_functions")
def test_an_ordinary_day_ends_every_alarm() -> None:
    """What always rings is ignored; and that all is well is written, not left to silence."""
    silent = [OURS[name] for name in ("ReleasesHeldAlarm", "ContestedAlarm")]

    def facts(alarm: Json) -> dict[str, object]:
        values = values_for(alarm, ordinary_day())
        return {"has ended": not breaches(alarm, values), "has values": values or alarm in silent}

    assert {} == offenders(OURS, facts)


def test_an_alarm_on_a_metric_of_aws_names_one_that_exists() -> None:
    """A misspelt one is accepted, and stays silent for ever."""

    def facts(alarm: Json) -> dict[str, bool]:
        ((dimension, value),) = dimensions_of(alarm)
        known = is_metric_of_aws(alarm["Namespace"], alarm["MetricName"], dimension, value)
        return {f"{alarm['MetricName']} exists": known}

    assert {} == offenders(OF_AWS, facts)


def test_every_queue_but_those_for_work_has_an_alarm_on_any_message() -> None:
    """No function reads what lies there."""
    watched = {
        value.removeprefix("${").removesuffix(".QueueName}"): breaches(alarm, [1])
        for alarm in OF_AWS.values()
        for _, value in dimensions_of(alarm)
        if alarm["MetricName"] == "ApproximateNumberOfMessagesVisible"
    }

    work = {"ChangesQueue", "StatusQueue"}
    assert watched == dict.fromkeys(resources("SQS::Queue").keys() - work, True)


def test_every_way_in_which_a_rollback_may_end_badly_has_an_alarm() -> None:
    """The states that an execution can end in (Step Functions API Reference, ExecutionStatus)."""
    watched = {it["MetricName"] for it in OF_AWS.values() if it["Namespace"] == "AWS/States"}

    assert watched == {"ExecutionsFailed", "ExecutionsTimedOut", "ExecutionsAborted"}


def test_an_alarm_tells_the_topic_when_it_begins_and_when_it_ends() -> None:
    """The operator on call wants to know that it is over."""
    assert {} == offenders(
        ALARMS,
        lambda alarm: {
            "tells when it begins": [TOPIC] == alarm["AlarmActions"],
            "tells when it ends": [TOPIC] == alarm["OKActions"],
            "is enabled": alarm.get("ActionsEnabled", True),
        },
    )


def test_an_alarm_says_what_it_means_and_which_command_comes_next() -> None:
    """It is all that the operator on call has."""
    known = {name for section in COMMANDS.values() for name in section}

    def facts(alarm: Json) -> dict[str, object]:
        said = alarm["AlarmDescription"]
        commands = set(re.findall(r"dualhome ([a-z]+)", said.partition("Next: ")[2]))
        return {
            "names a command": commands,
            f"{commands} exist": commands <= known,
            "is a sentence": said.endswith("."),
            "fits": len(said) <= 1024,  # CloudWatch API Reference, PutMetricAlarm
        }

    assert {} == offenders(ALARMS, facts)


def test_an_alarm_says_what_no_data_means() -> None:
    """Left to CloudWatch, a system that is at rest looks like one that is deaf."""
    meanings = {"breaching", "notBreaching", "ignore"}

    assert {} == offenders(ALARMS, lambda it: {"says so": it["TreatMissingData"] in meanings})


def test_alarms_have_names_of_their_own_that_begin_with_the_stack_s() -> None:
    """The topic lets only those publish; two stacks in one account must not share any."""
    names = [alarm["AlarmName"] for alarm in ALARMS.values()]

    assert all(re.fullmatch(r"dualhome-[a-z0-9-]+", name) for name in names)
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("schedule", "minutes"), [("1 minute", 1), ("5 minutes", 5), ("59 minutes", 59)]
)
def test_a_sweep_is_missed_after_the_time_of_three(schedule: str, minutes: int) -> None:
    """One that is a little late is no reason to wake anybody."""
    parameters = load_observability(SweepSchedule=f"rate({schedule})")
    alarm = of_kind(parameters, "CloudWatch::Alarm")["SweepSilentAlarm"]
    (period,) = [it["MetricStat"]["Period"] for it in alarm["Metrics"] if "MetricStat" in it]

    assert alarm["DatapointsToAlarm"] == alarm["EvaluationPeriods"]
    assert 3 * 60 * minutes == int(alarm["EvaluationPeriods"]) * period


def test_no_data_of_a_sweep_is_a_value_of_its_own() -> None:
    """Treated as missing, CloudWatch looks for older data first, and the alarm comes too late."""
    alarm = OURS["SweepSilentAlarm"]

    assert breaches(alarm | {"TreatMissingData": "notBreaching"}, [])
    assert not breaches(alarm, [1])


@pytest.mark.parametrize(
    ("failed", "ended", "alarming"), [(1, 1, False), (2, 2, False), (1, 3, True), (1, 5, False)]
)
def test_a_share_of_very_few_is_none(failed: int, ended: int, *, alarming: bool) -> None:
    """An instance that fails alone at night is a share of 1, and wakes no one."""
    values = [1.0] * failed + [0.0] * (ended - failed)

    assert alarming == breaches(OURS["AttachFailuresAlarm"], values)


def test_an_alarm_keeps_the_limits_of_its_periods() -> None:
    """CloudWatch API Reference, PutMetricAlarm; one period for all metrics of an expression."""
    slowest = load_observability(SweepSchedule="rate(59 minutes)")

    def facts(alarm: Json) -> dict[str, bool]:
        several = [it["MetricStat"]["Period"] for it in alarm.get("Metrics", [])[1:]]
        period, *others = several or [alarm["Period"]]
        return {
            "has one period": not others or {period} == set(others),
            "in whole minutes": period % 60 == 0,
            "looks back a day at most": int(alarm["EvaluationPeriods"]) * period <= DAY,
        }

    assert {} == offenders(of_kind(slowest, "CloudWatch::Alarm"), facts)


def test_two_stacks_in_one_account_count_each_for_itself() -> None:
    """Their namespace is the same; alarms ask for the dimension that tells them apart."""
    variables = parsed("template.yaml")["Globals"]["Function"]["Environment"]["Variables"]
    given = parsed("template.yaml")["Resources"]["Observability"]["Properties"]["Parameters"]
    asked = {dict(dimensions_of(alarm))["service"] for alarm in OURS.values()}

    assert "${AWS::StackName}" == variables["POWERTOOLS_SERVICE_NAME"] == given["StackName"]
    assert asked == {"dualhome"}


def test_a_parameter_sets_the_threshold_of_a_slow_attach() -> None:
    """What is slow depends on who waits."""
    stack = load_observability(SlowAttachSeconds="7")

    assert of_kind(stack, "CloudWatch::Alarm")["SlowAttachAlarm"]["Threshold"] == "7"
