"""One list of EC2 that leaves something out: nothing is released, and nothing is missed."""

import pytest

from tests.support.deployed.attachments import Attached, want_nothing
from tests.support.deployed.stack import Stack
from tests.support.deployed.world import World

LIST_OF_INSTANCES, LIST_OF_INTERFACES = "DescribeInstances", "DescribeNetworkInterfaces"


@pytest.fixture(scope="module")
def several(stack: Stack) -> list[Attached]:
    """Attachments for the tests that begin with one, made at the same time."""
    return Attached.in_worlds(*(World(stack) for _ in range(3)))


@pytest.fixture
def one(several: list[Attached]) -> Attached:
    """An attachment of this test's own."""
    return several.pop()


def order(world: World, action: str, resource: str, show: str, times: int = 1) -> None:
    """Let the next lists show ``resource`` so."""
    stale = {"action": action, "resource": resource, "show": show, "times": times}
    world.stack.cloud.order_stale_reads(stale)


def reasons(one: Attached) -> list[str | None]:
    """Return the reason of each move, oldest first."""
    return [move.get("reason") for move in one.world.stack.audit(one.instance)]


def test_one_list_without_tags_is_noted_and_the_note_withdrawn(one: Attached) -> None:
    """The audit shows that it was close; the traffic goes on."""
    order(one.world, LIST_OF_INSTANCES, one.instance, "untagged")

    one.world.is_reconciled(one.instance)
    one.world.until(lambda: reasons(one)[-2:] == ["RELEASE_PENDING", None])

    states = {move["to_state"] for move in one.world.stack.audit(one.instance)}
    assert states == {"claimed", "attaching", "attached"}
    assert one.world.stack.attachments(one.instance)[1] == (one.interface, "attached")


def test_lists_that_lie_as_often_as_they_like_are_held_against_the_answer_by_id(
    one: Attached,
) -> None:
    """The list before the release lacks the tags, too; DescribeTags has them."""
    order(one.world, LIST_OF_INSTANCES, one.instance, "untagged", times=2)

    one.world.is_reconciled(one.instance)
    one.world.until(lambda: reasons(one)[-2:] == ["RELEASE_PENDING", None])

    assert "NOT_WANTED" not in reasons(one)


def test_a_tag_that_is_put_back_within_the_delay_cuts_nothing(one: Attached) -> None:
    """Terraform and Ansible take tags off and put them back."""
    world, instance = one.world, one.instance
    order(world, LIST_OF_INSTANCES, instance, "untagged")

    want_nothing(world, instance)
    world.tag(instance, targets=one.mgmt.name)
    world.until(lambda: reasons(one)[-2:] == ["RELEASE_PENDING", None])

    assert world.stack.records(instance)[one.mgmt.name]["attempt"] == 1
    assert world.stack.attachments(instance)[1] == (one.interface, "attached")


def test_a_tag_that_the_list_does_not_show_yet_is_acted_upon_seconds_later(world: World) -> None:
    """No sweep runs meanwhile: the event says which tags to wait for."""
    mgmt = world.target()
    mgmt.interface()
    instance = world.launch_running()
    order(world, LIST_OF_INSTANCES, instance, "outdated")

    world.tag(instance, targets=mgmt.name)

    record = world.comes_to("attached", instance, mgmt.name)
    assert record["cause"]["detail_type"] == "Tag Change on Resource"


def test_a_pool_interface_that_the_list_does_not_show_yet_is_waited_for(world: World) -> None:
    """The event of its tag names it."""
    mgmt = world.target()
    interface = mgmt.interface(pool="")
    instance = world.launch(targets=mgmt.name)
    world.comes_to("refused", instance, mgmt.name)
    order(world, LIST_OF_INTERFACES, interface, "absent")

    world.tag(interface, pool=mgmt.name)

    assert interface == world.comes_to("attached", instance, mgmt.name)["interface"]
