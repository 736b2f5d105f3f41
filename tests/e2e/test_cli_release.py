"""`dualhome release` on the deployed stack."""

from tests.support.deployed.attachments import attached, is_free, refuse_detach
from tests.support.deployed.command import dualhome
from tests.support.deployed.world import World


def test_an_interface_is_released_and_its_return_shown(world: World) -> None:
    """The tag still asks: the command says so, and with which command to end that."""
    mgmt = world.target()
    interface = mgmt.interface()
    instance, _ = attached(world, mgmt)

    done = dualhome(world.stack, "release", instance, "--yes")

    assert 0 == done.returncode, done.stdout + done.stderr
    assert f"EC2 is asked to detach {interface}" in done.stdout
    assert f"{instance} still asks for {mgmt.name}" in done.stdout
    lines = done.stdout.splitlines()
    assert f"{instance} {mgmt.name}: released" in lines
    assert f"{instance} {mgmt.name}: the tag still asks for it: attached" == lines[-1]
    assert "attached" == world.stack.records(instance)[mgmt.name]["state"]
    path = [it["to_state"] for it in world.stack.audit(instance)]
    assert ["attached", "releasing", "released", "claimed"] == path[2:6]


def test_what_is_stuck_is_freed_by_force(world: World) -> None:
    """The last resort, for an instance that does not answer."""
    mgmt = world.target()
    interface = mgmt.interface()
    instance, record = attached(world, mgmt)
    refuse_detach(world, record, error_code="OperationNotPermitted", message="no", times=1)
    world.stack.ec2.delete_tags(Resources=[instance], Tags=[{"Key": "dualhome:targets"}])
    world.comes_to("stuck", instance, mgmt.name)

    done = dualhome(
        world.stack, "release", instance, "--target", mgmt.name, "--force-detach", "--yes"
    )

    assert 0 == done.returncode, done.stdout + done.stderr
    assert "last resort" in done.stdout
    assert done.stdout.endswith(f"{instance} {mgmt.name}: released\n")
    assert is_free(world, interface)


def test_nothing_is_released_where_nothing_is_held(world: World) -> None:
    """A second release finds the first one done."""
    instance = world.launch_running()

    done = dualhome(world.stack, "release", instance, "--yes")

    assert 0 == done.returncode, done.stdout + done.stderr
    assert "nothing to release" in done.stdout
