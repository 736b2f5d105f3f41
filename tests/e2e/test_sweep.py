"""Nothing is lost with an event: the deployed sweep finds it, with policies enforced."""

from collections.abc import Iterator

import pytest

from tests.support.deployed.stack import Stack
from tests.support.deployed.triggers import sweep, without_events
from tests.support.deployed.world import World


@pytest.fixture
def quiet(guarded: Stack) -> Iterator[World]:
    """A world in which no event of EC2 reaches us."""
    with without_events(guarded):
        yield World(guarded)


def test_the_sweep_alone_attaches_and_releases(quiet: World) -> None:
    """AWS promises its events only as best effort."""
    mgmt = quiet.target("mgmt")
    interface = mgmt.interface()
    instance = quiet.launch_running()
    quiet.tag(instance, targets=mgmt.name)

    sweep(quiet.stack)
    quiet.comes_to("attached", instance, mgmt.name)
    quiet.stack.ec2.delete_tags(Resources=[instance], Tags=[{"Key": "dualhome:targets"}])
    sweep(quiet.stack)
    record = quiet.comes_to("released", instance, mgmt.name)

    assert (record["reason"], record["cause"]["detail_type"]) == ("NOT_WANTED", "Sweep")
    assert quiet.stack.holder(interface) is None


def test_what_is_as_wanted_is_not_requested(quiet: World) -> None:
    """A sweep over a healthy account costs its reads and nothing else."""
    mgmt = quiet.target("mgmt")
    mgmt.interface()
    instance = quiet.launch_running()
    quiet.tag(instance, targets=mgmt.name)
    sweep(quiet.stack)
    quiet.comes_to("attached", instance, mgmt.name)
    before = quiet.stack.records(instance)

    sweep(quiet.stack)

    assert before == quiet.stack.records(instance)


def test_a_target_without_pool_and_tag_is_found_by_its_attachments(quiet: World) -> None:
    """The sweep before has noted its name; nothing else tells it any more."""
    mgmt = quiet.target("mgmt")
    interface = mgmt.interface()
    instance = quiet.launch_running()
    quiet.tag(instance, targets=mgmt.name)
    sweep(quiet.stack)
    quiet.comes_to("attached", instance, mgmt.name)
    sweep(quiet.stack)

    quiet.stack.ec2.terminate_instances(InstanceIds=[instance])
    quiet.until(lambda: not quiet.stack.attachments(instance))
    quiet.stack.ec2.delete_network_interface(NetworkInterfaceId=interface)
    sweep(quiet.stack)

    quiet.comes_to("released", instance, mgmt.name, reason="INSTANCE_STATE")
