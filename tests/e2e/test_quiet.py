"""Our own writes wake nobody."""

import json

from tests.support.e2e_attached import Attached
from tests.support.e2e_calls import WRITER, Calls
from tests.support.e2e_stack import Stack
from tests.support.e2e_waiting import stays
from tests.support.e2e_world import World

QUIET_SECONDS = 2.5


def test_our_own_status_tags_wake_nobody(apart: Stack) -> None:
    """Else each attach would look at itself for ever, at the cost of EC2's read limits."""
    world = World(apart)
    (it,) = Attached.in_worlds(world)
    for resource in (it.instance, it.interface):
        world.stack.ec2.create_tags(
            Resources=[resource], Tags=[{"Key": "dualhome-status", "Value": "overwritten"}]
        )
    # The looks that the attach left behind are over, and so are those of tests before.
    world.until(lambda: apart.queue_depth() == 0)
    calls = Calls.from_now(apart)
    before = apart.looks(it.instance), apart.wakes(it.mgmt.name)

    publish_again(world, it.instance)

    status = f"{it.mgmt.name}=attached:{it.interface}@1"
    told = world.stack.tags
    world.until(lambda: told(it.instance)["dualhome-status"] == status)
    world.until(lambda: told(it.interface)["dualhome-status"] == status)
    assert calls.count(WRITER, "CreateTags", about=it.instance) == 1
    assert stays(
        lambda: before == (apart.looks(it.instance), apart.wakes(it.mgmt.name)),
        seconds=QUIET_SECONDS,
    )


def test_the_quiet_that_our_status_tags_leave_is_broken_by_a_wish(apart: Stack) -> None:
    """The proof above would be worth nothing if tag events reached nobody."""
    world = World(apart)
    (it,) = Attached.in_worlds(world)
    world.until(lambda: apart.queue_depth() == 0)
    looks = len(apart.looks(it.instance))

    world.tag(it.instance, targets=f"{it.mgmt.name} ")

    world.until(lambda: len(apart.looks(it.instance)) > looks)


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
