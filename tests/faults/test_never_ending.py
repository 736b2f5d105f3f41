"""EC2 accepts and never ends: an attach is given up, a detach is left to a person."""

from collections.abc import Mapping

import pytest

from tests.support.deployed.faults.runs import Run, Survived, outcome

pytestmark = pytest.mark.timeout(900)


@pytest.fixture(scope="module")
def given_up(never_ending: Mapping[str, Run]) -> Mapping[str, Survived]:
    """What became of those that began before all other tests."""
    run = never_ending["detaching"]
    run.world.comes_to("stuck", run.instance, run.target.name, seconds=300)
    return outcome("EC2 never ends", never_ending)


def test_an_attach_that_never_ends_is_rolled_back_and_fails(
    given_up: Mapping[str, Survived],
) -> None:
    """The interface goes back to its pool, and the record says what became of the attach."""
    it = given_up["attaching"]

    assert it.broken == []
    moves = [(move["to_state"], move.get("reason")) for move in it.run.stack.audit(it.run.instance)]
    assert ("releasing", "ATTACH_TIMEOUT") in moves
    assert ("failed", "ATTACH_TIMEOUT") in moves


def test_a_detach_that_never_ends_is_left_to_a_person(given_up: Mapping[str, Survived]) -> None:
    """Claim and slot are kept, so that no instance gets an interface that is not free."""
    it = given_up["detaching"]

    assert it.broken == []
    assert (it.state, it.record["reason"]) == ("stuck", "DETACH_TIMEOUT")
    assert it.run.stack.holder(it.run.pool[0]) == (it.run.instance, it.run.target.name)
