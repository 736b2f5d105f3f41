"""A repeated reconciliation changes nothing, and our own writes trigger none."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pytest

from tests.support.deployed.attachments import Attached
from tests.support.deployed.calls import RECONCILER, WRITER, Calls
from tests.support.deployed.queue import send, state_change, tag_change
from tests.support.deployed.stack import Item, Stack
from tests.support.deployed.waiting import stays
from tests.support.deployed.world import World

QUIET_SECONDS = 2.5
"""Longer than the requests that an attach leaves behind take to come: 1 s, then 2 s."""


def is_quiet(world: World, *instances: str) -> None:
    """Return when no reconciler has described any of ``instances`` for a while."""

    def nothing_happens() -> bool:
        calls = Calls.from_now(world.stack)
        return stays(
            lambda: (
                not any(set(instances) & set(call["resources"]) for call in calls.of(RECONCILER))
            ),
            seconds=QUIET_SECONDS,
        )

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


@dataclass(frozen=True)
class Repeated:
    """An instance about which events came again, and what was known before they did."""

    it: Attached
    before: list[Item]
    calls: Calls


@pytest.fixture(scope="module")
def repeated(stack: Stack) -> Mapping[str, Repeated]:
    """Each case has an instance of its own, so that all can come to rest at the same time."""
    attached = Attached.in_worlds(*(World(stack) for _ in EVENTS))
    is_quiet(attached[0].world, *(it.instance for it in attached))
    found = {
        case: Repeated(it, of_world(it.world, it.instance), Calls.from_now(stack))
        for case, it in zip(EVENTS, attached, strict=True)
    }
    for case, repeats in found.items():
        send(stack, *EVENTS[case](repeats.it.instance, repeats.it.mgmt.name))
    for repeats in found.values():
        is_reconciled(repeats.calls, repeats.it)
    is_quiet(attached[0].world, *(it.instance for it in attached))
    return found


def is_reconciled(calls: Calls, one: Attached) -> None:
    """Return when a reconciler has described the instance among ``calls``."""
    one.world.until(lambda: calls.count(RECONCILER, "DescribeInstances", about=one.instance))


@pytest.mark.parametrize("case", EVENTS)
def test_events_that_are_repeated_late_or_stale_change_nothing(
    repeated: Mapping[str, Repeated], case: str
) -> None:
    """EventBridge and SQS deliver at least once, in any order: only what EC2 shows now counts."""
    it, calls = repeated[case].it, repeated[case].calls

    assert repeated[case].before == of_world(it.world, it.instance)
    assert it.world.stack.attachments(it.instance)[1] == (it.interface, "attached")
    assert calls.count(RECONCILER, "AttachNetworkInterface", about=it.instance) == 0
    assert calls.count(WRITER, "CreateTags", about=it.instance) == 0


def test_a_refusal_that_is_reconciled_again_is_written_once(world: World) -> None:
    """The audit holds what changed, not how often we reconciled."""
    wanted = world.named("nowhere")
    instance = world.launch(targets=wanted)
    world.comes_to("refused", instance, wanted)
    before = of_world(world, instance)

    world.is_reconciled_while_running(instance)
    send(world.stack, state_change(instance), state_change(instance))
    is_quiet(world, instance)

    assert before == of_world(world, instance)


def test_our_own_status_tags_request_nothing(world: World) -> None:
    """Else each attach would request itself for ever, at the cost of EC2's read limits."""
    (it,) = Attached.in_worlds(world)
    for resource in (it.instance, it.interface):
        world.stack.ec2.create_tags(
            Resources=[resource], Tags=[{"Key": "dualhome-status", "Value": "overwritten"}]
        )
    # What EC2 has announced of it so far is reconciled; what an attach leaves behind is no event's.
    world.is_reconciled_while_running(it.instance)
    calls, before = Calls.from_now(world.stack), requeued(it)

    publish_again(world, it.instance)

    status = f"{it.mgmt.name}=attached:{it.interface}@1"
    tags = world.stack.tags
    world.until(lambda: tags(it.instance)["dualhome-status"] == status)
    world.until(lambda: tags(it.interface)["dualhome-status"] == status)
    assert calls.count(WRITER, "CreateTags", about=it.instance) == 1
    assert stays(lambda: before == requeued(it), seconds=QUIET_SECONDS)


def test_the_quiet_that_our_status_tags_leave_is_broken_by_a_targets_tag(world: World) -> None:
    """The proof above would be worth nothing if tag events reached no rule."""
    (it,) = Attached.in_worlds(world)
    requests, changes = requeued(it)

    world.tag(it.instance, targets=f"{it.mgmt.name} ")
    world.tag(it.interface, pool=f"{it.mgmt.name} ")

    world.until(lambda: requeued(it)[0] > requests)
    world.until(lambda: requeued(it)[1] > changes)


def requeued(one: Attached) -> tuple[int, int]:
    """Return how often events have requested the instance, and those who lack."""
    stack = one.world.stack
    return stack.reconciliations(one.instance).count(0), stack.capacity_changes(one.mgmt.name)


def publish_again(world: World, instance: str) -> None:
    """Give the publisher the latest move of ``instance`` once more, as its stream would."""
    latest = world.stack.raw_audit(instance)[-1]
    image = {"SequenceNumber": "1", "NewImage": latest}
    record = {"eventID": "1", "eventName": "INSERT", "dynamodb": image}
    answer = world.stack.cloud.client("lambda").invoke(
        FunctionName=world.stack.outputs["PublishChangesFunctionName"],
        Payload=json.dumps({"Records": [record]}),
    )
    assert json.loads(answer["Payload"].read()) == {"batchItemFailures": []}
