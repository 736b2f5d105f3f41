"""Instances, their types and VPCs, the same for our EC2 in memory and the local one."""

from dualhome.domain.ec2 import AttachmentStatus, Capacity, DeviceSlot, InstanceState
from dualhome.domain.identifiers import InstanceId
from tests.support.builders.values import OTHER_ACCOUNT, OTHER_ZONE, SLOT
from tests.support.worlds.ec2 import Ec2World, attachment

NO_INSTANCE = InstanceId("i-0123456789abcdef0")
TARGETS = {"dualhome:targets": "mgmt", "Name": "db-1"}


def test_an_instance_is_shown_with_all_that_the_rules_ask_about(world: Ec2World) -> None:
    """A field that an adapter forgets makes a rule that never says no."""
    id_ = world.instance(zone=OTHER_ZONE, type_="t3.micro", tags=TARGETS)

    instance = world.instances.describe([id_])[id_]

    assert (id_, OTHER_ZONE, "t3.micro") == (instance.id, instance.zone, instance.type)
    assert (InstanceState.RUNNING, TARGETS) == (instance.state, instance.tags)
    assert "db-1" == instance.name
    assert instance.vpc in world.vpcs.describe()
    assert instance.owner
    assert instance.zone_id
    assert not instance.operator_managed


def test_a_new_instance_holds_its_primary_interface_at_index_0(world: Ec2World) -> None:
    """It counts against the type's limit."""
    id_ = world.instance()

    (primary,) = world.instances.describe([id_])[id_].attachments

    assert (id_, DeviceSlot(0, 0)) == (primary.instance, primary.slot)
    assert AttachmentStatus.ATTACHED == primary.status


def test_an_instance_shows_what_is_attached_to_it_as_the_interface_does(world: Ec2World) -> None:
    """Both reads lead to one decision: they may not contradict each other."""
    id_, interface = world.instance(), world.interface()
    world.interfaces.attach(id_, interface, SLOT)

    seen = world.instances.describe([id_])[id_].attachment_of(interface)

    assert seen is not None
    assert attachment(world, interface) == seen


def test_both_reads_say_what_ec2_deletes_with_its_instance(world: Ec2World) -> None:
    """What we attach EC2 keeps, until the attribute is changed; then it is gone with it."""
    id_, interface = world.instance(), world.interface()
    world.interfaces.attach(id_, interface, SLOT)
    before = world.instances.describe([id_])[id_].attachment_of(interface)

    world.delete_with_instance(interface)

    seen = world.instances.describe([id_])[id_].attachment_of(interface)
    assert before
    assert seen
    assert (False, True) == (before.delete_on_termination, seen.delete_on_termination)
    assert attachment(world, interface) == seen
    world.terminate(id_)
    assert world.interfaces.find(interface) is None


def test_an_instance_does_not_show_what_was_detached(world: Ec2World) -> None:
    """Its slot is free again."""
    id_, interface = world.instance(), world.interface()
    world.interfaces.attach(id_, interface, SLOT)

    world.detach(interface)

    assert {DeviceSlot(0, 0)} == world.instances.describe([id_])[id_].occupied()


def test_unknown_instances_are_left_out_and_the_others_shown(world: Ec2World) -> None:
    """One wrong id must not hide the rest of a batch."""
    first, second = world.instance(), world.instance()

    found = world.instances.describe([first, NO_INSTANCE, second])

    assert {first, second} == found.keys()


def test_a_stopped_instance_and_a_terminated_one_are_shown_as_such(world: Ec2World) -> None:
    """One is attached to, the other one is released."""
    stopped, terminated = world.instance(), world.instance()
    world.stop(stopped)
    world.terminate(terminated)

    found = world.instances.describe([stopped, terminated])

    assert InstanceState.STOPPED == found[stopped].state
    assert InstanceState.TERMINATED == found[terminated].state


def test_a_stopped_instance_keeps_its_interfaces(world: Ec2World) -> None:
    """EC2 User Guide, "Stop and start your instance"."""
    id_, interface = world.instance(), world.interface()
    world.interfaces.attach(id_, interface, SLOT)

    world.stop(id_)

    assert {DeviceSlot(0, 0), SLOT} == world.instances.describe([id_])[id_].occupied()


def test_capacities_are_known_by_network_card(world: Ec2World) -> None:
    """DescribeInstanceTypes, NetworkInfo; a type that does not exist is left out."""
    types = ["t3.micro", "t3.medium", "c5.4xlarge", "p4d.24xlarge", "t0.imaginary"]

    found = world.instances.capacities(types)

    assert {
        "t3.micro": Capacity({0: 2}),
        "t3.medium": Capacity({0: 3}),
        "c5.4xlarge": Capacity({0: 8}),
        "p4d.24xlarge": Capacity({0: 15, 1: 15, 2: 15, 3: 15}),
    } == found


def test_capacities_asked_for_twice_are_the_same(world: Ec2World) -> None:
    """An adapter may remember them: what a type holds never changes."""
    first = world.instances.capacities(["t3.micro"])

    second = world.instances.capacities(["t3.medium", "t3.micro"])

    assert first == {"t3.micro": second["t3.micro"]}
    assert {"t3.micro", "t3.medium"} == second.keys()


def test_vpcs_are_shown_with_their_blocks_and_tags(world: Ec2World) -> None:
    """All of them, since any may serve a target, and any may be an instance's."""
    tags = {"dualhome:target": "mgmt", "dualhome:allow-from": "*"}
    serving, plain = world.vpc("10.20.0.0/16", tags), world.vpc("10.30.0.0/16", {})

    found = world.vpcs.describe()

    assert (("10.20.0.0/16",), tags) == (found[serving].cidrs, found[serving].tags)
    assert (("10.30.0.0/16",), {}) == (found[plain].cidrs, found[plain].tags)


def test_a_vpc_shows_whose_it_is(world: Ec2World) -> None:
    """Tags on a shared VPC are our own account's: they are no consent of its owner's."""
    own, shared = world.vpc("10.20.0.0/16", {}), world.vpc("10.30.0.0/16", {})
    instance = world.instance()

    world.share(shared, OTHER_ACCOUNT)

    owners = {id_: vpc.owner for id_, vpc in world.vpcs.describe().items()}
    ours = world.instances.describe([instance])[instance].owner
    assert (ours, OTHER_ACCOUNT) == (owners[own], owners[shared])
