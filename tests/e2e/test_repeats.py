"""Looking twice changes nothing, and our own writes wake nobody."""

import json
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from tests.support.e2e_calls import PUBLISHER, RECONCILER, Calls
from tests.support.e2e_queue import send, state_change, tag_change
from tests.support.e2e_stack import Item, Stack
from tests.support.e2e_waiting import stays
from tests.support.e2e_world import Target, World

QUIET_SECONDS = 2.5
"""Longer than the looks that an attach leaves behind take to come: 1 s, then 2 s."""


@dataclass(frozen=True)
class Attached:
    """An instance with its interface, and nothing about it under way."""

    world: World
    mgmt: Target
    instance: str
    interface: str

    @staticmethod
    def in_world(world: World) -> "Attached":
        """Attach, and wait until all is told and quiet."""
        mgmt = world.target()
        mgmt.interface()
        mgmt.interface()
        instance = world.launch(targets=mgmt.name)
        interface = world.comes_to("attached", instance, mgmt.name)["interface"]
        world.until(lambda: "dualhome-status" in world.stack.tags(interface))
        is_quiet(world, instance)
        return Attached(world, mgmt, instance, interface)


@pytest.fixture(scope="module")
def settled(stack: Stack) -> Attached:
    """Shared by tests of which each proves that it changes nothing."""
    return Attached.in_world(World(stack))


def is_quiet(world: World, instance: str) -> None:
    """Return when no reconciler has looked at ``instance`` for a while."""

    def nothing_happens() -> bool:
        calls = Calls.from_now(world.stack)
        return stays(lambda: not calls.of(RECONCILER, about=instance), seconds=QUIET_SECONDS)

    world.until(nothing_happens)


def of_world(world: World, instance: str) -> list[Item]:
    """Return the items of both tables that are about ``instance``, whatever their key."""
    return [item for item in world.stack.items() if item.get("instance") == instance]


EVENTS: dict[str, Callable[[str, str], list[Item]]] = {
    "the same state event, five times": lambda i, _: [state_change(i)] * 5,
    "an older state": lambda i, _: [state_change(i, "pending", time="2020-01-01T00:00:00Z")],
    "a state that is not so": lambda i, _: [state_change(i, "terminated")],
    "the tag event again": lambda i, it: [tag_change(i, targets=it)] * 2,
    "tags as they never were": lambda i, it: [
        tag_change(i, version=9.0, targets="elsewhere"),
        tag_change(i, version=2.0, targets=it),
        tag_change(i, version=1.0),
    ],
}


@pytest.mark.parametrize("case", EVENTS)
def test_events_that_are_repeated_late_or_stale_change_nothing(
    settled: Attached, case: str
) -> None:
    """EventBridge and SQS deliver at least once, in any order: only what EC2 shows now counts."""
    world, instance = settled.world, settled.instance
    before = of_world(world, instance)
    calls = Calls.from_now(world.stack)

    send(world.stack, *EVENTS[case](instance, settled.mgmt.name))
    world.until(lambda: calls.count(RECONCILER, "DescribeInstances", about=instance))
    is_quiet(world, instance)

    assert before == of_world(world, instance)
    assert world.stack.attachments(instance)[1] == (settled.interface, "attached")
    assert calls.count(RECONCILER, "AttachNetworkInterface", about=instance) == 0
    assert calls.count(PUBLISHER, "CreateTags", about=instance) == 0


def test_a_refusal_that_is_looked_at_again_is_written_once(world: World) -> None:
    """The audit holds what changed, not how often we looked."""
    wanted = world.named("nowhere")
    instance = world.launch(targets=wanted)
    world.comes_to("refused", instance, wanted)
    is_quiet(world, instance)
    before = of_world(world, instance)

    send(world.stack, state_change(instance), state_change(instance))
    is_quiet(world, instance)

    assert before == of_world(world, instance)


def test_our_own_status_tags_wake_nobody(world: World) -> None:
    """Else each attach would look at itself for ever, at the cost of EC2's read limits."""
    it = Attached.in_world(world)
    for resource in (it.instance, it.interface):
        world.stack.ec2.create_tags(
            Resources=[resource], Tags=[{"Key": "dualhome-status", "Value": "overwritten"}]
        )
    # Nobody else's looks, such as those for an instance that is gone, may be on their way.
    world.until(lambda: world.stack.queue_depth() == 0, seconds=40)
    calls = Calls.from_now(world.stack)

    publish_again(world, it.instance)

    status = f"{it.mgmt.name}=attached:{it.interface}@1"
    assert world.stack.tags(it.instance)["dualhome-status"] == status
    assert world.stack.tags(it.interface)["dualhome-status"] == status
    assert calls.count(PUBLISHER, "CreateTags", about=it.instance) == 1
    assert stays(lambda: not calls.of(RECONCILER), seconds=2.5), calls.of(RECONCILER)
    assert world.stack.queue_depth() == 0


def test_the_quiet_that_our_status_tags_leave_is_broken_by_a_wish(settled: Attached) -> None:
    """The proof above would be worth nothing if tag events reached nobody."""
    world, instance = settled.world, settled.instance
    calls = Calls.from_now(world.stack)

    world.tag(instance, targets=f"{settled.mgmt.name} ")

    world.until(lambda: calls.of(RECONCILER, about=instance))
    is_quiet(world, instance)


def publish_again(world: World, instance: str) -> None:
    """Give the publisher the latest move of ``instance`` once more, as its stream would."""
    latest = world.stack.raw_audit(instance)[-1]
    record = {"eventID": "1", "eventName": "INSERT", "dynamodb": {"NewImage": latest}}
    answer = world.stack.cloud.client("lambda").invoke(
        FunctionName=world.stack.outputs["PublishChangesFunctionName"],
        Payload=json.dumps({"Records": [record]}),
    )
    assert json.loads(answer["Payload"].read()) == {"batchItemFailures": []}
