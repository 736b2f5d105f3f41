"""Many at once: three reconcilers run side by side, and no instance is lost or served twice."""

from tests.e2e.crowd import crowd
from tests.support.deployed.waiting import until
from tests.support.deployed.world import World


def test_a_hundred_instances_get_a_hundred_interfaces(world: World) -> None:
    """Every one is attached, no interface and no index twice, within the budget of EC2 calls."""
    it = crowd(world, 100, 100)

    assert it.states() == {"attached": 100}
    assert {record["interface"] for record in it.in_state("attached")} == it.interfaces
    assert it.claims() == {record["interface"]: key for key, record in it.records.items()}
    assert it.in_ec2() == {
        record["interface"]: (instance, 1, "attached") for instance, record in it.records.items()
    }
    assert all(list(world.stack.slots(instance)) == ["0#1"] for instance in it.records)
    calls = it.ec2_calls()
    assert calls["AttachNetworkInterface"] + calls["CreateTags"] <= 2 * 100, calls
    assert it.reads_per_pass() <= 4, calls
    assert set(calls) <= {
        "AttachNetworkInterface",
        "CreateTags",
        "DescribeInstances",
        "DescribeInstanceTypes",
        "DescribeNetworkInterfaces",
        "DescribeVpcs",
    }


def test_sixty_interfaces_serve_sixty_of_a_hundred_and_then_one_more(world: World) -> None:
    """The others wait, and when one comes free exactly one of them gets it."""
    it = crowd(world, 100, 60)

    assert it.states() == {"attached": 60, "waiting": 40}
    assert {record["interface"] for record in it.in_state("attached")} == it.interfaces
    assert {record["reason"] for record in it.in_state("waiting")} == {"POOL_EMPTY"}
    assert all(not world.stack.slots(record["instance"]) for record in it.in_state("waiting"))
    leaving = it.in_state("attached")[0]
    world.stack.ec2.terminate_instances(InstanceIds=[leaving["instance"]])

    def next_ones() -> list[str]:
        """Who has the interface now, and had none."""
        return [
            record["instance"]
            for record in world.stack.items_of_target(leaving["target"])
            if record["state"] == "attached" and record.get("interface") == leaving["interface"]
            if record["instance"] != leaving["instance"]
        ]

    (served,) = until(next_ones)
    assert served in {record["instance"] for record in it.in_state("waiting")}
    assert world.stack.holder(leaving["interface"]) == (served, leaving["target"])
