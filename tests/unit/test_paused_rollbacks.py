"""Rollbacks while the stack is paused: they wait, and go on when it is over."""

from dataclasses import replace
from datetime import timedelta

import pytest

from dualhome.application.rollback import Undo, detach_interface
from dualhome.domain.errors import PausedError
from dualhome.domain.progress import ATTACH_TIMEOUT
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State
from tests.support.builders import INSTANCE, INTERFACE, MGMT, POLICY, an_instance, an_interface
from tests.support.in_memory_scene import Scene, a_scene

TARGETS = "dualhome:targets"
HOUR = timedelta(hours=1).total_seconds()


def test_what_never_gets_attached_is_not_undone() -> None:
    """To take it back is to detach it; its time-out comes after the pause."""
    scene = a_scene(an_instance(), an_interface())
    scene.ec2.attach_seconds = 24 * HOUR
    scene.look()

    _paused(scene).work_off(2 * ATTACH_TIMEOUT.total_seconds())
    assert State.ATTACHING == scene.record().state
    scene.ec2.detach_seconds = 1
    _unpaused(scene).work_off(120)

    assert Reason.ATTACH_TIMEOUT == scene.record().reason
    assert State.FAILED == scene.record().state


def test_a_rollback_does_not_detach() -> None:
    """It says so by its own error, for which the state machine waits."""
    scene = _attached()
    scene.ec2.tag(INSTANCE, {TARGETS: None})
    scene.look(event="event-2")
    _paused(scene)

    with pytest.raises(PausedError, match=INTERFACE):
        detach_interface(_undo(scene), scene.rollbacks.undoing)

    assert INSTANCE == _holder(scene)
    assert 0 == scene.calls.count("detach")


def test_a_rollback_goes_on_where_nothing_is_left_to_detach() -> None:
    """The interface is free: what remains is to say so."""
    scene = _attached()
    scene.ec2.tag(INSTANCE, {TARGETS: None})
    scene.look(event="event-2")
    scene.ec2.detach(INTERFACE)

    _paused(scene).work_off()

    assert State.RELEASED == scene.record().state


def test_a_rollback_under_way_waits_and_goes_on_after_the_pause() -> None:
    """A pause of a weekend must not leave it to a person."""
    scene = _attached()
    scene.ec2.tag(INSTANCE, {TARGETS: None})
    scene.look(event="event-2")

    _paused(scene).work_off(72 * HOUR)
    assert State.RELEASING == scene.record().state
    assert INSTANCE == _holder(scene)
    _unpaused(scene).work_off()

    assert State.RELEASED == scene.record().state
    assert _holder(scene) is None


def _attached() -> Scene:
    scene = a_scene(an_instance(), an_interface())
    scene.look()
    scene.work_off()
    scene.clock.advance(600)
    return scene


def _paused(scene: Scene, *, paused: bool = True) -> Scene:
    scene.policy = replace(POLICY, paused=paused)
    scene.rollbacks.undoing = replace(scene.rollbacks.undoing, paused=paused)
    return scene


def _unpaused(scene: Scene) -> Scene:
    return _paused(scene, paused=False)


def _undo(scene: Scene) -> Undo:
    return Undo(INSTANCE, MGMT, scene.record().version)


def _holder(scene: Scene) -> str | None:
    shown = scene.ec2.interface(INTERFACE)
    return shown.attachment.instance if shown and shown.attachment else None
