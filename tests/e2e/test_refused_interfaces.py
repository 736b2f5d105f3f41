"""EC2 refuses one interface for good: the others of its pool serve the instance."""

from dualhome.domain.identifiers import InstanceId, InterfaceId, TargetName
from dualhome.domain.planning.select import rendezvous_weight
from tests.support.deployed.calls import RECONCILER, Calls
from tests.support.deployed.command import dualhome
from tests.support.deployed.ordered_faults import ATTACH, moves
from tests.support.deployed.world import Target, World

TOO_MANY = "PrivateIpAddressLimitExceeded"
FOR_GOOD = 1000


def test_the_next_interface_is_attached_in_the_same_pass(world: World) -> None:
    """The refused one has more addresses than the type allows; the one beside it has not."""
    mgmt, instance = world.target(), world.launch()
    bad, good = _in_order(instance, mgmt, mgmt.interface(), mgmt.interface())
    _refuse(world, bad, times=FOR_GOOD)
    calls = Calls.from_now(world.stack)

    _ask(world, instance, mgmt)
    record = world.comes_to("attached", instance, mgmt.name)

    assert record["interface"] == good
    assert [(it["interface"], it["code"]) for it in record["refusals"]] == [(bad, TOO_MANY)]
    states = [to for to, _ in moves(world, instance)]
    assert states == ["claimed", "failed", "claimed", "attaching", "attached"]
    assert calls.count(RECONCILER, ATTACH, about=instance) == 2
    assert len({it["request_id"] for it in world.stack.audit(instance)[:4]}) == 1
    assert world.stack.holder(bad) is None


def test_a_new_interface_helps_at_once(world: World) -> None:
    """A failure waits for its time, unless there is something that it has not tried."""
    mgmt, instance = world.target(), world.launch()
    bad = mgmt.interface()
    _refuse(world, bad, times=FOR_GOOD)
    _ask(world, instance, mgmt)
    failed = world.comes_to("failed", instance, mgmt.name, reason="EC2_REFUSED")
    assert failed["failure"]["code"] == TOO_MANY

    added = mgmt.interface(pool="")
    world.tag(added, pool=mgmt.name)

    assert added == world.comes_to("attached", instance, mgmt.name)["interface"]


def test_retry_helps_as_soon_as_the_interface_is_mended(world: World) -> None:
    """It comes last, not never: the operator does not wait for the hour to pass."""
    mgmt, instance = world.target(), world.launch()
    bad = mgmt.interface()
    _refuse(world, bad, times=1)
    _ask(world, instance, mgmt)
    world.comes_to("failed", instance, mgmt.name, reason="EC2_REFUSED")

    done = dualhome(world.stack, "retry", instance, "--yes")

    assert done.returncode == 0, done.stdout
    assert bad == world.comes_to("attached", instance, mgmt.name)["interface"]


def test_a_unit_is_completed_by_the_next_interface(world: World) -> None:
    """All or none: nothing is given back while there is another one to try."""
    mgmt, data = world.target(), world.target("data", "10.2.0.0/16")
    instance = world.launch(policy="all")
    bad, good = _in_order(instance, mgmt, mgmt.interface(), mgmt.interface())
    part = data.interface()
    _refuse(world, bad, times=FOR_GOOD)

    world.is_running(instance)
    world.tag(instance, targets=f"{data.name} {mgmt.name}")

    assert good == world.comes_to("attached", instance, mgmt.name)["interface"]
    assert part == world.comes_to("attached", instance, data.name)["interface"]
    assert "releasing" not in [to for to, _ in moves(world, instance)]


def _in_order(instance: str, mgmt: Target, *interfaces: str) -> list[str]:
    """Return ``interfaces`` in the order in which the instance is to try them."""
    names = InstanceId(instance), TargetName(mgmt.name)
    return sorted(interfaces, key=lambda it: rendezvous_weight(*names, InterfaceId(it)))[::-1]


def _refuse(world: World, interface: str, times: int) -> None:
    match = {"NetworkInterfaceId": interface}
    world.stack.cloud.faults(
        {"action": ATTACH, "error_code": TOO_MANY, "times": times, "match": match}
    )


def _ask(world: World, instance: str, mgmt: Target) -> None:
    world.is_running(instance)
    world.tag(instance, targets=mgmt.name)
