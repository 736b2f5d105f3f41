"""EC2 does not let go at once, or somebody interferes: the release ends well, or ends stuck."""

from tests.support.e2e_faults import CLIENT_TRIES
from tests.support.e2e_release import (
    PATH_OF_A_RELEASE,
    attached,
    is_free,
    moves_since_attached,
    refuse_detach,
    want_nothing,
)
from tests.support.e2e_world import World


def test_a_detach_that_ec2_refuses_for_good_ends_stuck_and_keeps_its_claim(world: World) -> None:
    """Nobody else may get an interface that is still attached; a person reads why."""
    mgmt = world.target()
    interface = mgmt.interface()
    instance, record = attached(world, mgmt)
    words = "The attachment cannot be <detached> & stays."
    refuse_detach(world, record, error_code="OperationNotPermitted", message=words)

    want_nothing(world, instance)
    stuck = world.comes_to("stuck", instance, mgmt.name, reason="UNDO_FAILED")

    assert "OperationNotPermitted" in stuck["detail"]
    assert words in stuck["detail"]
    assert world.stack.holder(interface) == (instance, mgmt.name)
    assert world.stack.slots(instance) == {"0#1": mgmt.name}
    assert world.stack.attachments(instance)[1] == (interface, "attached")
    expected = f"{mgmt.name}=stuck:UNDO_FAILED"
    world.until(lambda: world.stack.tags(instance).get("dualhome-status") == expected)


def test_a_throttled_detach_is_repeated_until_it_succeeds(world: World) -> None:
    """EC2 asks for patience; that is no reason to wake a person."""
    mgmt = world.target()
    interface = mgmt.interface()
    instance, record = attached(world, mgmt)
    refuse_detach(world, record, error_code="RequestLimitExceeded", times=2 * CLIENT_TRIES)

    want_nothing(world, instance)
    world.comes_to("released", instance, mgmt.name, reason="NOT_WANTED", seconds=60)

    assert is_free(world, interface)
    assert PATH_OF_A_RELEASE == moves_since_attached(world, instance, mgmt.name)


def test_a_detach_whose_reply_is_lost_is_found_done(world: World) -> None:
    """Asking again is answered with "no such attachment", which is what we wanted."""
    mgmt = world.target()
    interface = mgmt.interface()
    instance, record = attached(world, mgmt)
    refuse_detach(
        world, record, error_code="InternalError", times=CLIENT_TRIES, after_execution=True
    )

    want_nothing(world, instance)
    world.comes_to("released", instance, mgmt.name, reason="NOT_WANTED", seconds=60)

    assert is_free(world, interface)
    assert PATH_OF_A_RELEASE == moves_since_attached(world, instance, mgmt.name)


def test_an_interface_detached_by_hand_during_its_release_is_released(world: World) -> None:
    """Somebody helped; that is no error."""
    mgmt = world.target()
    interface = mgmt.interface()
    instance, record = attached(world, mgmt)
    refuse_detach(world, record, error_code="RequestLimitExceeded", times=2 * CLIENT_TRIES)

    want_nothing(world, instance)
    world.comes_to("releasing", instance, mgmt.name)
    world.stack.cloud.clear_faults()
    world.stack.ec2.detach_network_interface(AttachmentId=record["attachment_id"])

    world.comes_to("released", instance, mgmt.name, reason="NOT_WANTED", seconds=60)
    assert is_free(world, interface)


def test_an_interface_that_somebody_deletes_during_its_release_is_released(world: World) -> None:
    """What does not exist is not attached."""
    mgmt = world.target()
    interface = mgmt.interface()
    instance, record = attached(world, mgmt)
    refuse_detach(world, record, error_code="RequestLimitExceeded", times=2 * CLIENT_TRIES)

    want_nothing(world, instance)
    world.comes_to("releasing", instance, mgmt.name)
    world.stack.cloud.clear_faults()
    world.stack.ec2.detach_network_interface(AttachmentId=record["attachment_id"])
    world.until(lambda: world.stack.attachments(instance).keys() == {0})
    world.stack.ec2.delete_network_interface(NetworkInterfaceId=interface)

    world.comes_to("released", instance, mgmt.name, seconds=60)
    assert world.stack.holder(interface) is None
    assert world.stack.slots(instance) == {}


def test_an_instance_terminated_during_a_release_leaves_nothing_behind(world: World) -> None:
    """EC2 lets go by itself; the rollback that runs finds that out."""
    mgmt = world.target()
    interface = mgmt.interface()
    instance, record = attached(world, mgmt)
    refuse_detach(world, record, error_code="RequestLimitExceeded", times=2 * CLIENT_TRIES)

    want_nothing(world, instance)
    world.comes_to("releasing", instance, mgmt.name)
    world.stack.ec2.terminate_instances(InstanceIds=[instance])

    world.comes_to("released", instance, mgmt.name, seconds=60)
    world.until(lambda: is_free(world, interface))
