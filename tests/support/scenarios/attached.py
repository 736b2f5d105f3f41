"""A deployment in memory in which one instance has been attached for ten minutes."""

from dataclasses import replace

from dualhome.application.pause import TRUSTED_FOR
from dualhome.domain.pause import PauseReading
from tests.support.builders.values import (
    INSTANCE,
    INTERFACE,
    POLICY,
    a_pause,
    an_instance,
    an_interface,
)
from tests.support.scenarios.scene import Scene, a_scene


def attached(tries: int = 1) -> Scene:
    """Return a deployment whose instance holds its interface; its SDK ``tries`` so often."""
    scene = a_scene(an_instance(), an_interface(), tries=tries)
    scene.request()
    scene.work_off()
    scene.clock.advance(600)
    return scene


def unwanted() -> Scene:
    """Return a deployment whose instance has just ceased to ask for what it holds."""
    scene = attached()
    scene.ec2.tag(INSTANCE, {POLICY.keys.targets: None})
    return scene


def holder(scene: Scene) -> str | None:
    """Return the instance on which EC2 shows the interface; None if it is free or gone."""
    shown = scene.ec2.interface(INTERFACE)
    return shown.attachment.instance if shown and shown.attachment else None


def paused(scene: Scene) -> Scene:
    """Stop attaching and detaching from now on; return the deployment."""
    return _pausing(scene, paused=True)


def unpaused(scene: Scene) -> Scene:
    """Go on; return the deployment."""
    return _pausing(scene, paused=False)


def _pausing(scene: Scene, *, paused: bool) -> Scene:
    """Write the pause, and let the second pass after which it is read everywhere."""
    last = scene.pauses.written
    pause = a_pause(paused=paused, since=scene.clock(), version=last.version + 1 if last else 1)
    scene.pauses.written = pause
    scene.policy = replace(scene.policy, pause=PauseReading.of(pause, parameter=False))
    scene.clock.advance(TRUSTED_FOR)
    return scene
