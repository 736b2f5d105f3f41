"""What EC2 attaches and what it refuses, the same in memory and in the local EC2."""

import pytest

from dualhome.domain.ec2 import AttachmentStatus, DeviceSlot, SeenAttachment
from dualhome.domain.errors import (
    AttachmentLimitError,
    DualhomeError,
    InstanceGoneError,
    InstanceStateError,
    InterfaceGoneError,
    InterfaceInUseError,
    SlotTakenError,
    UnavailableError,
    UnexpectedAwsError,
)
from dualhome.domain.identifiers import InstanceId, InterfaceId
from tests.support.builders.values import OTHER_ZONE, SLOT, ZONE
from tests.support.worlds.ec2 import Ec2World, attachment

POOL = "dualhome:pool"
SECOND = DeviceSlot(0, 2)
NO_INSTANCE = InstanceId("i-0123456789abcdef0")
NOTHING = InterfaceId("eni-0123456789abcdef0")


def test_an_interface_of_another_vpc_in_the_same_zone_is_attached(world: Ec2World) -> None:
    """What the product lives on; the answer names the attachment that a read then shows."""
    instance, interface = world.instance(), world.interface()

    id_ = world.interfaces.attach(instance, interface, SLOT)

    expected = SeenAttachment(interface, instance, SLOT, AttachmentStatus.ATTACHED, id_)
    assert expected == attachment(world, interface)


def test_a_stopped_instance_takes_an_interface(world: Ec2World) -> None:
    """EC2 User Guide, "Network interface attachments": warm attach."""
    instance, interface = world.instance(), world.interface()
    world.stop(instance)

    world.interfaces.attach(instance, interface, SLOT)

    assert attachment(world, interface) is not None


def test_an_interface_in_use_is_refused(world: Ec2World) -> None:
    """Another client was faster."""
    interface = world.interface()
    world.interfaces.attach(world.instance(), interface, SLOT)
    second = world.instance()

    with pytest.raises(InterfaceInUseError, match=interface) as refusal:
        world.interfaces.attach(second, interface, SLOT)

    assert "InvalidNetworkInterface.InUse" == refusal.value.code


def test_a_device_index_that_is_taken_is_refused(world: Ec2World) -> None:
    """The code alone could mean anything; the message decides."""
    instance = world.instance()
    world.interfaces.attach(instance, world.interface(), SLOT)
    second = world.interface()

    with pytest.raises(SlotTakenError, match="device index '1'") as refusal:
        world.interfaces.attach(instance, second, SLOT)

    assert "InvalidParameterValue" == refusal.value.code


def test_the_primary_interfaces_index_is_taken(world: Ec2World) -> None:
    """Index 0 is never free."""
    instance, interface = world.instance(), world.interface()

    with pytest.raises(SlotTakenError):
        world.interfaces.attach(instance, interface, DeviceSlot(0, 0))


def test_an_interface_of_another_zone_is_refused_for_good(world: Ec2World) -> None:
    """Our rules never let it come to this: if it does, it is loud."""
    instance, interface = world.instance(zone=ZONE), world.interface(zone=OTHER_ZONE)

    with pytest.raises(UnexpectedAwsError, match="same availability zone") as refusal:
        world.interfaces.attach(instance, interface, SLOT)

    assert "InvalidParameterCombination" == refusal.value.code


def test_the_instance_type_limits_the_interfaces(world: Ec2World) -> None:
    """A t3.micro takes two, the primary one included."""
    instance = world.instance(type_="t3.micro")
    world.interfaces.attach(instance, world.interface(), SLOT)
    second = world.interface()

    with pytest.raises(AttachmentLimitError, match=r"t3\.micro") as refusal:
        world.interfaces.attach(instance, second, SECOND)

    assert "AttachmentLimitExceeded" == refusal.value.code


def test_a_network_card_that_the_type_lacks_is_refused_for_good(world: Ec2World) -> None:
    """A t3.medium has one card."""
    instance, interface = world.instance(), world.interface()

    with pytest.raises(UnexpectedAwsError):
        world.interfaces.attach(instance, interface, DeviceSlot(1, 1))


def test_an_interface_that_is_gone_is_distinguished_from_one_in_use(world: Ec2World) -> None:
    """Another candidate helps in both cases, but this one never comes back."""
    instance, interface = world.instance(), world.interface()
    world.delete(interface)

    with pytest.raises(InterfaceGoneError, match=interface):
        world.interfaces.attach(instance, interface, SLOT)

    assert attachment(world, interface) is None


def test_an_instance_that_ec2_does_not_know_is_gone(world: Ec2World) -> None:
    """Or not there yet: right after a launch EC2's parts disagree."""
    interface = world.interface()

    with pytest.raises(InstanceGoneError, match=NO_INSTANCE):
        world.interfaces.attach(NO_INSTANCE, interface, SLOT)


def test_a_terminated_instance_takes_nothing(world: Ec2World) -> None:
    """It is still shown for an hour."""
    instance, interface = world.instance(), world.interface()
    world.terminate(instance)

    with pytest.raises(InstanceStateError):
        world.interfaces.attach(instance, interface, SLOT)


def test_a_refused_call_changes_nothing(world: Ec2World) -> None:
    """What is claimed for a refused call can be given back at once."""
    instance, interface = world.instance(), world.interface(zone=OTHER_ZONE)

    with pytest.raises(DualhomeError):
        world.interfaces.attach(instance, interface, SLOT)

    assert attachment(world, interface) is None


def test_a_lost_reply_is_found_by_reading(world: Ec2World) -> None:
    """AttachNetworkInterface takes no client token: only a read tells what came of it."""
    instance, interface = world.instance(), world.interface()
    world.lose_next_reply()

    with pytest.raises(UnavailableError):
        world.interfaces.attach(instance, interface, SLOT)

    seen = attachment(world, interface)
    assert seen is not None
    assert (instance, SLOT) == (seen.instance, seen.slot)
