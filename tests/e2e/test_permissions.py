"""The stack with IAM policies enforced: each role can do its work, and needs all it was given."""

from typing import Final

import pytest

from tests.support.deployed.calls import PUBLISHER, RECONCILER, WRITER, Calls
from tests.support.deployed.ordered_faults import CLIENT_TRIES
from tests.support.deployed.probe import DENIALS
from tests.support.deployed.stack import Item, Stack
from tests.support.deployed.world import Target, World
from tests.support.readers import template

# What Lambda itself does with a function's role; the local cloud does it without a call.
DONE_BY_LAMBDA = {
    RECONCILER: {
        "sqs:ReceiveMessage",  # its poller takes batches from the queue,
        "sqs:DeleteMessage",  # removes what was handled,
        "sqs:GetQueueAttributes",  # and reads how long a message stays hidden
        "logs:CreateLogStream",
        "logs:PutLogEvents",
    },
    WRITER: {
        "sqs:ReceiveMessage",
        "sqs:DeleteMessage",
        "sqs:GetQueueAttributes",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
    },
    PUBLISHER: {
        "dynamodb:ListStreams",  # its poller finds the stream
        "dynamodb:DescribeStream",
        "dynamodb:GetShardIterator",
        "dynamodb:GetRecords",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
    },
}

# Used, with policies enforced, in tests/e2e/test_cli_pause_permissions.py.
USED_AFTER_A_PAUSE = {RECONCILER: {"states:DescribeExecution"}, PUBLISHER: set(), WRITER: set()}

# The actions that IAM asks about for a call of another name.
AUTHORIZED_AS = {
    "dynamodb:TransactWriteItems": {"dynamodb:PutItem", "dynamodb:DeleteItem"},
    "sqs:SendMessageBatch": {"sqs:SendMessage"},
}

NEW_TYPE: Final = "m5.large"
"""No other test uses it here: a reconciler asks EC2 about a type once, and remembers."""


@pytest.fixture(scope="module")
def calls(guarded: Stack) -> dict[str, list[Item]]:
    """Tell the main story once; return the calls that each role made for it."""
    world, calls = World(guarded), Calls.from_now(guarded)
    mgmt, data = world.target("mgmt"), world.target("data", "10.2.0.0/16")
    mgmt.interface()
    first = world.launch(targets=mgmt.name, type_=NEW_TYPE)
    world.comes_to("attached", first, mgmt.name)
    adopt(world, data)
    wait_and_be_served(world, mgmt)
    last = world.launch(targets=mgmt.name)
    world.comes_to("waiting", last, mgmt.name)
    guarded.ec2.terminate_instances(InstanceIds=[first])
    world.comes_to("attached", last, mgmt.name)
    world.comes_to("released", first, mgmt.name)
    world.until(lambda: "attached" in guarded.tags(last).get("dualhome-status", ""))
    guarded.ec2.delete_tags(Resources=[last], Tags=[{"Key": "dualhome:targets"}])
    world.comes_to("released", last, mgmt.name)
    write_a_status_later_and_take_one_off(world)
    return {role: world.ours(calls.of(role)) for role in (RECONCILER, PUBLISHER, WRITER)}


def adopt(world: World, data: Target) -> None:
    """Attach by hand first, then tag the instance."""
    interface, instance = data.interface(), world.launch_running()
    world.attach_by_hand(instance, interface)
    world.tag(instance, targets=data.name)
    world.comes_to("attached", instance, data.name)


def wait_and_be_served(world: World, mgmt: Target) -> None:
    """Wait for one target, be refused another, and be served when an interface is added."""
    nowhere = world.named("nowhere")
    instance = world.launch(targets=f"{mgmt.name} {nowhere}")
    world.comes_to("waiting", instance, mgmt.name)
    world.comes_to("refused", instance, nowhere)
    mgmt.interface()
    world.comes_to("attached", instance, mgmt.name)


def write_a_status_later_and_take_one_off(world: World) -> None:
    """Be throttled once, and then have nothing more to tell."""
    nowhere, instance = world.named("nowhere"), world.launch_running()
    match = {"ResourceId.1": instance, "Tag.1.Key": "dualhome-status"}
    fault = {"action": "CreateTags", "error_code": "RequestLimitExceeded", "times": CLIENT_TRIES}
    world.stack.cloud.faults(fault | {"match": match})
    world.tag(instance, targets=nowhere)
    refused = f"{nowhere}=refused:NO_TARGET"
    world.until(lambda: world.stack.tags(instance).get("dualhome-status") == refused)
    world.stack.ec2.delete_tags(Resources=[instance], Tags=[{"Key": "dualhome:targets"}])
    world.comes_to("released", instance, nowhere)
    world.until(lambda: "dualhome-status" not in world.stack.tags(instance))


@pytest.mark.parametrize("role", [RECONCILER, PUBLISHER, WRITER])
def test_no_call_of_ours_is_denied(calls: dict[str, list[Item]], role: str) -> None:
    """A permission that is missing from the template shows here, not in an account."""
    assert [] == [it for it in calls[role] if it["outcome"] in DENIALS]


@pytest.mark.parametrize("role", [RECONCILER, PUBLISHER, WRITER])
def test_every_action_granted_is_used(calls: dict[str, list[Item]], role: str) -> None:
    """A permission without a use invites abuse."""
    granted = {
        action
        for statement in template.statements(template.resources("IAM::Role")[role])
        if statement["Effect"] == "Allow"
        for action in statement["Action"]
    }

    made = {f"{it['service']}:{it['action']}" for it in calls[role]}
    asked_about = {action for call in made for action in AUTHORIZED_AS.get(call, {call})}
    assert asked_about | DONE_BY_LAMBDA[role] | USED_AFTER_A_PAUSE[role] == granted
