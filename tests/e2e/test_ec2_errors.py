"""EC2 refuses to attach: another candidate is taken, or it ends cleanly with its reason."""

import pytest

from tests.support.deployed.calls import RECONCILER, Calls
from tests.support.deployed.ordered_faults import ATTACH, ask_with_fault, moves
from tests.support.deployed.world import World


def test_an_interface_deleted_between_claim_and_attach_gives_way_to_the_next(world: World) -> None:
    """The claim on what is gone is dropped; the instance gets another one."""
    mgmt = world.target()
    both = {mgmt.interface(), mgmt.interface()}

    instance = ask_with_fault(world, mgmt, error_code="InvalidNetworkInterfaceID.NotFound")
    record = world.comes_to("attached", instance, mgmt.name)

    (gone,) = both - {record["interface"]}
    assert moves(world, instance)[:3] == [
        ("claimed", ""),
        ("waiting", "INTERFACE_TAKEN"),
        ("claimed", ""),
    ]
    assert world.stack.holder(gone) is None


def test_an_interface_taken_between_claim_and_attach_gives_way_to_the_next(world: World) -> None:
    """An operator attaches it in that moment."""
    stack, mgmt = world.stack, world.target()
    both = {mgmt.interface(), mgmt.interface()}
    instance, other = world.launch_running(), world.launch_running()
    ours = {"principal": stack.role("ReconcileInstancesRole"), "about": instance}
    (number,) = stack.cloud.interrupt({"do": "hold", "action": ATTACH} | ours)

    world.tag(instance, targets=mgmt.name)
    taken = world.comes_to("claimed", instance, mgmt.name)["interface"]
    answer = stack.ec2.attach_network_interface(
        InstanceId=other, NetworkInterfaceId=taken, DeviceIndex=1
    )
    world.by_hand.append(answer["AttachmentId"])
    stack.cloud.call_off(number)
    record = world.comes_to("attached", instance, mgmt.name)

    assert both - {taken} == {record["interface"]}


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("InvalidNetworkInterface.InUse", "Interface in use."),
        (
            "InvalidParameterValue",
            "Instance already has an interface attached at device index '1'.",
        ),
    ],
)
def test_what_is_refused_as_taken_and_shown_free_is_tried_again(
    world: World, code: str, message: str
) -> None:
    """It may be the echo of our own call, which no read shows yet: nothing else is claimed."""
    mgmt = world.target()
    mgmt.interface()
    mgmt.interface()

    instance = ask_with_fault(world, mgmt, error_code=code, message=message)
    record = world.comes_to("attached", instance, mgmt.name)

    assert (record["attempt"], record["slot"]["index"]) == (1, 1)
    assert len(world.stack.slots(instance)) == 1


def test_the_last_interface_deleted_between_claim_and_attach_leaves_nothing_claimed(
    world: World,
) -> None:
    """There is no next candidate: the record says so, and holds nothing."""
    mgmt = world.target()
    interface = mgmt.interface()

    instance = ask_with_fault(world, mgmt, error_code="InvalidNetworkInterfaceID.NotFound")
    world.comes_to("refused", instance, mgmt.name, reason="NO_INTERFACE_IN_ZONE")

    assert world.stack.slots(instance) == {}
    assert world.stack.holder(interface) is None


def test_what_ec2_refuses_for_good_fails_with_its_own_words_and_holds_nothing(
    world: World,
) -> None:
    """The operator reads EC2's code and message, not our opinion of them."""
    mgmt = world.target()
    interface = mgmt.interface()
    words = "The attachment is not supported by this <instance> & its platform."

    instance = ask_with_fault(world, mgmt, error_code="UnsupportedOperation", message=words)
    record = world.comes_to("failed", instance, mgmt.name, reason="EC2_REFUSED")

    assert record["failure"]["code"] == "UnsupportedOperation"
    assert words in record["failure"]["message"]
    assert record["retry_at"] > record["since"]
    assert world.stack.holder(interface) is None
    assert world.stack.slots(instance) == {}
    expected = f"{mgmt.name}=failed:EC2_REFUSED"
    world.until(lambda: world.stack.tags(instance).get("dualhome-status") == expected)


def test_a_failed_attachment_is_not_tried_again_before_its_time(world: World) -> None:
    """Each try costs a call of the account's small bucket."""
    mgmt = world.target()
    mgmt.interface()
    instance = ask_with_fault(world, mgmt, error_code="UnsupportedOperation", times=5)
    world.comes_to("failed", instance, mgmt.name)
    calls = Calls.from_now(world.stack)

    world.is_reconciled_while_running(instance)

    assert calls.count(RECONCILER, ATTACH, about=instance) == 0


def test_a_limit_that_only_ec2_knows_refuses(world: World) -> None:
    """DescribeInstanceTypes may promise more than EC2 gives."""
    mgmt = world.target()
    interface = mgmt.interface()

    instance = ask_with_fault(world, mgmt, error_code="AttachmentLimitExceeded", message="Too many")
    record = world.comes_to("refused", instance, mgmt.name, reason="INSTANCE_LIMIT")

    assert "Too many" in record["detail"]
    assert world.stack.holder(interface) is None
