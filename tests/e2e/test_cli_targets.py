"""`dualhome targets` on the deployed stack."""

import json

from tests.support.deployed.command import dualhome
from tests.support.deployed.stack import Item, Stack
from tests.support.deployed.world import OTHER_ZONE, ZONE, World


def rows_of(stack: Stack, target: str, *words: str) -> dict[str | None, Item]:
    """Return the rows of a target, by zone."""
    done = dualhome(stack, "targets", "-o", "json", *words)
    return {row["zone"]: row for row in json.loads(done.stdout) if row["target"] == target}


def test_a_pool_tells_what_it_has_and_who_waits(stack: Stack, world: World) -> None:
    """Five interfaces, each in another use, and an instance too many."""
    target = world.target()
    target.interface()
    target.interface(reserved_for="another")
    target.interface(OTHER_ZONE)
    having = world.launch(targets=target.name)
    world.comes_to("attached", having, target.name)
    waiting = world.launch(targets=target.name)
    world.comes_to("waiting", waiting, target.name)

    here, there = (rows_of(stack, target.name)[zone] for zone in (ZONE, OTHER_ZONE))

    assert (target.vpc, 0, 1, 1) == (here["vpc"], here["free"], here["reserved"], here["used"])
    assert (2, {"POOL_EMPTY": 1}) == (here["wanting"], here["waiting_because"])
    assert ["low-water"] == here["lacks"]
    assert (1, 0, ["low-unasked"]) == (there["free"], there["wanting"], there["lacks"])


def test_the_remedy_of_a_pool_that_runs_low_cures_it(stack: Stack, world: World) -> None:
    """The command is made to be typed: its subnet and its tag are the right ones."""
    target = world.target()
    target.interface()
    world.comes_to("attached", world.launch(targets=target.name), target.name)
    low = rows_of(stack, target.name, "--low-water", "1")[ZONE]
    (remedy,) = low["remedies"]
    subnet = remedy.split("--subnet-id ")[1].split()[0]
    assert target.subnets[ZONE] == subnet
    assert f"Tags=[{{Key=dualhome:pool,Value={target.name}}}]" in remedy

    target.interface()

    cured = rows_of(stack, target.name, "--low-water", "1")[ZONE]
    assert ([], 1) == (cured["lacks"], cured["free"])


def test_a_closed_vpc_and_a_name_without_a_vpc_are_shown_to_people_too(
    stack: Stack, world: World
) -> None:
    """Each with the command that solves it, below the table; and the exit code says so."""
    closed = world.target(allow_from="")
    closed.interface()
    unserved = world.named("nowhere")
    world.comes_to("refused", world.launch(targets=unserved), unserved)

    done = dualhome(stack, "targets")

    said = done.stdout.splitlines()
    assert 1 == done.returncode
    assert f"1 instance asks for {unserved}, and no VPC serves it" in said
    closed_says = f"{closed.vpc} serves {closed.name}, and allows no other VPC"
    assert any(line.startswith(closed_says) for line in said)
    assert {"NOT_ALLOWED": 1} == rows_of(stack, closed.name)[ZONE]["unusable_because"]


def test_without_a_low_water_nothing_is_low(stack: Stack, world: World) -> None:
    """For those who only want the numbers."""
    target = world.target()
    world.comes_to("refused", world.launch(targets=target.name), target.name)

    assert 0 == dualhome(stack, "targets", "--low-water", "0").returncode
    assert 1 == dualhome(stack, "targets", "--low-water", "1").returncode
