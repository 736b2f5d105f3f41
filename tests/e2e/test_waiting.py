"""No interface is free now: the instance waits, and is served when one appears."""

from tests.support.deployed.world import OTHER_ZONE, World

MANY = 50
"""Targets whose refusals fill a tag of 256 characters, and take half a second to write."""


def test_an_empty_pool_makes_the_instance_wait(world: World) -> None:
    """It is no failure: the next interface is for the instance that waits."""
    mgmt = world.target()
    mgmt.interface()
    first = world.launch(targets=mgmt.name)
    world.comes_to("attached", first, mgmt.name)

    second = world.launch(targets=mgmt.name)

    record = world.comes_to("waiting", second, mgmt.name, reason="POOL_EMPTY")
    assert first in record["detail"]
    expected = f"{mgmt.name}=waiting:POOL_EMPTY"
    world.until(lambda: world.stack.tags(second).get("dualhome-status") == expected)


def test_an_instance_that_waits_is_served_when_an_interface_is_tagged(world: World) -> None:
    """New capacity requeues the instances that lack it; they need not be touched."""
    mgmt = world.target()
    mgmt.interface()
    world.comes_to("attached", world.launch(targets=mgmt.name), mgmt.name)
    second = world.launch(targets=mgmt.name)
    world.comes_to("waiting", second, mgmt.name)

    added = mgmt.interface(pool="")
    world.tag(added, pool=mgmt.name)

    record = world.comes_to("attached", second, mgmt.name)
    assert added == record["interface"]


def test_an_instance_that_was_refused_is_served_when_the_vpc_s_owner_allows(world: World) -> None:
    """The owner of the VPC sets the tag that the refusal names, and that is all."""
    mgmt = world.target(allow_from="")
    interface = mgmt.interface()
    instance = world.launch(targets=mgmt.name)
    world.comes_to("refused", instance, mgmt.name, reason="NOT_ALLOWED")

    mgmt.tag(allow_from=world.app.vpc)

    assert interface == world.comes_to("attached", instance, mgmt.name)["interface"]


def test_an_instance_that_was_refused_is_served_when_a_vpc_begins_to_serve(world: World) -> None:
    """The order in which people set up the two sides does not matter."""
    network = world.network("10.1.0.0/16")
    wanted = world.named("mgmt")
    instance = world.launch(targets=wanted)
    world.comes_to("refused", instance, wanted, reason="NO_TARGET")

    created = world.stack.ec2.create_network_interface(
        SubnetId=network.subnets["us-east-1a"],
        TagSpecifications=[
            {
                "ResourceType": "network-interface",
                "Tags": [{"Key": "dualhome:pool", "Value": wanted}],
            }
        ],
    )
    network.tag(target=wanted, allow_from="*")

    record = world.comes_to("attached", instance, wanted)
    assert created["NetworkInterface"]["NetworkInterfaceId"] == record["interface"]


def test_an_instance_refused_for_the_zone_is_served_by_an_interface_there(world: World) -> None:
    """The refusal said where interfaces are missing."""
    mgmt = world.target()
    mgmt.interface(OTHER_ZONE)
    instance = world.launch(targets=mgmt.name)
    world.comes_to("refused", instance, mgmt.name, reason="NO_INTERFACE_IN_ZONE")

    here = mgmt.interface()

    assert here == world.comes_to("attached", instance, mgmt.name)["interface"]


def test_an_interface_of_a_terminated_instance_goes_to_one_that_waits(world: World) -> None:
    """Capacity that comes back is not left lying."""
    mgmt = world.target()
    interface = mgmt.interface()
    first = world.launch(targets=mgmt.name)
    world.comes_to("attached", first, mgmt.name)
    second = world.launch(targets=mgmt.name)
    world.comes_to("waiting", second, mgmt.name)

    world.stack.ec2.terminate_instances(InstanceIds=[first])

    assert interface == world.comes_to("attached", second, mgmt.name)["interface"]
    released = world.comes_to("released", first, mgmt.name, reason="INSTANCE_STATE")
    assert released["interface"] == interface
    assert world.stack.slots(first) == {}
    assert world.stack.holder(interface) == (second, mgmt.name)


def test_a_waiting_instance_that_is_terminated_waits_no_more(world: World) -> None:
    """An interface that comes free later is not offered to the dead."""
    mgmt = world.target()
    mgmt.interface(reserved_for="another")
    instance = world.launch(targets=mgmt.name)
    world.comes_to("waiting", instance, mgmt.name, reason="RESERVED")

    world.stack.ec2.terminate_instances(InstanceIds=[instance])

    world.comes_to("released", instance, mgmt.name, reason="INSTANCE_STATE")


def test_a_reservation_that_is_lifted_serves_the_instance_that_waits(world: World) -> None:
    """Removing the tag is new capacity too."""
    mgmt = world.target()
    interface = mgmt.interface(reserved_for="another")
    instance = world.launch(targets=mgmt.name)
    world.comes_to("waiting", instance, mgmt.name, reason="RESERVED")

    world.stack.ec2.delete_tags(Resources=[interface], Tags=[{"Key": "dualhome:reserved-for"}])

    assert interface == world.comes_to("attached", instance, mgmt.name)["interface"]


def test_an_interface_tagged_while_the_wait_is_being_written_down_is_not_missed(
    world: World,
) -> None:
    """
    The event finds no instance, because the record that it searches is written a moment later.

    Many targets make that moment long: the pool is read before the first of their records is
    written, and the last one is `mgmt`'s.
    """
    mgmt = world.target()
    mgmt.interface(reserved_for="another")
    added = mgmt.interface(pool="")
    instance = world.launch_running()
    others = " ".join(f"n{number:02}" for number in range(MANY))

    world.tag(instance, targets=f"{others} {mgmt.name}")
    world.until(lambda: world.stack.records(instance))
    world.tag(added, pool=mgmt.name)

    assert added == world.comes_to("attached", instance, mgmt.name)["interface"]
