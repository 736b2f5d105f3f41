"""Which alarms are the stack's is CloudFormation's word, for other stacks have names like its."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from moto import mock_aws

from dualhome_cli.doctor.checks.stack import Alarm, Resources
from tests.support.scenarios.stack import InMemoryStack

CloudWatch = Any
"""A client, of which no types are installed."""

WITHIN = "arn:aws:cloudformation:us-east-1:111122223333:stack/dualhome-Observability-1/2"
DESCRIPTION = "Meant. Next: dualhome status."


@dataclass(frozen=True, slots=True)
class Resourceful:
    """CloudFormation, of which only resources are listed: by stack, their names by (type, id)."""

    stacks: Mapping[str, Mapping[tuple[str, str], str]]

    def get_paginator(self, _: str) -> "Resourceful":
        """Return what lists resources."""
        return self

    def paginate(self, *, StackName: str) -> list[dict[str, Any]]:  # noqa: N803 - AWS's spelling
        """Return one page."""
        listed = [
            {"ResourceType": type_, "LogicalResourceId": id_, "PhysicalResourceId": name}
            for (type_, id_), name in self.stacks[StackName].items()
        ]
        return [{"StackResourceSummaries": listed}]


@pytest.fixture
def cloudwatch() -> Iterator[CloudWatch]:
    """A CloudWatch with an alarm of the stack's, and one of a stack with a longer name."""
    with mock_aws():
        client = boto3.client("cloudwatch", region_name="us-east-1")
        for name in ("dualhome-stuck", "dualhome-eu-stuck"):
            client.put_metric_alarm(
                AlarmName=name,
                AlarmDescription=DESCRIPTION,
                Namespace="dualhome",
                MetricName="Attachments",
                ComparisonOperator="GreaterThanThreshold",
                EvaluationPeriods=1,
                Period=60,
                Statistic="Sum",
                Threshold=0,
            )
        yield client


def alarms(cloudwatch: CloudWatch, raised: str, *, nested: bool = True) -> list[Alarm]:
    """Return what is read of the stack once an alarm is raised."""
    cloudwatch.set_alarm_state(
        AlarmName=raised, StateValue="ALARM", StateReason="Threshold Crossed"
    )
    whole = {("AWS::CloudFormation::Stack", "Observability"): WITHIN} if nested else {}
    within = {("AWS::CloudWatch::Alarm", "StuckAlarm"): "dualhome-stuck"}
    cloudformation = Resourceful({"dualhome": whole, WITHIN: within})
    clients = {"cloudformation": cloudformation, "cloudwatch": cloudwatch}
    return Resources(InMemoryStack(clients=clients)).alarms()


def test_a_raised_alarm_of_the_stack_is_shown_with_its_name_in_the_template(
    cloudwatch: CloudWatch,
) -> None:
    """By which it is known, whatever the stack is called."""
    expected = Alarm("StuckAlarm", "dualhome-stuck", "Threshold Crossed", DESCRIPTION)

    assert [expected] == alarms(cloudwatch, "dualhome-stuck")


def test_an_alarm_of_another_stack_is_not_shown(cloudwatch: CloudWatch) -> None:
    """Its name may begin with ours."""
    assert [] == alarms(cloudwatch, "dualhome-eu-stuck")


def test_a_stack_without_a_stack_within_has_no_alarms(cloudwatch: CloudWatch) -> None:
    """CloudWatch asked for no names would tell of every alarm of the account."""
    assert [] == alarms(cloudwatch, "dualhome-stuck", nested=False)
