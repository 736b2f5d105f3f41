"""EC2's answers by id, the same for our EC2 in memory and the local one."""

from dualhome.domain.ec2 import InstanceState
from dualhome.domain.identifiers import InstanceId, InterfaceId, VpcId
from tests.support.builders.values import SLOT
from tests.support.worlds.ec2 import Ec2World

TAGS = {"dualhome:targets": "mgmt", "Name": "db-1"}
NO_INSTANCE = InstanceId("i-0123456789abcdef0")
NO_INTERFACE = InterfaceId("eni-0123456789abcdef0")
NO_VPC = VpcId("vpc-0123456789abcdef0")


def test_tags_of_several_resources_come_with_one_question(world: Ec2World) -> None:
    """Of every kind; what has none, or is unknown, is left out."""
    instance, bare = world.instance(tags=TAGS), world.instance()
    vpc = world.vpc("10.9.0.0/16", {"dualhome:target": "mgmt"})

    found = world.facts.tags([instance, bare, vpc, NO_INTERFACE])

    assert {instance: TAGS, vpc: {"dualhome:target": "mgmt"}} == found


def test_an_instance_is_shown_by_its_id_as_in_a_list(world: Ec2World) -> None:
    """With its tags and attachments."""
    id_, interface = world.instance(tags=TAGS), world.interface()
    world.interfaces.attach(id_, interface, SLOT)

    shown = world.facts.instance(id_)

    assert world.instances.describe([id_])[id_] == shown


def test_an_instance_that_ec2_does_not_know_is_none(world: Ec2World) -> None:
    """It is an error to EC2, and an answer to us."""
    assert world.facts.instance(NO_INSTANCE) is None


def test_a_terminated_instance_is_shown_as_that(world: Ec2World) -> None:
    """For about an hour."""
    id_ = world.instance()
    world.terminate(id_)

    shown = world.facts.instance(id_)

    assert shown
    assert InstanceState.TERMINATED == shown.state


def test_vpcs_are_shown_but_for_those_that_are_unknown(world: Ec2World) -> None:
    """One that is missing must not hide the others."""
    vpcs = [world.vpc("10.9.0.0/16", {}), world.vpc("10.8.0.0/16", {})]

    assert set(vpcs) == world.facts.vpcs(vpcs).keys()
    assert {vpcs[0]} == world.facts.vpcs([vpcs[0], NO_VPC]).keys()
    assert {} == world.facts.vpcs([NO_VPC])


def test_interfaces_are_shown_but_for_those_that_are_unknown(world: Ec2World) -> None:
    """One that was deleted must not hide the others."""
    kept, gone = world.interface(), world.interface()
    world.delete(gone)

    assert {kept} == world.facts.interfaces([kept, gone, NO_INTERFACE]).keys()
    assert {} == world.facts.interfaces([gone])
    assert world.interfaces.find(kept) == world.facts.interfaces([kept])[kept]


def test_more_ids_than_one_call_takes_are_asked_for_in_several(world: Ec2World) -> None:
    """A call's filters take 200 values."""
    unknown = [VpcId(f"vpc-{number:017x}") for number in range(201)]
    vpc = world.vpc("10.9.0.0/16", {})

    assert {vpc} == world.facts.vpcs([*unknown, vpc]).keys()
