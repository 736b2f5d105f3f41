"""Reserved means fixed: the instance gets the interface that is reserved for it, or waits."""

from tests.support.deployed.world import OTHER_ZONE, World


def test_an_appliance_in_a_rolling_replacement_gets_its_fixed_address(world: World) -> None:
    """The new one is launched while the old one runs: a spare would stay with it for good."""
    mgmt = world.target()
    name = world.named("fw")
    fixed, spare = mgmt.interface(reserved_for=name), mgmt.interface()
    old = world.launch(targets=mgmt.name, Name=name)
    world.comes_to("attached", old, mgmt.name)

    new = world.launch(targets=mgmt.name, Name=name)
    waiting = world.comes_to("waiting", new, mgmt.name, reason="RESERVED_IN_USE")
    world.stack.ec2.terminate_instances(InstanceIds=[old])
    record = world.comes_to("attached", new, mgmt.name)

    assert waiting["detail"] == f"{fixed}: it is reserved for {name}, and held by {old}"
    assert (waiting["reservation"], waiting["sharing"]) == (name, 2)
    assert (record["interface"], record["slot"]["index"]) == (fixed, 1)
    assert world.stack.holder(spare) is None


def test_an_instance_without_a_reservation_is_served_as_ever(world: World) -> None:
    """Nor does a reservation in another zone make it wait: that could never be attached."""
    mgmt = world.target()
    name = world.named("fw")
    mgmt.interface(OTHER_ZONE, reserved_for=name)
    spares = {mgmt.interface(), mgmt.interface()}

    named = world.launch(targets=mgmt.name, Name=name)
    other = world.launch(targets=mgmt.name)

    found = {world.comes_to("attached", it, mgmt.name)["interface"] for it in (named, other)}
    assert found == spares


def test_a_reservation_that_is_lifted_lets_it_have_another_one(world: World) -> None:
    """The advice of the reason, followed."""
    mgmt = world.target()
    name = world.named("fw")
    fixed, spare = mgmt.interface(reserved_for=name), mgmt.interface()
    world.comes_to("attached", world.launch(targets=mgmt.name, Name=name), mgmt.name)
    new = world.launch(targets=mgmt.name, Name=name)
    world.comes_to("waiting", new, mgmt.name, reason="RESERVED_IN_USE")

    world.stack.ec2.delete_tags(Resources=[fixed], Tags=[{"Key": "dualhome:reserved-for"}])

    assert spare == world.comes_to("attached", new, mgmt.name)["interface"]
