"""Rollbacks while the stack is paused: they wait, and go on when it is over."""

from datetime import timedelta

import pytest

from dualhome.application.rollback import RollbackInput, detach_interface
from dualhome.domain.errors import PausedError
from dualhome.domain.planning.observe import ATTACH_TIMEOUT
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State
from tests.support.builders.values import INSTANCE, INTERFACE, MGMT, an_instance, an_interface
from tests.support.scenarios.attached import attached, holder, paused, unpaused
from tests.support.scenarios.scene import Scene, a_scene

TARGETS = "dualhome:targets"
HOUR = timedelta(hours=1).total_seconds()


def test_what_never_gets_attached_is_not_rolled_back() -> None:
    """Its release would detach it; its time-out comes after the pause."""
    scene = a_scene(an_instance(), an_interface())
    scene.ec2.attach_seconds = 24 * HOUR
    scene.request()

    paused(scene).work_off(2 * ATTACH_TIMEOUT.total_seconds())
    assert State.ATTACHING == scene.record().state
    scene.ec2.detach_seconds = 1
    unpaused(scene).work_off(120)

    assert Reason.ATTACH_TIMEOUT == scene.record().reason
    assert State.FAILED == scene.record().state


def test_a_rollback_does_not_detach() -> None:
    """It says so by its own error, for which the state machine waits."""
    scene = attached()
    scene.ec2.tag(INSTANCE, {TARGETS: None})
    scene.request(event="event-2")
    paused(scene)

    with pytest.raises(PausedError, match=INTERFACE):
        _detach(scene)

    assert INSTANCE == holder(scene)
    assert 0 == scene.calls.count("detach")


def test_a_rollback_goes_on_where_nothing_is_left_to_detach() -> None:
    """The interface is free: what remains is to say so."""
    scene = attached()
    scene.ec2.tag(INSTANCE, {TARGETS: None})
    scene.request(event="event-2")
    scene.ec2.detach(INTERFACE)

    paused(scene).work_off()

    assert State.RELEASED == scene.record().state


def test_a_rollback_under_way_waits_and_goes_on_after_the_pause() -> None:
    """A pause of a weekend must not leave it to an operator."""
    scene = attached()
    scene.ec2.tag(INSTANCE, {TARGETS: None})
    scene.request(event="event-2")

    paused(scene).work_off(72 * HOUR)
    assert State.RELEASING == scene.record().state
    assert INSTANCE == holder(scene)
    unpaused(scene).work_off()

    assert State.RELEASED == scene.record().state
    assert holder(scene) is None


def _detach(scene: Scene) -> None:
    given = RollbackInput(INSTANCE, MGMT, scene.record().version)
    detach_interface(given, scene.ledger, scene.rollbacks.interfaces, paused=scene.rollbacks.paused)
