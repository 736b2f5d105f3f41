"""A rule says no: the answer names the rule, and what would change it."""

import pytest

from tests.support.deployed.stack import Item
from tests.support.deployed.world import OTHER_ZONE, ZONE, World


def refused(world: World, instance: str, target: str, reason: str) -> Item:
    """Wait for a refusal, and make sure that nothing was attached; return the record."""
    record = world.comes_to("refused", instance, target, reason=reason)
    assert list(world.stack.attachments(instance)) == [0]
    assert world.stack.slots(instance) == {}
    return record


def test_a_zone_without_interfaces_is_refused_with_the_zones_that_have_some(world: World) -> None:
    """The reader can move the instance, or add interfaces where it is."""
    mgmt = world.target()
    mgmt.interface(OTHER_ZONE)

    instance = world.launch(targets=mgmt.name)

    record = refused(world, instance, mgmt.name, "NO_INTERFACE_IN_ZONE")
    assert ZONE in record["detail"]
    assert record["detail"].endswith(f"zones that have some: {OTHER_ZONE}")


def test_a_vpc_that_does_not_allow_is_refused_with_the_tag_to_set(world: World) -> None:
    """Both sides must consent, and the other side's owner must know how."""
    mgmt = world.target(allow_from="")
    mgmt.interface()

    instance = world.launch(targets=mgmt.name)

    record = refused(world, instance, mgmt.name, "NOT_ALLOWED")
    assert f"{mgmt.vpc} does not list {world.app.vpc}" in record["detail"]
    assert "the tag dualhome:allow-from" in record["detail"]


def test_a_target_that_no_vpc_serves_is_refused_by_name(world: World) -> None:
    """A typing mistake in the tag shows itself."""
    wanted = world.named("mgnt")

    instance = world.launch(targets=wanted)

    assert f"dualhome:target={wanted}" in refused(world, instance, wanted, "NO_TARGET")["detail"]


def test_a_vpc_with_a_target_and_no_interfaces_is_named(world: World) -> None:
    """The VPC is right; its pool has not been made yet."""
    mgmt = world.target()

    instance = world.launch(targets=mgmt.name)

    record = refused(world, instance, mgmt.name, "NO_INTERFACE_IN_ZONE")
    assert record["detail"] == f"no interface is tagged dualhome:pool={mgmt.name}"


def test_an_interface_tagged_for_a_target_its_vpc_does_not_serve_is_not_taken(
    world: World,
) -> None:
    """Who can tag an interface cannot thereby open a VPC."""
    mgmt, data = world.target("mgmt"), world.target("data", "10.2.0.0/16")
    stray = data.interface(pool=mgmt.name)

    instance = world.launch(targets=mgmt.name)

    record = refused(world, instance, mgmt.name, "NO_TARGET")
    assert stray in record["detail"]
    assert f"{data.vpc} is not tagged dualhome:target={mgmt.name}" in record["detail"]


def test_a_target_in_the_instance_s_own_vpc_is_refused(world: World) -> None:
    """A second interface in one VPC invites asymmetric routing."""
    mgmt = world.target()
    mgmt.interface()
    world.app.tag(target=mgmt.name, allow_from="*")
    own = world.stack.ec2.create_network_interface(SubnetId=world.app.subnets[ZONE])
    interface = own["NetworkInterface"]["NetworkInterfaceId"]
    mgmt.tag(target="elsewhere")
    world.tag(interface, pool=mgmt.name)

    instance = world.launch(targets=mgmt.name)

    record = refused(world, instance, mgmt.name, "SAME_VPC")
    assert world.app.vpc in record["detail"]


def test_an_index_that_is_taken_cannot_be_pinned(world: World) -> None:
    """A pin is a promise to the guest; it is kept or refused, never bent."""
    mgmt, data = world.target("mgmt"), world.target("data", "10.2.0.0/16")
    mgmt.interface()
    data.interface()
    instance = world.launch(targets=mgmt.name)
    world.comes_to("attached", instance, mgmt.name)

    world.tag(instance, targets=f"{mgmt.name} {data.name}@1")

    record = world.comes_to("refused", instance, data.name, reason="INDEX_TAKEN")
    assert "device index 1 is pinned, but occupied" in record["detail"]


def test_an_instance_type_without_room_is_refused_and_named(world: World) -> None:
    """The reader chooses a larger type, or one target less."""
    mgmt, data = world.target("mgmt"), world.target("data", "10.2.0.0/16")
    mgmt.interface()
    data.interface()

    instance = world.launch(targets=f"{mgmt.name} {data.name}", type_="t3.nano")
    world.comes_to("attached", instance, mgmt.name)

    record = world.comes_to("refused", instance, data.name, reason="INSTANCE_LIMIT")
    assert "t3.nano" in record["detail"]


def test_a_malformed_tag_of_the_vpc_is_refused_and_named(world: World) -> None:
    """The instance's owner learns that the fault is the other side's."""
    mgmt = world.target(allow_from="everybody")
    mgmt.interface()

    instance = world.launch(targets=mgmt.name)

    detail = refused(world, instance, mgmt.name, "BAD_TAG")["detail"]
    assert mgmt.vpc in detail
    assert "dualhome:allow-from='everybody'" in detail


@pytest.mark.parametrize(
    "fields",
    [
        {"RequesterManaged": True},
        {"InterfaceType": "efa"},
        {"Operator": {"Managed": True, "Principal": "eks.amazonaws.com"}},
    ],
    ids=lambda fields: next(iter(fields)),
)
def test_an_interface_that_is_not_ours_to_attach_is_left_alone(
    world: World, fields: dict[str, object]
) -> None:
    """A service that made an interface, or operates it, keeps it."""
    mgmt = world.target()
    interface = mgmt.interface()
    world.stack.cloud.show_interface(interface, **fields)

    instance = world.launch(targets=mgmt.name)

    assert interface in refused(world, instance, mgmt.name, "INTERFACE_UNUSABLE")["detail"]


def test_a_refusal_is_reported_on_the_instance(world: World) -> None:
    """Who set the tag sees in the same place why nothing came of it."""
    wanted = world.named("nowhere")

    instance = world.launch(targets=wanted)

    expected = f"{wanted}=refused:NO_TARGET"
    world.until(lambda: world.stack.tags(instance).get("dualhome-status") == expected)


def test_one_target_s_refusal_does_not_hold_back_another(world: World) -> None:
    """An instance gets what it can have."""
    mgmt = world.target()
    mgmt.interface()
    missing = world.named("missing")

    instance = world.launch(targets=f"{missing} {mgmt.name}")

    world.comes_to("attached", instance, mgmt.name)
    world.comes_to("refused", instance, missing, reason="NO_TARGET")


def test_a_refused_target_that_is_no_longer_asked_for_is_closed(world: World) -> None:
    """A mistake that was corrected leaves no open record."""
    wanted = world.named("mgnt")
    instance = world.launch(targets=wanted)
    refused(world, instance, wanted, "NO_TARGET")

    world.tag(instance, targets="")

    world.comes_to("released", instance, wanted, reason="NOT_WANTED")
