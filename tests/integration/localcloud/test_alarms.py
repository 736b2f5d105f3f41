"""Alarms look at one metric, its dimensions exact; metrics come out of what functions log."""

import io
import json
import zipfile
from typing import Any

import pytest

from tests.integration.localcloud.cloud import Lab, eventually

# A line as the embedded metric format wants it, and two that are none.
CODE = """
import json

def handler(event, context):
    directive = {"Namespace": "lab", "Metrics": [{"Name": "Burns"}], "Dimensions": [["Room"], []]}
    line = {"_aws": {"Timestamp": 0, "CloudWatchMetrics": [directive]}, "Room": "1"}
    print(json.dumps(line | {"Burns": event["burns"]}, separators=(",", ":")))
    print('{"_aws": 1000}')
    print('{"_aws": "Burns": 1000')
"""
QUERY = {
    "Type": "AWS::Logs::QueryDefinition",
    "Properties": {"Name": "q", "QueryString": "limit 1"},
}


def alarm(lab: Lab, name: str, **more: Any) -> None:
    """Make an alarm on any burn in room 1."""
    ordinary = {
        "Namespace": "lab",
        "MetricName": "Burns",
        "Dimensions": [{"Name": "Room", "Value": "1"}],
        "Statistic": "Sum",
        "Period": 60,
        "EvaluationPeriods": 1,
        "ComparisonOperator": "GreaterThanThreshold",
        "Threshold": 0,
        "TreatMissingData": "notBreaching",
    }
    lab.client("cloudwatch").put_metric_alarm(AlarmName=name, **(ordinary | more))


def put(lab: Lab, value: float, name: str = "Burns", **dimensions: str) -> None:
    """Write a metric; alarms are looked at afterwards."""
    named = [{"Name": key, "Value": it} for key, it in dimensions.items()]
    lab.client("cloudwatch").put_metric_data(
        Namespace="lab", MetricData=[{"MetricName": name, "Dimensions": named, "Value": value}]
    )


def state(lab: Lab, name: str) -> str:
    """Return the state of an alarm."""
    (found,) = lab.client("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"]
    return str(found["StateValue"])


@pytest.mark.parametrize("dimensions", [{}, {"Room": "2"}, {"Room": "1", "Floor": "1"}])
def test_a_metric_with_other_dimensions_is_another_metric(
    lab: Lab, dimensions: dict[str, str]
) -> None:
    """Amazon CloudWatch User Guide, "Dimensions": each combination is a metric of its own."""
    alarm(lab, "burns")

    put(lab, 1, **dimensions)

    assert "OK" == state(lab, "burns")


def test_a_metric_beyond_the_threshold_begins_an_alarm(lab: Lab) -> None:
    """By the statistic that the alarm names."""
    alarm(lab, "burns")
    alarm(lab, "many", Threshold=2)

    put(lab, 1, Room="1")
    put(lab, 1, Room="1")

    assert ("ALARM", "OK") == (state(lab, "burns"), state(lab, "many"))


@pytest.mark.parametrize(
    ("missing", "expected"),
    [
        ("breaching", "ALARM"),
        ("notBreaching", "OK"),
        ("ignore", "INSUFFICIENT_DATA"),  # as it was
        ("missing", "INSUFFICIENT_DATA"),
    ],
)
def test_an_alarm_says_what_no_data_means(lab: Lab, missing: str, expected: str) -> None:
    """User Guide, "Configuring how CloudWatch alarms treat missing data"."""
    alarm(lab, "burns", TreatMissingData=missing)

    put(lab, 1, name="Floods")

    assert expected == state(lab, "burns")


def test_an_alarm_on_several_periods_waits_for_as_many_as_it_says(lab: Lab) -> None:
    """One period of trouble, and two that are quiet."""
    alarm(lab, "one of three", EvaluationPeriods=3, DatapointsToAlarm=1)
    alarm(lab, "two of three", EvaluationPeriods=3, DatapointsToAlarm=2)
    alarm(lab, "all of three", EvaluationPeriods=3)

    put(lab, 1, Room="1")

    states = [state(lab, f"{count} of three") for count in ("one", "two", "all")]
    assert ["ALARM", "OK", "OK"] == states


def test_a_function_s_log_is_where_metrics_come_from(lab: Lab) -> None:
    """User Guide, "Specification: Embedded metric format"; a list has several values."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as code:
        code.writestr("app.py", CODE)
    lab.client("lambda").create_function(
        FunctionName="stove",
        Runtime="python3.13",
        Role=f"arn:aws:iam::{lab.account}:role/cook",
        Handler="app.handler",
        Code={"ZipFile": archive.getvalue()},
    )
    alarm(lab, "seven", Threshold=6)
    alarm(lab, "eight", Threshold=7)
    alarm(lab, "everywhere", Dimensions=[], Threshold=6)

    lab.client("lambda").invoke(FunctionName="stove", Payload=json.dumps({"burns": [3, 4]}))

    assert eventually(lambda: state(lab, "seven") == state(lab, "everywhere") == "ALARM")
    assert "OK" == state(lab, "eight")


def test_what_lies_in_a_queue_begins_an_alarm_and_ends_it(lab: Lab) -> None:
    """SQS writes its metrics itself."""
    queue = lab.client("sqs").create_queue(QueueName="letters")["QueueUrl"]
    depth = {"Namespace": "AWS/SQS", "MetricName": "ApproximateNumberOfMessagesVisible"}
    for name in ("letters", "others"):
        alarm(lab, name, Dimensions=[{"Name": "QueueName", "Value": name}], **depth)

    lab.client("sqs").send_message(QueueUrl=queue, MessageBody="1")
    put(lab, 1)
    with_message = state(lab, "letters"), state(lab, "others")
    lab.client("sqs").purge_queue(QueueUrl=queue)
    put(lab, 1)

    assert ("ALARM", "OK") == with_message
    assert "OK" == state(lab, "letters")


def test_a_stack_may_hold_saved_queries(lab: Lab) -> None:
    """They cannot run locally; a template with some can be deployed."""
    cloudformation = lab.client("cloudformation")

    cloudformation.create_stack(
        StackName="good", TemplateBody=json.dumps({"Resources": {"Query": QUERY}})
    )
    spoilt = QUERY | {"Properties": {"Name": "q"}}
    cloudformation.create_stack(
        StackName="bad", TemplateBody=json.dumps({"Resources": {"Query": spoilt}})
    )

    def statuses() -> list[str]:
        stacks = (cloudformation.describe_stacks(StackName=name) for name in ("good", "bad"))
        return [str(stack["Stacks"][0]["StackStatus"]) for stack in stacks]

    assert eventually(lambda: statuses() == ["CREATE_COMPLETE", "ROLLBACK_COMPLETE"])
