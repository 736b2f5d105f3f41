"""EC2 does not detach at once, or an operator interferes: the release ends well, or ends stuck."""

from collections.abc import Mapping

import pytest

from tests.support.deployed.attachments import (
    PATH_OF_A_RELEASE,
    Attached,
    attached,
    is_free,
    moves_since_attached,
    refuse_detach,
    want_nothing,
)
from tests.support.deployed.ordered_faults import CLIENT_TRIES
from tests.support.deployed.stack import Item, Stack
from tests.support.deployed.world import World

REFUSAL = "The attachment cannot be <detached> & stays."

FAULTS: Mapping[str, Item] = {
    "refused for good": {"error_code": "OperationNotPermitted", "message": REFUSAL},
    "throttled": {"error_code": "RequestLimitExceeded", "times": 2 * CLIENT_TRIES},
    "reply lost": {"error_code": "InternalError", "times": CLIENT_TRIES, "after_execution": True},
    "terminated meanwhile": {"error_code": "RequestLimitExceeded", "times": 2 * CLIENT_TRIES},
}
FAULT_SECONDS = 180


@pytest.fixture(scope="module")
def releases(stack: Stack) -> Mapping[str, Attached]:
    """One release for each fault: each takes long, but none needs to wait for another."""
    found = dict(zip(FAULTS, Attached.in_worlds(*(World(stack) for _ in FAULTS)), strict=True))
    for case, it in found.items():
        refuse_detach(it.world, stack.records(it.instance)[it.mgmt.name], **FAULTS[case])
        want_nothing(it.world, it.instance)
    gone = found["terminated meanwhile"]
    gone.world.comes_to("releasing", gone.instance, gone.mgmt.name)
    stack.ec2.terminate_instances(InstanceIds=[gone.instance])
    for case, it in found.items():
        end = "stuck" if case == "refused for good" else "released"
        it.world.comes_to(end, it.instance, it.mgmt.name, seconds=FAULT_SECONDS)
    return found


def test_a_detach_that_ec2_refuses_for_good_ends_stuck_and_keeps_its_claim(
    releases: Mapping[str, Attached],
) -> None:
    """No other instance may get an interface that is still attached; the operator reads why."""
    it = releases["refused for good"]
    stack, target = it.world.stack, it.mgmt.name

    stuck = stack.records(it.instance)[target]

    assert (stuck["state"], stuck["reason"]) == ("stuck", "UNDO_FAILED")
    assert "OperationNotPermitted" in stuck["detail"]
    assert REFUSAL in stuck["detail"]
    assert stack.holder(it.interface) == (it.instance, target)
    assert stack.slots(it.instance) == {"0#1": target}
    assert stack.attachments(it.instance)[1] == (it.interface, "attached")
    expected = f"{target}=stuck:UNDO_FAILED"
    it.world.until(lambda: stack.tags(it.instance).get("dualhome-status") == expected)


@pytest.mark.parametrize("case", ["throttled", "reply lost"])
def test_a_detach_that_is_throttled_or_whose_reply_is_lost_ends_released(
    releases: Mapping[str, Attached], case: str
) -> None:
    """
    Neither is a reason to raise an alarm.

    EC2 throttles, and we wait. Asking again after a lost reply is answered with "no
    such attachment", which is what we wanted.
    """
    it = releases[case]

    record = it.world.stack.records(it.instance)[it.mgmt.name]

    assert (record["state"], record["reason"]) == ("released", "NOT_WANTED")
    assert is_free(it.world, it.interface)
    assert PATH_OF_A_RELEASE == moves_since_attached(it.world, it.instance, it.mgmt.name)


def test_an_interface_detached_by_hand_during_its_release_is_released(world: World) -> None:
    """A manual detach is no error."""
    mgmt = world.target()
    interface = mgmt.interface()
    instance, record = attached(world, mgmt)
    refuse_detach(world, record, error_code="RequestLimitExceeded", times=2 * CLIENT_TRIES)

    want_nothing(world, instance)
    world.comes_to("releasing", instance, mgmt.name)
    world.stack.cloud.clear_faults()
    world.stack.ec2.detach_network_interface(AttachmentId=record["attachment_id"])

    world.comes_to("released", instance, mgmt.name, reason="NOT_WANTED")
    assert is_free(world, interface)


def test_an_interface_that_is_deleted_during_its_release_is_released(world: World) -> None:
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

    world.comes_to("released", instance, mgmt.name)
    assert world.stack.holder(interface) is None
    assert world.stack.slots(instance) == {}


def test_an_instance_terminated_during_a_release_leaves_nothing_behind(
    releases: Mapping[str, Attached],
) -> None:
    """EC2 detaches by itself; the rollback that runs finds that out."""
    it = releases["terminated meanwhile"]

    it.world.until(lambda: is_free(it.world, it.interface))

    assert it.world.stack.slots(it.instance) == {}
