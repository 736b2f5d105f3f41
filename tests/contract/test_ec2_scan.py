"""All that a sweep reads of EC2, the same in memory and in the local EC2."""

import pytest

from dualhome.adapters.ec2.scan import Ec2Scan
from dualhome.application.sweep_ports import Page, Scan
from dualhome.domain.ec2 import InstanceState
from dualhome.domain.errors import PageGoneError
from tests.support.builders.values import DATA, MGMT, POLICY, SLOT
from tests.support.fakes.ec2_scan import InMemoryScan
from tests.support.worlds.ec2 import Ec2World
from tests.support.worlds.in_memory import InMemoryWorld
from tests.support.worlds.local import LocalWorld

PAGE = 5
"""The smallest page that EC2 gives (EC2 API Reference, DescribeInstances)."""

TARGETS, IGNORE, POOL = "dualhome:targets", "dualhome:ignore", "dualhome:pool"


@pytest.fixture
def scan(world: Ec2World) -> Scan:
    """Return the port on the same EC2."""
    match world:
        case InMemoryWorld():
            return InMemoryScan(world.ec2, page=PAGE)
        case LocalWorld():
            return Ec2Scan(world.client, POLICY.keys, page=PAGE)
    raise TypeError(f"no fleet in a {type(world)}")


def test_an_account_that_has_nothing_to_do_with_us_shows_nothing(
    world: Ec2World, scan: Scan
) -> None:
    """Most instances of most accounts."""
    world.instance(tags={"Name": "db-1"})
    world.interface(tags={"Name": "db-1"})

    assert (Page([]), Page([])) == (scan.asking(None), scan.pools(None))


@pytest.mark.parametrize("value", ["mgmt", "mgmt data@2", "", "@"])
def test_an_instance_with_the_tag_is_shown_whatever_its_value(
    world: Ec2World, scan: Scan, value: str
) -> None:
    """An empty one wants nothing, a malformed one is reported: both are read like the others."""
    asking = world.instance(tags={TARGETS: value})
    world.instance(tags={"other:targets": value, "dualhome-status": "mgmt=attached"})

    assert [asking] == [it.id for it in scan.asking(None).items]


def test_an_ignored_instance_is_shown_with_or_without_targets(world: Ec2World, scan: Scan) -> None:
    """Not to see the tag is to take what it protects for unwanted."""
    alone = world.instance(tags={IGNORE: ""})
    both = world.instance(tags={IGNORE: "yes", TARGETS: "mgmt"})

    assert {alone, both} == {it.id for it in scan.asking(None).items}


def test_who_carries_a_status_alone_is_marked_and_asks_for_nothing(
    world: Ec2World, scan: Scan
) -> None:
    """A status may be copied to an instance of which no record knows."""
    asking = world.instance(tags={TARGETS: "mgmt"})
    copied = world.instance(tags={"dualhome-status": "mgmt=attached:eni-01@1"})
    world.instance(tags={"other-status": "on"})

    assert [asking] == [it.id for it in scan.asking(None).items]
    assert {asking, copied} == {it.id for it in scan.tagged(None).items}


def test_instances_are_shown_in_every_state(world: Ec2World, scan: Scan) -> None:
    """A stopped one keeps what it has, a terminated one has given it back."""
    stopped, terminated = (world.instance(tags={TARGETS: "mgmt"}) for _ in range(2))
    world.stop(stopped)
    world.terminate(terminated)

    found = {it.id: it for it in scan.asking(None).items}

    assert InstanceState.STOPPED == found[stopped].state
    assert InstanceState.TERMINATED == found[terminated].state


def test_the_interfaces_of_every_pool_are_shown_free_and_in_use(
    world: Ec2World, scan: Scan
) -> None:
    """And those alone."""
    free, used = world.interface(tags={POOL: MGMT}), world.interface(tags={POOL: DATA})
    world.interface()
    instance = world.instance()
    attachment = world.interfaces.attach(instance, used, SLOT)

    pools = {it.id: it for it in scan.pools(None).items}

    assert {free, used} == pools.keys()
    assert pools[free].attachment is None
    seen = pools[used].attachment
    assert seen
    assert (instance, SLOT, attachment) == (seen.instance, seen.slot, seen.id)


def test_a_sweep_sees_what_a_reconciliation_sees(world: Ec2World, scan: Scan) -> None:
    """Otherwise it would request reconciliations that find nothing to do."""
    instance, interface = world.instance(tags={TARGETS: "mgmt"}), world.interface(tags={POOL: MGMT})
    world.interfaces.attach(instance, interface, SLOT)

    assert [world.instances.describe([instance])[instance]] == scan.asking(None).items
    assert [world.interfaces.pool([MGMT])[interface]] == scan.pools(None).items


def test_all_are_shown_page_by_page_and_each_once(world: Ec2World, scan: Scan) -> None:
    """A sweep holds one page at a time."""
    instances = {world.instance(tags={TARGETS: "mgmt"}) for _ in range(PAGE + 1)}
    interfaces = {world.interface(tags={POOL: MGMT}) for _ in range(2 * PAGE)}

    asking = scan.asking(None)
    asking_more = scan.asking(asking.token)
    pools = scan.pools(None)
    pools_more = scan.pools(pools.token)

    assert [PAGE, 1] == [len(asking.items), len(asking_more.items)]
    assert instances == {it.id for page in (asking, asking_more) for it in page.items}
    assert [PAGE, PAGE] == [len(pools.items), len(pools_more.items)]
    assert interfaces == {it.id for page in (pools, pools_more) for it in page.items}
    assert (None, None) == (asking_more.token, pools_more.token)


@pytest.mark.parametrize("ports", ["asking", "pools"])
def test_a_token_that_ec2_does_not_know_is_distinguished_from_an_empty_account(
    local_world: LocalWorld, ports: str
) -> None:
    """An expired one must begin the listing anew, not end it."""
    scan = Ec2Scan(local_world.client, POLICY.keys)

    with pytest.raises(PageGoneError):
        getattr(scan, ports)("expired")
