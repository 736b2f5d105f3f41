"""Status tags on the deployed stack: one that cannot be written holds up no other, nor anything."""

from pathlib import Path

import pytest

from localcloud.client.lifecycle import LocalCloud
from tests.support.deployed.alarms import sweep
from tests.support.deployed.events import Inbox
from tests.support.deployed.stack import Stack
from tests.support.deployed.world import Target, World, set_tags
from tests.support.readers.template import ROOT

pytestmark = pytest.mark.timeout(240)

OTHERS = 50
SECONDS = 90.0
"""Fifty attachments take a while where two cores run everything."""

KEY = "dualhome-status"


def test_one_tag_that_ec2_refuses_for_minutes_holds_up_no_other(world: World, inbox: Inbox) -> None:
    """Events, metrics and all other tags go on; once EC2 takes it, it says what is true then."""
    stack, mgmt = world.stack, world.target()
    interfaces = {mgmt.interface() for _ in range(OTHERS + 1)}
    blocked = world.launch_running(count=OTHERS + 1)
    others = [it for it in world.instances if it != blocked]
    match = {"ResourceId.1": blocked, "Tag.1.Key": KEY}
    fault = {"action": "CreateTags", "error_code": "RequestLimitExceeded", "times": 100_000}
    stack.cloud.faults(fault | {"match": match})
    set_tags(stack, blocked, targets=mgmt.name)
    world.comes_to("attached", blocked, mgmt.name, seconds=SECONDS)

    for instance in others:
        world.tag(instance, targets=mgmt.name)

    world.until(lambda: all(shown(stack, mgmt, it) for it in others), seconds=SECONDS)
    assert KEY not in stack.tags(blocked)
    for instance in (blocked, *others):
        world.until(
            lambda it=instance: len(stack.audit(it)) == len(inbox.events(it)),  # type: ignore[misc]
            seconds=SECONDS,
        )
    counted = {it for line in stack.log_lines("publish-changes") for it in others if it in line}
    assert counted == {*others}
    assert {stack.records(it)[mgmt.name]["interface"] for it in (blocked, *others)} == interfaces
    stack.cloud.clear_faults()
    world.until(lambda: shown(stack, mgmt, blocked), seconds=SECONDS)


def shown(stack: Stack, mgmt: Target, instance: str) -> bool:
    """Return whether the instance's tag says what its record says: attached."""
    record = stack.records(instance).get(mgmt.name, {})
    expected = f"{mgmt.name}=attached:{record.get('interface')}@1"
    return stack.tags(instance).get(KEY) == expected


def test_a_status_that_others_removed_or_copied_is_put_right_by_two_sweeps(world: World) -> None:
    """Terraform takes it off; "launch more like this" brings another's."""
    stack, mgmt = world.stack, world.target()
    mgmt.interface()
    instance, copy = world.launch(targets=mgmt.name), world.launch()
    interface = world.comes_to("attached", instance, mgmt.name, seconds=SECONDS)["interface"]
    world.until(lambda: shown(stack, mgmt, instance), seconds=SECONDS)
    status = stack.tags(instance)[KEY]
    for resource in (instance, interface):
        stack.ec2.delete_tags(Resources=[resource], Tags=[{"Key": KEY}])
    stack.ec2.create_tags(Resources=[copy], Tags=[{"Key": KEY, "Value": status}])

    sweep(stack)
    sweep(stack)

    world.until(lambda: shown(stack, mgmt, instance))
    world.until(lambda: stack.tags(interface).get(KEY) == status)
    world.until(lambda: KEY not in stack.tags(copy))


def test_a_deployment_may_leave_the_tags_of_instances_to_another_tool(tmp_path: Path) -> None:
    """Its writer may not tag instances, and does not try to; interfaces say the same."""
    parameters = {"StatusTags": "interface"}
    with LocalCloud.start(tmp_path, attach_seconds=0.1, auth=True) as cloud:
        stack = Stack(cloud, cloud.deploy(ROOT / "template.yaml", "dualhome", parameters))
        world = World(stack)
        mgmt = world.target()
        interface = mgmt.interface()
        instance = world.launch(targets=mgmt.name)
        world.comes_to("attached", instance, mgmt.name, seconds=SECONDS)

        expected = f"{mgmt.name}=attached:{interface}@1"
        world.until(lambda: stack.tags(interface).get(KEY) == expected, seconds=SECONDS)
        world.until(lambda: stack.statuses_to_write() == 0, seconds=SECONDS)

        assert KEY not in stack.tags(instance)
        assert not [it for it in stack.log_lines("write-status") if '"level":"ERROR"' in it]
        World.made.remove(world)
