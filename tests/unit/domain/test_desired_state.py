"""What an instance asks for: read once, the same for plans, sweeps, invariants and people."""

import pytest

from dualhome.domain.ec2 import InstanceState
from dualhome.domain.observed import desired_state, read_desired_state
from dualhome.domain.tags import WHOLE_TAG, TagKeys, Wanted
from tests.support.builders.values import DATA, MGMT, an_instance

KEYS = TagKeys()


def test_targets_are_named_in_the_order_written() -> None:
    """The first that is asked for gets the lowest index."""
    desired = desired_state(an_instance(targets="mgmt data@2"), KEYS)

    assert [Wanted(MGMT), Wanted(DATA, 2)] == list(desired.wanted.values())
    assert not desired.all_or_none
    assert not desired.left_as_is


def test_a_unit_is_asked_for_by_its_policy() -> None:
    """All of its targets, or none."""
    assert desired_state(an_instance(tags={"dualhome:policy": "all"}), KEYS).all_or_none


def test_an_excluded_instance_wants_nothing_and_keeps_what_it_has() -> None:
    """What its tag names is still told to who asks."""
    desired = desired_state(an_instance(tags={"dualhome:ignore": ""}), KEYS)

    assert ({}, True) == (desired.wanted, desired.left_as_is)
    assert [MGMT] == list(desired.named)
    assert [] == desired.unrecorded(set())


@pytest.mark.parametrize("tags", [{"dualhome:targets": "mgmt@0"}, {"dualhome:policy": "some"}])
def test_a_malformed_tag_stands_for_itself_and_releases_nothing(tags: dict[str, str]) -> None:
    """It is one thing that is asked for, and cannot be had."""
    desired = desired_state(an_instance(tags=tags), KEYS)

    assert desired.error is not None
    assert desired.left_as_is
    assert [WHOLE_TAG] == desired.unrecorded(set())


@pytest.mark.parametrize("state", [InstanceState.SHUTTING_DOWN, InstanceState.TERMINATED])
def test_one_that_departs_gives_back_by_itself(state: InstanceState) -> None:
    """That is no release of ours, and nothing is attached any more."""
    desired = desired_state(an_instance(state=state), KEYS)

    assert ({}, True) == (desired.wanted, desired.left_as_is)


def test_one_that_is_not_shown_asks_for_nothing() -> None:
    """Its records end; nothing is kept from that."""
    assert ({}, False) == ((it := desired_state(None, KEYS)).wanted, it.left_as_is)


def test_what_is_recorded_is_not_missing() -> None:
    """By name, as it is listed to people."""
    desired = desired_state(an_instance(targets="mgmt data backup"), KEYS)

    assert ["backup", "data"] == desired.unrecorded({MGMT})


def test_tags_are_read_by_the_deployments_own_keys() -> None:
    """Another deployment's tag on the same instance means nothing to us."""
    tags = {"net:targets": "data", "dualhome:targets": "@"}

    assert [DATA] == list(read_desired_state(tags, TagKeys("net")).wanted)
    assert read_desired_state(tags, KEYS).error is not None


@pytest.mark.parametrize(
    ("index", "at", "accepted"), [(None, 3, True), (2, 2, True), (2, 1, False)]
)
def test_a_pin_accepts_its_own_index_alone(index: int | None, at: int, *, accepted: bool) -> None:
    """Without a pin any will do."""
    assert accepted is Wanted(MGMT, index).accepts(at)
