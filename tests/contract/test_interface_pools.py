"""Interfaces as EC2 shows them, the same in memory and in the local EC2."""

from dualhome.domain.ec2 import DeviceSlot
from dualhome.domain.identifiers import InstanceId, InterfaceId, TargetName
from tests.support.builders.values import DATA, MGMT, OTHER_ZONE, SLOT
from tests.support.worlds.ec2 import Ec2World, attachment

POOL = "dualhome:pool"
SECOND = DeviceSlot(0, 2)
NO_INSTANCE = InstanceId("i-0123456789abcdef0")
NOTHING = InterfaceId("eni-0123456789abcdef0")


def test_nothing_is_found_for_an_interface_that_is_free_or_was_never_there(
    world: Ec2World,
) -> None:
    """Neither is an error: after a refusal we only want to know whether it is ours."""
    assert attachment(world, world.interface()) is None
    assert attachment(world, NOTHING) is None


def test_a_detached_interface_is_available_again(world: Ec2World) -> None:
    """And may be attached anew, under a new attachment id."""
    instance, interface = world.instance(), world.interface()
    first = world.interfaces.attach(instance, interface, SLOT)

    world.detach(interface)

    assert attachment(world, interface) is None
    assert first != world.interfaces.attach(instance, interface, SECOND)


def test_a_terminated_instance_lets_go_of_its_interfaces(world: Ec2World) -> None:
    """DeleteOnTermination is off for what we attach: the pool gets them back."""
    instance, interface = world.instance(), world.interface(tags={POOL: MGMT})
    world.interfaces.attach(instance, interface, SLOT)

    world.terminate(instance)

    assert attachment(world, interface) is None
    assert "available" == world.interfaces.pool([MGMT])[interface].status


def test_a_pool_holds_the_interfaces_tagged_for_it_whether_in_use_or_not(world: Ec2World) -> None:
    """Those in use tell why a pool is empty, and show what is already attached."""
    free, used = world.interface(tags={POOL: MGMT}), world.interface(tags={POOL: MGMT})
    other, third = world.interface(tags={POOL: DATA}), world.interface(tags={POOL: "third"})
    world.interface()
    instance = world.instance()
    world.interfaces.attach(instance, used, SLOT)

    pool = world.interfaces.pool([MGMT, DATA])

    assert {free, used, other} == pool.keys()
    assert ("available", None) == (pool[free].status, pool[free].attachment)
    assert "in-use" == pool[used].status
    assert attachment(world, used) == pool[used].attachment
    assert [third] == list(world.interfaces.pool([TargetName("third")]))


def test_any_number_of_pools_is_read_at_once(world: Ec2World) -> None:
    """A filter takes 200 values, and tags may name as many targets as their writers like."""
    names = [TargetName(f"t{number}") for number in range(201)]
    first, last = (world.interface(tags={POOL: name}) for name in (names[0], names[-1]))

    assert {first, last} == world.interfaces.pool(names).keys()


def test_an_interface_is_shown_with_all_that_the_rules_ask_about(world: Ec2World) -> None:
    """A field that an adapter forgets makes a rule that never says no."""
    tags = {POOL: MGMT, "dualhome:reserved-for": "db-1"}
    id_ = world.interface(zone=OTHER_ZONE, tags=tags)
    instance = world.instances.describe([home := world.instance(zone=OTHER_ZONE)])[home]

    interface = world.interfaces.pool([MGMT])[id_]

    assert (id_, OTHER_ZONE, tags) == (interface.id, interface.zone, interface.tags)
    assert interface.vpc in world.vpcs.describe()
    assert interface.subnet.startswith("subnet-")
    assert (instance.owner, instance.zone_id) == (interface.owner, interface.zone_id)
    assert interface.zone_id
    assert "interface" == interface.type
    assert (False, False) == (interface.requester_managed, interface.operator_managed)
    assert not interface.outpost
