"""The main job: an instance is tagged, and it is dual-homed."""

from datetime import datetime

import pytest

from tests.support.deployed.attachments import Attached
from tests.support.deployed.events import Inbox
from tests.support.deployed.stack import Stack
from tests.support.deployed.world import OTHER_ZONE, ZONE, World

PATH_OF_AN_ATTACH = [(None, "claimed"), ("claimed", "attaching"), ("attaching", "attached")]


@pytest.fixture(scope="module")
def attached(stack: Stack, inbox: Inbox) -> Attached:
    """An instance that was launched with the tag; the first tests check it from all sides."""
    (it,) = Attached.in_worlds(World(stack))
    it.world.until(lambda: len(inbox.events(it.instance)) > 2)
    return it


def test_an_instance_launched_with_the_tag_is_attached_and_every_record_agrees(
    attached: Attached,
) -> None:
    """Record, EC2 and tags show one truth."""
    stack, mgmt = attached.world.stack, attached.mgmt

    record = stack.records(attached.instance)[mgmt.name]

    assert record["state"] == "attached"
    assert stack.attachments(attached.instance)[1] == (attached.interface, "attached")
    assert (record["interface"], record["slot"]) == (attached.interface, {"card": 0, "index": 1})
    assert (record["vpc"], record["subnet"]) == (mgmt.vpc, mgmt.subnets[ZONE])
    assert (record["zone"], record["origin"], record["attempt"]) == (ZONE, "pool", 1)
    assert stack.holder(attached.interface) == (attached.instance, mgmt.name)
    assert stack.slots(attached.instance) == {"0#1": mgmt.name}


def test_every_move_is_in_the_audit_and_on_the_event_bus(attached: Attached, inbox: Inbox) -> None:
    """The audit shows later what happened; a subscriber learns it at once, and in order."""
    events, audit = inbox.events(attached.instance), attached.world.stack.audit(attached.instance)

    assert PATH_OF_AN_ATTACH == [(it.get("from_state"), it["to_state"]) for it in audit]
    assert {it["detail-type"] for it in events} == {"Attachment State Change"}
    assert [it["id"] for it in audit] == [it["detail"]["id"] for it in events]
    last = audit[-1]
    assert (last["interface"], last["account"], last["region"]) == (
        attached.interface,
        "111122223333",
        "us-east-1",
    )
    assert last["before"]["state"] == "attaching"
    assert last["cause"]["source"] in {"aws.tag", "aws.ec2"}
    assert last["request_id"]
    asked, since = (
        datetime.fromisoformat(last["after"][name]) for name in ("requested_at", "since")
    )
    took = max(0.0, (since - asked).total_seconds())
    assert took == pytest.approx(last["seconds_to_attached"], abs=0.01)


def test_the_status_stands_on_the_instance_and_on_the_interface(attached: Attached) -> None:
    """An operator in the console reads it where he looks."""
    tags = attached.world.stack.tags

    expected = f"{attached.mgmt.name}=attached:{attached.interface}@1"
    assert tags(attached.instance)["dualhome-status"] == expected
    assert tags(attached.interface)["dualhome-status"] == expected


def test_each_move_is_counted_and_the_time_to_attached_is_measured(attached: Attached) -> None:
    """A dashboard needs no code of its own: the log lines are CloudWatch metrics."""
    mgmt, instance = attached.mgmt, attached.instance

    def lines() -> list[str]:
        return attached.world.stack.log_lines("publish-changes")

    attached.world.until(
        lambda: any("SecondsToAttached" in it and mgmt.name in it for it in lines())
    )
    moves = [it for it in lines() if '"Moves"' in it and instance in it]
    assert any('"State":"attached"' in it for it in moves)


def test_an_instance_tagged_later_gets_two_targets_and_its_pin(world: World) -> None:
    """The pin wins, and the other target takes the lowest index that is left."""
    mgmt, data = world.target("mgmt"), world.target("data", "10.2.0.0/16")
    for_mgmt, for_data = mgmt.interface(), data.interface()
    instance = world.launch_running(type_="t3.xlarge")

    world.tag(instance, targets=f"{mgmt.name}, {data.name}@2")
    world.comes_to("attached", instance, mgmt.name)
    world.comes_to("attached", instance, data.name)

    shown = world.stack.attachments(instance)
    assert (shown[1], shown[2]) == ((for_mgmt, "attached"), (for_data, "attached"))
    assert world.stack.slots(instance) == {"0#1": mgmt.name, "0#2": data.name}


def test_the_index_that_the_vpc_prefers_is_taken_if_it_is_free(world: World) -> None:
    """The owner of a network may give it the same device name on every instance."""
    mgmt = world.target(device_index="2")
    interface = mgmt.interface()

    instance = world.launch(targets=mgmt.name)
    world.comes_to("attached", instance, mgmt.name)

    assert world.stack.attachments(instance)[2] == (interface, "attached")


def test_an_interface_of_the_instance_s_own_zone_is_taken(world: World) -> None:
    """EC2 attaches no other."""
    mgmt = world.target()
    mgmt.interface(OTHER_ZONE)
    here = mgmt.interface(ZONE)
    mgmt.interface(OTHER_ZONE)

    instance = world.launch(targets=mgmt.name)

    assert here == world.comes_to("attached", instance, mgmt.name)["interface"]


def test_a_reserved_interface_goes_to_the_instance_it_is_reserved_for(world: World) -> None:
    """A fixed address stays with the instance of that name, whatever else asks."""
    mgmt = world.target()
    reserved = mgmt.interface(reserved_for="db-1")
    free = mgmt.interface()

    web = world.launch(targets=mgmt.name, Name="web-1")
    first = world.comes_to("attached", web, mgmt.name)
    db = world.launch(targets=mgmt.name, Name="db-1")

    assert free == first["interface"]
    assert reserved == world.comes_to("attached", db, mgmt.name)["interface"]


def test_a_stopped_instance_is_attached_too(world: World) -> None:
    """EC2 attaches to stopped instances ("warm attach")."""
    mgmt = world.target()
    interface = mgmt.interface()
    instance = world.launch_running()
    world.stack.ec2.stop_instances(InstanceIds=[instance])
    world.until(lambda: world.state(instance) == "stopped")

    world.tag(instance, targets=mgmt.name)

    assert interface == world.comes_to("attached", instance, mgmt.name)["interface"]


def test_overlapping_address_ranges_are_attached_with_a_warning(world: World) -> None:
    """By default the operator is warned, since routing inside the guest can cope."""
    mgmt = world.target(cidr="10.0.0.0/16")
    mgmt.interface()

    instance = world.launch(targets=mgmt.name)

    record = world.comes_to("attached", instance, mgmt.name)
    assert record["warnings"] == ["OVERLAPPING_CIDR"]


def test_an_excluded_instance_is_left_as_it_is_until_the_tag_is_removed(world: World) -> None:
    """The tag `dualhome:ignore` wins over every target."""
    mgmt = world.target()
    interface = mgmt.interface()
    instance = world.launch(targets=mgmt.name, ignore="")
    world.is_reconciled_while_running(instance)
    assert world.stack.records(instance) == {}

    world.stack.ec2.delete_tags(Resources=[instance], Tags=[{"Key": "dualhome:ignore"}])

    assert interface == world.comes_to("attached", instance, mgmt.name)["interface"]
