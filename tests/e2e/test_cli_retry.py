"""`dualhome retry` on the deployed stack."""

from tests.support.deployed.command import dualhome
from tests.support.deployed.world import World

REFUSAL = {"action": "AttachNetworkInterface", "error_code": "OperationNotPermitted"}


def test_what_failed_is_tried_at_once_and_followed_to_the_end(world: World) -> None:
    """Its own time would have come a minute later."""
    mgmt = world.target()
    interface = mgmt.interface()
    order = REFUSAL | {"message": "not today", "match": {"NetworkInterfaceId": interface}}
    world.stack.cloud.faults(order | {"times": 1})
    instance = world.launch(targets=mgmt.name)
    world.comes_to("failed", instance, mgmt.name)

    done = dualhome(world.stack, "retry", instance, "--yes")

    assert 0 == done.returncode, done.stdout + done.stderr
    assert done.stdout.endswith(f"{instance} {mgmt.name}: attached\n")
    record = world.stack.records(instance)[mgmt.name]
    assert ("attached", interface) == (record["state"], record["interface"])
    claimed = next(
        it for it in reversed(world.stack.audit(instance)) if it["to_state"] == "claimed"
    )
    assert ("dualhome", "Retry") == (claimed["cause"]["source"], claimed["cause"]["detail_type"])
    assert claimed["cause"]["principal"].startswith("arn:aws:iam::111122223333:")


def test_an_instance_that_does_not_exist_is_named(world: World) -> None:
    """One sentence, no traceback."""
    done = dualhome(world.stack, "retry", "i-0fedcba9876543210", "--yes")

    assert 2 == done.returncode
    assert "i-0fedcba9876543210" in done.stderr
    assert "Traceback" not in done.stderr
