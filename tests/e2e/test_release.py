"""What is wanted no longer is given back: interface, claim and slot, with a record of it all."""

import pytest

from tests.support.deployed.attachments import (
    PATH_OF_A_RELEASE,
    Attached,
    attached,
    is_free,
    moves_since_attached,
    want_nothing,
)
from tests.support.deployed.events import Inbox
from tests.support.deployed.stack import Stack
from tests.support.deployed.world import World


@pytest.fixture(scope="module")
def several(stack: Stack, inbox: Inbox) -> list[Attached]:  # noqa: ARG001 - it must hear of all
    """Attachments for the tests that begin with one, made at the same time."""
    return Attached.in_worlds(*(World(stack) for _ in range(6)))


@pytest.fixture
def one(several: list[Attached]) -> Attached:
    """An attachment of this test's own."""
    return several.pop()


def test_a_removed_tag_releases_the_interface(one: Attached) -> None:
    """Nothing is left behind: no attachment, no claim, no slot."""
    world, mgmt, instance, interface = one.world, one.mgmt, one.instance, one.interface

    want_nothing(world, instance)
    record = world.comes_to("released", instance, mgmt.name, reason="NOT_WANTED")

    assert record["interface"] == interface
    assert is_free(world, interface)
    assert world.stack.slots(instance) == {}
    assert world.stack.attachments(instance).keys() == {0}
    expected = f"{mgmt.name}=released"
    world.until(lambda: world.stack.tags(instance).get("dualhome-status") == expected)
    assert world.stack.tags(interface)["dualhome-status"] == f"released:{instance}"


def test_a_release_is_in_the_audit_and_on_the_event_bus(one: Attached, inbox: Inbox) -> None:
    """Each move names the run that made it, so that its steps can be looked up."""
    world, mgmt, instance = one.world, one.mgmt, one.instance

    want_nothing(world, instance)
    world.comes_to("released", instance, mgmt.name)
    world.until(lambda: len(inbox.events(instance)) >= len(world.stack.audit(instance)))

    assert PATH_OF_A_RELEASE == moves_since_attached(world, instance, mgmt.name)
    releasing, released = world.stack.audit(instance)[-2:]
    assert (releasing["reason"], released["reason"]) == ("NOT_WANTED", "NOT_WANTED")
    assert releasing["cause"] == released["cause"]
    assert released["execution_arn"].startswith(
        world.stack.outputs["RollbackStateMachineArn"].replace(":stateMachine:", ":execution:")
    )
    assert [it["id"] for it in world.stack.audit(instance)] == [
        it["detail"]["id"] for it in inbox.events(instance)
    ]


def test_a_released_interface_goes_to_the_instance_that_waits(world: World) -> None:
    """The instance that waits need not be touched."""
    mgmt = world.target()
    interface = mgmt.interface()
    first, _ = attached(world, mgmt)
    second = world.launch(targets=mgmt.name)
    world.comes_to("waiting", second, mgmt.name)

    want_nothing(world, first)

    assert interface == world.comes_to("attached", second, mgmt.name)["interface"]
    assert world.stack.holder(interface) == (second, mgmt.name)


def test_targets_of_one_instance_are_released_one_by_one(world: World) -> None:
    """The other target's traffic must not notice."""
    mgmt, data = world.target("mgmt"), world.target("data", "10.2.0.0/16")
    for_mgmt, for_data = mgmt.interface(), data.interface()
    both = f"{mgmt.name} {data.name}"
    instance = world.launch(targets=both, type_="t3.xlarge")
    world.comes_to("attached", instance, mgmt.name)
    kept = world.comes_to("attached", instance, data.name)

    world.tag(instance, targets=data.name)
    world.comes_to("released", instance, mgmt.name)

    assert is_free(world, for_mgmt)
    assert kept == world.stack.records(instance)[data.name]
    shown = world.stack.attachments(instance)
    assert {for_data} == {it for index, (it, _) in shown.items() if index}


def test_a_renamed_target_is_exchanged(one: Attached) -> None:
    """The old one is given back, the new one attached; neither waits for the other."""
    world, instance, data = one.world, one.instance, one.world.target("data", "10.2.0.0/16")
    new = data.interface()

    world.tag(instance, targets=data.name)
    world.comes_to("released", instance, one.mgmt.name)

    assert new == world.comes_to("attached", instance, data.name)["interface"]
    assert is_free(world, one.interface)


def test_another_pin_moves_the_interface(world: World) -> None:
    """The guest relies on the index that the tag names."""
    mgmt = world.target()
    interface = mgmt.interface()
    instance, _ = attached(world, mgmt, type_="t3.xlarge")

    world.tag(instance, targets=f"{mgmt.name}@3")
    world.until(lambda: world.stack.attachments(instance).get(3) == (interface, "attached"))
    record = world.comes_to("attached", instance, mgmt.name)

    assert (record["interface"], record["slot"]["index"]) == (interface, 3)
    assert world.stack.attachments(instance).keys() == {0, 3}
    assert world.stack.slots(instance) == {"0#3": mgmt.name}


def test_a_target_that_comes_back_is_attached_again(one: Attached) -> None:
    """Tags flipped off and on end as the last tag says, with the interface of before."""
    world, mgmt, instance = one.world, one.mgmt, one.instance

    want_nothing(world, instance)
    world.comes_to("released", instance, mgmt.name)
    world.tag(instance, targets=mgmt.name)
    again = world.comes_to("attached", instance, mgmt.name)

    assert (again["interface"], again["attempt"]) == (one.interface, 1)
    assert world.stack.attachments(instance)[1] == (one.interface, "attached")


def test_an_ignored_instance_keeps_what_it_has(one: Attached) -> None:
    """Ignored means that nothing is detached either, until the tag is removed."""
    world, mgmt, instance = one.world, one.mgmt, one.instance
    record = world.stack.records(instance)[mgmt.name]
    world.tag(instance, ignore="")

    want_nothing(world, instance)
    world.is_reconciled_while_running(instance)
    assert record == world.stack.records(instance)[mgmt.name]
    world.stack.ec2.delete_tags(Resources=[instance], Tags=[{"Key": "dualhome:ignore"}])

    world.comes_to("released", instance, mgmt.name)
    assert is_free(world, one.interface)


def test_a_stopped_instance_keeps_its_interface_and_can_give_it_back(one: Attached) -> None:
    """A stop is no departure; but a target removed meanwhile is not put off until the start."""
    world, mgmt, instance = one.world, one.mgmt, one.instance
    record = world.stack.records(instance)[mgmt.name]

    world.stack.ec2.stop_instances(InstanceIds=[instance])
    world.until(lambda: world.state(instance) == "stopped")
    world.is_reconciled(instance)
    assert record == world.stack.records(instance)[mgmt.name]
    want_nothing(world, instance)

    world.comes_to("released", instance, mgmt.name)
    assert is_free(world, one.interface)
