"""EC2 asks for patience, or does not answer: nothing is undone, and it ends well."""

from datetime import datetime

import pytest

from tests.support.e2e_faults import CLIENT_TRIES, ask_with_fault, moves
from tests.support.e2e_stack import Item
from tests.support.e2e_world import World


@pytest.mark.parametrize("lost", [1, CLIENT_TRIES])
def test_a_lost_reply_ends_in_exactly_one_attachment(world: World, lost: int) -> None:
    """The call has no token: what EC2 shows decides, not the error."""
    mgmt = world.target()
    both = {mgmt.interface(), mgmt.interface()}

    instance = ask_with_fault(
        world, mgmt, error_code="InternalError", times=lost, after_execution=True
    )
    record = world.comes_to("attached", instance, mgmt.name)

    shown = world.stack.attachments(instance)
    assert shown.keys() == {0, 1}
    assert shown[1] == (record["interface"], "attached")
    assert [it for it in both if world.stack.holder(it)] == [record["interface"]]
    assert all(it["interface"] == record["interface"] for it in world.stack.audit(instance))


def test_a_throttled_attach_succeeds_in_the_end_and_the_audit_says_why_it_took_so_long(
    world: World,
) -> None:
    """Nothing is undone, no other interface is taken, and the noise is one entry."""
    mgmt = world.target()
    mgmt.interface()
    mgmt.interface()

    instance = ask_with_fault(
        world, mgmt, error_code="RequestLimitExceeded", times=2 * CLIENT_TRIES + 1
    )
    world.comes_to("attached", instance, mgmt.name, seconds=40)

    assert moves(world, instance) == [
        ("claimed", ""),
        ("claimed", "THROTTLED"),
        ("attaching", ""),
        ("attached", ""),
    ]
    assert len({it["interface"] for it in world.stack.audit(instance)}) == 1


def test_an_attach_that_was_throttled_for_long_is_verified_as_soon_as_any(world: World) -> None:
    """The waits grow while EC2 refuses; once it has accepted, they begin anew."""
    mgmt = world.target()
    mgmt.interface()

    instance = ask_with_fault(
        world, mgmt, error_code="RequestLimitExceeded", times=4 * CLIENT_TRIES
    )
    world.comes_to("attached", instance, mgmt.name, seconds=60)

    at = {it["to_state"]: datetime.fromisoformat(it["at"]) for it in world.stack.audit(instance)}
    assert (at["attached"] - at["attaching"]).total_seconds() < 5


def test_an_attach_that_ec2_never_carried_out_is_made_again(world: World) -> None:
    """EC2 was down for a moment: the claim is taken up when its owner must have given up."""
    mgmt = world.target()
    interface = mgmt.interface()

    instance = ask_with_fault(world, mgmt, error_code="Unavailable", times=CLIENT_TRIES)
    record = world.comes_to("attached", instance, mgmt.name, seconds=60)

    assert interface == record["interface"]
    assert world.stack.attachments(instance).keys() == {0, 1}


@pytest.mark.parametrize(
    "action", ["DescribeInstances", "DescribeNetworkInterfaces", "DescribeVpcs"]
)
def test_a_read_that_is_throttled_is_made_again_later(world: World, action: str) -> None:
    """No message is lost when EC2 asks for patience."""
    mgmt = world.target()
    mgmt.interface()
    instance = world.launch_running()
    fault: Item = {"action": action, "error_code": "RequestLimitExceeded", "times": CLIENT_TRIES}

    world.stack.cloud.faults(fault)
    world.tag(instance, targets=mgmt.name)

    world.comes_to("attached", instance, mgmt.name, seconds=40)


def test_a_status_tag_that_cannot_be_written_now_is_written_later(world: World) -> None:
    """The stream delivers the move again until it is told."""
    mgmt = world.target()
    interface = mgmt.interface()
    instance = world.launch_running()
    fault = {
        "action": "CreateTags",
        "error_code": "RequestLimitExceeded",
        "times": CLIENT_TRIES,
        "match": {"ResourceId.1": instance, "Tag.1.Key": "dualhome-status"},
    }

    world.stack.cloud.faults(fault)
    world.tag(instance, targets=mgmt.name)
    world.comes_to("attached", instance, mgmt.name)

    expected = f"{mgmt.name}=attached:{interface}@1"
    world.until(lambda: world.stack.tags(instance).get("dualhome-status") == expected)
