"""An instance that holds its interface, where a release waits for a second reading."""

from dataclasses import replace
from datetime import timedelta

from dualhome.domain.states import State
from tests.support.builders.values import (
    DATA,
    INSTANCE,
    MGMT_VPC,
    POLICY,
    a_vpc,
    an_instance,
    an_interface,
)
from tests.support.scenarios.scene import Scene, a_scene

TARGETS, POLICY_TAG, IGNORE = "dualhome:targets", "dualhome:policy", "dualhome:ignore"
DATA_VPC, DATA_INTERFACE = "vpc-0c", "eni-02"


def attached(tags: dict[str, str] | None = None, *, seconds: int = 10) -> Scene:
    """Return a deployment whose instance, with ``tags``, has held its interface for ten minutes."""
    unit = POLICY_TAG in (tags or {})
    desired = "mgmt data" if unit else "mgmt"
    scene = a_scene(
        an_instance(targets=desired, tags=tags),
        a_vpc(DATA_VPC, target="data", cidrs=("10.30.0.0/16",)),
        an_interface(),
        an_interface(DATA_INTERFACE, pool="data", vpc=DATA_VPC),
        policy=replace(POLICY, release_delay=timedelta(seconds=seconds)),
    )
    if IGNORE in (tags or {}):
        scene.ec2.tag(INSTANCE, {IGNORE: None})
    scene.request()
    scene.work_off()
    scene.clock.advance(600)
    scene.ec2.tag(INSTANCE, tags or {})
    assert State.ATTACHED == scene.record().state
    assert MGMT_VPC == scene.record().vpc
    if unit:
        assert State.ATTACHED == scene.record(DATA).state
    scene.calls.forget()
    return scene
