"""Releases that tags ask for are limited between two sweeps; what is held back says so."""

import pytest

from dualhome.domain.errors import UnavailableError
from dualhome.domain.identifiers import InstanceId
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State
from tests.support.builders.values import an_instance, an_interface
from tests.support.scenarios.attached import paused
from tests.support.scenarios.scene import Scene, a_scene

TARGETS = "dualhome:targets"
INSTANCES = [f"i-{number:08x}" for number in range(1, 31)]


def test_a_tag_policy_that_deletes_every_tag_takes_no_more_than_the_limit() -> None:
    """Thirty events come at once; twenty instances lose their interface, ten keep it."""
    scene = _attached()

    _untag(scene)

    states = [scene.record(instance=it).state for it in INSTANCES]
    assert 20 == states.count(State.RELEASED)
    assert 10 == states.count(State.ATTACHED)


def test_what_is_held_back_says_so_once() -> None:
    """The record says that the tag was seen, and why nothing happens."""
    scene = _attached(most=0)

    _untag(scene)
    moves = len(scene.ledger.audit)
    scene.request(*INSTANCES, event="again")

    assert {Reason.RELEASE_HELD} == {scene.record(instance=it).reason for it in INSTANCES}
    assert moves == len(scene.ledger.audit)


def test_a_tag_that_comes_back_ends_the_hold() -> None:
    """The tags are restored: it is as if nothing had happened."""
    scene = _attached(most=0)
    _untag(scene)

    for instance in INSTANCES:
        scene.ec2.tag(instance, {TARGETS: "mgmt"})
    scene.request(*INSTANCES, event="restored")

    kept = [scene.record(instance=it) for it in INSTANCES]
    assert {(State.ATTACHED, None)} == {(it.state, it.reason) for it in kept}
    assert 0 == scene.calls.count("detach")


def test_a_request_that_is_repeated_is_admitted_again() -> None:
    """A retry after a crash must not count twice, nor be refused for having been counted."""
    scene = _attached(most=1)
    first = InstanceId(INSTANCES[0])
    scene.breaker.admits(first)

    _untag(scene)

    assert State.RELEASED == scene.record(instance=first).state
    assert {first} == scene.breaker.admitted


def test_once_counted_anew_what_was_held_is_released() -> None:
    """The sweep does so when it finds few that lose what they have."""
    scene = _attached(most=20)
    _untag(scene)

    scene.breaker.reset()
    scene.request(*INSTANCES, event="sweep")
    scene.work_off()

    assert {State.RELEASED} == {scene.record(instance=it).state for it in INSTANCES}


def test_a_breaker_that_is_open_admits_nothing() -> None:
    """The sweep has found too many: events that come later do not nibble at them."""
    scene = _attached()
    scene.breaker.open()

    _untag(scene)

    assert {State.ATTACHED} == {scene.record(instance=it).state for it in INSTANCES}


def test_a_breaker_that_cannot_be_asked_admits_nothing_yet() -> None:
    """The request comes back; the answer is not guessed."""
    scene = _attached()
    scene.calls.fail_next("admits", UnavailableError("no answer"))

    scene.ec2.tag(INSTANCES[0], {TARGETS: None})
    scene.request(INSTANCES[0])

    assert State.ATTACHED == scene.record(instance=INSTANCES[0]).state
    scene.work_off()
    assert State.RELEASED == scene.record(instance=INSTANCES[0]).state


@pytest.mark.parametrize("reason", [Reason.PAUSED, Reason.RELEASE_HELD])
def test_the_note_does_not_time_the_attachment_again(reason: Reason) -> None:
    """Seconds to attached are those of the attach, not of a pause a week later."""
    scene = _attached(most=0)
    if reason is Reason.PAUSED:
        paused(scene)

    _untag(scene)

    noted = [entry for entry in scene.ledger.audit if entry.after.reason is reason]
    assert 30 == len(noted)
    assert [None] * 30 == [entry.seconds_to_attached for entry in noted]


def _attached(most: int = 20) -> Scene:
    instances = [an_instance(it) for it in INSTANCES]
    pool = [an_interface(f"eni-{number:08x}") for number in range(1, 31)]
    scene = a_scene(*instances, *pool)
    scene.breaker.most = most
    scene.request(*INSTANCES)
    scene.work_off()
    assert {State.ATTACHED} == {scene.record(instance=it).state for it in INSTANCES}
    return scene


def _untag(scene: Scene) -> None:
    for instance in INSTANCES:
        scene.ec2.tag(instance, {TARGETS: None})
    scene.request(*INSTANCES, event="untagged")
    scene.work_off()
