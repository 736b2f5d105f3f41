"""Manual changes, and instances that are gone: we take what is as it is."""

from datetime import timedelta

from tests.support.deployed.queue import send, state_change
from tests.support.deployed.world import World

TRUSTED_FOR = timedelta(seconds=10)
"""A younger record is believed: what EC2 shows may lag behind it."""

NEVER_WAS = "i-0123456789abcdef0"


def test_a_pool_interface_attached_by_hand_is_adopted(world: World) -> None:
    """What we would have done is done already; we record it and attach no second one."""
    mgmt = world.target()
    interface = mgmt.interface()
    mgmt.interface()
    instance = world.launch_running(type_="t3.xlarge")
    attachment = world.attach_by_hand(instance, interface, 2)

    world.tag(instance, targets=mgmt.name)
    record = world.comes_to("attached", instance, mgmt.name)

    assert (record["origin"], record["interface"]) == ("adopted", interface)
    assert (record["slot"]["index"], record["attachment_id"]) == (2, attachment)
    assert world.stack.holder(interface) == (instance, mgmt.name)
    assert world.stack.slots(instance) == {"0#2": mgmt.name}
    assert world.stack.attachments(instance).keys() == {0, 2}


def test_an_interface_attached_by_hand_from_a_vpc_that_does_not_allow_is_not_adopted(
    world: World,
) -> None:
    """Adoption must not bless what the rules forbid."""
    mgmt = world.target(allow_from="")
    interface = mgmt.interface()
    instance = world.launch_running()
    world.attach_by_hand(instance, interface, 1)

    world.tag(instance, targets=mgmt.name)

    world.comes_to("refused", instance, mgmt.name, reason="NOT_ALLOWED")
    assert world.stack.holder(interface) is None


def test_an_interface_at_another_index_than_the_pin_is_not_adopted(world: World) -> None:
    """The guest relies on the index that the tag names."""
    mgmt = world.target()
    by_hand = mgmt.interface()
    other = mgmt.interface()
    instance = world.launch_running(type_="t3.xlarge")
    world.attach_by_hand(instance, by_hand, 1)

    world.tag(instance, targets=f"{mgmt.name}@2")

    assert other == world.comes_to("attached", instance, mgmt.name)["interface"]


def test_an_interface_detached_by_hand_is_attached_again(world: World) -> None:
    """The tag still asks for it; who wants it off removes the tag."""
    mgmt = world.target()
    mgmt.interface()
    mgmt.interface()
    instance = world.launch(targets=mgmt.name)
    record = world.comes_to("attached", instance, mgmt.name)

    world.stack.ec2.detach_network_interface(AttachmentId=record["attachment_id"])
    world.until(lambda: world.stack.attachments(instance).keys() == {0})
    world.stack.age(instance, mgmt.name, TRUSTED_FOR)
    send(world.stack, state_change(instance))
    world.until(lambda: world.stack.records(instance)[mgmt.name]["version"] > record["version"])
    again = world.comes_to("attached", instance, mgmt.name)

    assert again["interface"] == record["interface"]
    assert again["attachment_id"] != record["attachment_id"]
    assert world.stack.attachments(instance)[1] == (record["interface"], "attached")
    assert "DETACHED_BY_HAND" in [it.get("reason") for it in world.stack.audit(instance)]


def test_an_instance_that_never_was_leaves_no_record(world: World) -> None:
    """A stale or forged event about it is answered by reading, and nothing is written."""
    world.is_reconciled(NEVER_WAS)

    assert world.stack.records(NEVER_WAS) == {}
    assert world.stack.audit(NEVER_WAS) == []


def test_an_instance_terminated_before_its_reconciliation_gets_nothing(world: World) -> None:
    """An interface must not be claimed for the dead."""
    mgmt = world.target()
    interface = mgmt.interface()
    instance = world.launch_running()
    world.stack.ec2.terminate_instances(InstanceIds=[instance])

    world.tag(instance, targets=mgmt.name)
    world.is_reconciled(instance)

    assert world.stack.records(instance) == {}
    assert world.stack.holder(interface) is None


def test_an_instance_terminated_while_its_interface_attaches_ends_released(world: World) -> None:
    """Neither claim nor slot outlives the instance."""
    mgmt = world.target()
    interface = mgmt.interface()
    instance = world.launch(targets=mgmt.name)
    world.until(lambda: world.stack.records(instance))

    world.stack.ec2.terminate_instances(InstanceIds=[instance])

    world.comes_to("released", instance, mgmt.name, reason="INSTANCE_STATE")
    assert world.stack.holder(interface) is None
    assert world.stack.slots(instance) == {}
