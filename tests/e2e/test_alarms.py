"""What goes wrong reaches the subscribers of the deployed topic; what is over, too."""

import json
from collections.abc import Iterator

import pytest

from tests.support.deployed.alarms import Pager, sweep
from tests.support.deployed.attachments import attached, refuse_detach, want_nothing
from tests.support.deployed.stack import Item, Stack, deployed
from tests.support.deployed.world import World
from tests.support.readers.template import load_observability, of_kind

SPEED = 20
"""An alarm ends when its period has passed without a fault: minutes, else."""


ADDRESSES = {"AlarmEmail": "ops@example.com", "AlarmEndpoint": "https://events.example.com/x"}


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A stack of its own, so that no other test raises its alarms; it has subscribers."""
    folder = tmp_path_factory.mktemp("alarms")
    with deployed(
        folder, ADDRESSES, attach_seconds=0.1, detach_seconds=0.1, clock_speed=SPEED
    ) as it:
        yield it


@pytest.fixture(scope="module")
def pager(alone: Stack) -> Pager:
    """The operator on call."""
    return Pager.subscribe(alone)


@pytest.fixture
def world(alone: Stack) -> World:
    """Networks of this test's own."""
    return World(alone)


def alarms(stack: Stack) -> dict[str, Item]:
    """Return the deployed alarms by name."""
    pages = stack.cloud.client("cloudwatch").get_paginator("describe_alarms").paginate()
    return {it["AlarmName"]: it for page in pages for it in page["MetricAlarms"]}


def test_the_stack_has_every_alarm_of_the_template_each_with_its_topic(alone: Stack) -> None:
    """Names of queues, functions and state machine are known only after a deployment."""
    expected = {
        it["AlarmName"] for it in of_kind(load_observability(), "CloudWatch::Alarm").values()
    }
    found = alarms(alone)

    assert expected == found.keys()
    for alarm in found.values():
        assert [alone.outputs["AlarmTopicArn"]] == alarm["AlarmActions"] == alarm["OKActions"]
        statistics = (it["MetricStat"] for it in alarm.get("Metrics", []) if "MetricStat" in it)
        heard = [alarm, *(it["Metric"] for it in statistics)]
        assert not any("$" in it["Value"] for each in heard for it in each["Dimensions"])


def test_the_stack_has_a_dashboard_in_which_every_name_is_put_in(alone: Stack) -> None:
    """CloudWatch shows a widget with a name that does not exist as an empty one."""
    found = alone.cloud.client("cloudwatch").get_dashboard(
        DashboardName=alone.outputs["DashboardName"]
    )
    (shown,) = [it for it in json.loads(found["DashboardBody"])["widgets"] if it["type"] == "alarm"]

    assert "${" not in found["DashboardBody"]
    assert {it["AlarmArn"] for it in alarms(alone).values()} == set(shown["properties"]["alarms"])


def test_the_addresses_of_the_parameters_subscribe(alone: Stack) -> None:
    """SNS asks both to confirm before it sends them anything."""
    found = alone.cloud.client("sns").list_subscriptions_by_topic(
        TopicArn=alone.outputs["AlarmTopicArn"]
    )["Subscriptions"]
    named = {(it["Protocol"], it["Endpoint"]) for it in found if it["Protocol"] != "sqs"}

    assert named == set(zip(("email", "https"), ADDRESSES.values(), strict=True))


def test_a_pool_that_runs_low_is_reported_until_it_is_filled(world: World, pager: Pager) -> None:
    """The sweep counts, its log carries the figure, the alarm reads it, the topic tells."""
    mgmt = world.target("mgmt")
    mgmt.interface()

    begun = pager.receives("dualhome-pool-low", "ALARM")
    mgmt.interface()
    pager.receives("dualhome-pool-low", "OK")

    assert "dualhome targets" in begun["AlarmDescription"]


def test_any_dead_letter_is_reported_until_it_is_gone(alone: Stack, pager: Pager) -> None:
    """That queue is not read unasked."""
    queue = alone.outputs["RuleDeadLetterQueueUrl"]
    alone.sqs.send_message(QueueUrl=queue, MessageBody="{}")

    pager.receives("dualhome-rule-dead-letters", "ALARM")
    alone.sqs.purge_queue(QueueUrl=queue)
    pager.receives("dualhome-rule-dead-letters", "OK")

    assert "OK" == alarms(alone)["dualhome-changes-dead-letters"]["StateValue"]


def test_a_stuck_attachment_is_reported_at_once_and_until_an_operator_has_acted(
    world: World, pager: Pager
) -> None:
    """A failed execution is reported once; the record that it left, as long as it is there."""
    mgmt = world.target("mgmt")
    for _ in range(3):
        mgmt.interface()
    instance, record = attached(world, mgmt)
    refuse_detach(world, record, error_code="UnauthorizedOperation", message="no")

    want_nothing(world, instance)
    world.comes_to("stuck", instance, mgmt.name)
    pager.receives("dualhome-rollbacks-failed", "ALARM")
    pager.receives("dualhome-stuck", "ALARM")
    world.stack.ec2.detach_network_interface(AttachmentId=record["attachment_id"])
    pager.receives("dualhome-stuck", "OK")

    assert "released" == world.stack.records(instance)[mgmt.name]["state"]


def test_the_functions_count_their_calls_of_ec2(world: World) -> None:
    """By action: the limits are by action, too."""
    mgmt = world.target("mgmt")
    for _ in range(3):
        mgmt.interface()
    attached(world, mgmt)
    sweep(world.stack)
    cloudwatch = world.stack.cloud.client("cloudwatch")

    def counted() -> set[str]:
        found = cloudwatch.list_metrics(Namespace="dualhome", MetricName="Ec2Calls")["Metrics"]
        return {it["Value"] for metric in found for it in metric["Dimensions"]}

    world.until(lambda: {"AttachNetworkInterface", "CreateTags", "DescribeInstances"} <= counted())
