"""Malformed tags: each is answered with key, value and what was expected; nothing is attached."""

from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from tests.support.deployed.stack import Stack
from tests.support.deployed.world import Target, World

# Each value with what the answer must say; `{}` stands for a target that could be had.
MALFORMED = {
    "index 0": ("{}@0", "NAME or NAME@INDEX"),
    "negative index": ("{}@-1", "NAME or NAME@INDEX"),
    "index that is no number": ("{}@one", "NAME or NAME@INDEX"),
    "emoji": ("{} 🚀", "NAME or NAME@INDEX"),
    "name of 33 characters": ("x" * 33, "NAME: 1 to 32"),
    "other separator": ("{};data", "NAME or NAME@INDEX"),
    "target twice": ("{} {}", "each target once"),
    "target twice, pinned": ("{}@1 {}@2", "each target once"),
    "two targets on one index": ("{}@1 data@1", "each device index once"),
    "256 characters": ("y" * 256, "NAME: 1 to 32"),
}


@dataclass(frozen=True)
class Crowd:
    """One instance for each malformed value, all launched at once."""

    world: World
    mgmt: Target
    instances: Mapping[str, str]
    values: Mapping[str, str]


@pytest.fixture(scope="module")
def crowd(stack: Stack) -> Crowd:
    """Launch them together: each needs a pass of its own, but no pass needs to wait for another."""
    world = World(stack)
    mgmt = world.target()
    for _ in MALFORMED:
        mgmt.interface()
    values = {case: value.replace("{}", mgmt.name) for case, (value, _) in MALFORMED.items()}
    instances = {case: world.launch(targets=value) for case, value in values.items()}
    return Crowd(world, mgmt, instances, values)


@pytest.mark.parametrize("case", MALFORMED)
def test_a_malformed_tag_is_refused_with_key_value_and_what_was_expected(
    crowd: Crowd, case: str
) -> None:
    """The author of the tag can correct it without reading our code."""
    instance = crowd.instances[case]

    record = crowd.world.comes_to("refused", instance, "*", reason="BAD_TAG")

    assert f"dualhome:targets={crowd.values[case]!r}" in record["detail"]
    assert MALFORMED[case][1] in record["detail"]
    assert list(crowd.world.stack.attachments(instance)) == [0]
    assert list(crowd.world.stack.records(instance)) == ["*"]


def test_a_malformed_tag_is_reported_on_the_instance(crowd: Crowd) -> None:
    """The status stands where the mistake stands."""
    instance, tags = crowd.instances["emoji"], crowd.world.stack.tags

    crowd.world.until(lambda: tags(instance).get("dualhome-status") == "refused:BAD_TAG")


def test_a_malformed_tag_that_is_corrected_is_granted(world: World) -> None:
    """The refusal is closed, and the target is attached."""
    mgmt = world.target()
    interface = mgmt.interface()
    instance = world.launch(targets=f"{mgmt.name}@0")
    world.comes_to("refused", instance, "*", reason="BAD_TAG")

    world.tag(instance, targets=f"{mgmt.name}@1")

    assert interface == world.comes_to("attached", instance, mgmt.name)["interface"]
    world.comes_to("released", instance, "*", reason="NOT_WANTED")
    expected = f"{mgmt.name}=attached:{interface}@1"
    world.until(lambda: world.stack.tags(instance).get("dualhome-status") == expected)


def test_what_is_attached_stays_when_the_tag_becomes_malformed(world: World) -> None:
    """A slip of the keyboard must not cut a connection."""
    mgmt = world.target()
    interface = mgmt.interface()
    instance = world.launch(targets=mgmt.name)
    world.comes_to("attached", instance, mgmt.name)

    world.tag(instance, targets=f"{mgmt.name} {mgmt.name}")
    world.comes_to("refused", instance, "*", reason="BAD_TAG")

    assert world.stack.attachments(instance)[1] == (interface, "attached")
    assert world.stack.holder(interface) == (instance, mgmt.name)


@pytest.mark.parametrize("value", ["", " ", " , "])
def test_an_empty_tag_wants_nothing_and_is_no_mistake(world: World, value: str) -> None:
    """Emptying the tag is how one says: no target any more."""
    instance = world.launch(targets=value)
    world.is_reconciled_while_running(instance)

    assert world.stack.records(instance) == {}
    assert "dualhome-status" not in world.stack.tags(instance)


def test_a_name_that_no_vpc_serves_is_no_malformed_tag(world: World) -> None:
    """The form is right; it is the target that is missing."""
    wanted = world.named("unknown")

    instance = world.launch(targets=wanted)

    world.comes_to("refused", instance, wanted, reason="NO_TARGET")


def test_an_index_beyond_the_type_is_refused_with_the_type_s_highest(world: World) -> None:
    """A t3.medium has three interfaces, so its highest index is 2."""
    mgmt = world.target()
    mgmt.interface()

    instance = world.launch(targets=f"{mgmt.name}@99")

    record = world.comes_to("refused", instance, mgmt.name, reason="INSTANCE_LIMIT")
    assert "device index 99 is pinned, but the type's highest is 2" in record["detail"]
