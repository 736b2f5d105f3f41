"""A deployment in memory in which one instance has been attached for ten minutes."""

from dataclasses import replace

from tests.support.builders.values import INSTANCE, INTERFACE, POLICY, an_instance, an_interface
from tests.support.scenarios.scene import Scene, a_scene


def attached() -> Scene:
    """Return a deployment whose instance holds its interface, and nothing is on its way."""
    scene = a_scene(an_instance(), an_interface())
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
    scene.policy = replace(scene.policy, paused=paused)
    scene.rollbacks.paused = paused
    return scene
