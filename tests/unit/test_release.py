"""What is no longer wanted goes back to its pool; what still is stays."""

from collections.abc import Mapping

import pytest

from dualhome.domain.ec2 import DeviceSlot, InstanceState
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State
from tests.support.builders.values import (
    DATA,
    INSTANCE,
    INTERFACE,
    a_vpc,
    an_instance,
    an_interface,
)
from tests.support.scenarios.scene import Scene, a_scene

TARGETS = "dualhome:targets"
WITHDRAWN: Mapping[str, Mapping[str, str | None]] = {
    "the tag is removed": {TARGETS: None},
    "the tag is emptied": {TARGETS: ""},
    "the target is renamed": {TARGETS: "other"},
}
LEFT_AS_IS: Mapping[str, Mapping[str, str | None]] = {
    "the tag is removed, but the instance ignored": {TARGETS: None, "dualhome:ignore": ""},
    "the tag is malformed": {TARGETS: "mgmt@0"},
}


@pytest.mark.parametrize("tags", WITHDRAWN.values(), ids=WITHDRAWN.keys())
def test_an_interface_that_is_no_longer_wanted_goes_back_to_its_pool(
    tags: Mapping[str, str | None],
) -> None:
    """Free in EC2 and in the ledger, as if it had never been attached."""
    scene = _attached()

    _tag(scene, tags)

    assert an_interface() == scene.ec2.interface(INTERFACE)
    assert ({}, {}) == (scene.ledger.claimed(), scene.ledger.slots())
    assert [State.ATTACHED, State.RELEASING, State.RELEASED] == scene.states()[-3:]
    assert Reason.NOT_WANTED == scene.record().reason


@pytest.mark.parametrize("tags", LEFT_AS_IS.values(), ids=LEFT_AS_IS.keys())
def test_an_excluding_tag_admits_nothing(tags: Mapping[str, str | None]) -> None:
    """No instance loses a network for a slip of the pen."""
    scene = _attached()

    _tag(scene, tags)

    assert State.ATTACHED == scene.record().state
    assert 0 == scene.calls.count("detach")


def test_a_pin_that_changes_moves_the_interface_to_the_new_index() -> None:
    """EC2 cannot move an attachment: it is released, then made anew, of the same interface."""
    scene = _attached()

    _tag(scene, {TARGETS: "mgmt@2"})

    moved = scene.record()
    assert (State.ATTACHED, INTERFACE) == (moved.state, moved.interface)
    assert DeviceSlot(0, 2) == moved.slot
    assert [State.RELEASING, State.RELEASED, State.CLAIMED] == scene.states()[3:6]


def test_a_pin_at_the_index_it_has_changes_nothing() -> None:
    """What is wanted is what is."""
    scene = _attached()

    _tag(scene, {TARGETS: "mgmt@1"})

    assert [State.CLAIMED, State.ATTACHING, State.ATTACHED] == scene.states()


def test_a_stopped_instance_keeps_its_interface() -> None:
    """EC2 keeps it attached, and the instance may start again."""
    scene = _attached()

    scene.ec2.put_state(INSTANCE, InstanceState.STOPPING)
    _reconcile_once(scene)
    scene.ec2.put_state(INSTANCE, InstanceState.STOPPED)
    _reconcile_once(scene)

    assert [State.CLAIMED, State.ATTACHING, State.ATTACHED] == scene.states()


@pytest.mark.parametrize("end", ["terminated", "vanished"])
def test_the_interface_of_an_instance_that_ends_is_free(end: str) -> None:
    """EC2 detaches it by itself: it is only recorded, whatever event was lost before."""
    scene = _attached()

    if end == "terminated":
        scene.ec2.put_state(INSTANCE, InstanceState.TERMINATED)
    else:
        scene.ec2.forget(INSTANCE)
    _reconcile_once(scene)

    assert (State.RELEASED, Reason.INSTANCE_STATE) == (scene.record().state, scene.record().reason)
    assert ({}, {}) == (scene.ledger.claimed(), scene.ledger.slots())
    assert an_interface() == scene.ec2.interface(INTERFACE)
    assert 0 == scene.calls.count("detach")


def test_an_instance_that_is_terminated_during_its_release_ends_released() -> None:
    """Two ends of one attachment meet."""
    scene = _attached()
    scene.ec2.detach_seconds = 30
    scene.ec2.tag(INSTANCE, {TARGETS: None})
    scene.request()
    scene.work_off(5)

    scene.ec2.put_state(INSTANCE, InstanceState.TERMINATED)
    _reconcile_once(scene)

    assert State.RELEASED == scene.record().state
    assert ({}, {}) == (scene.ledger.claimed(), scene.ledger.slots())


def test_the_targets_of_an_instance_come_and_go_independently() -> None:
    """Dropping one says nothing about the other."""
    scene = _attached("mgmt data")
    before = scene.record(DATA)

    _tag(scene, {TARGETS: "data"})

    assert State.RELEASED == scene.record().state
    assert before == scene.record(DATA)
    assert ["eni-02"] == list(scene.ledger.claimed())


def test_a_tag_that_is_flipped_off_and_on_quickly_ends_attached_again() -> None:
    """The release that has begun is carried through; then the tag of now counts."""
    scene = _attached()
    scene.ec2.detach_seconds = 5
    scene.ec2.tag(INSTANCE, {TARGETS: None})
    scene.request()

    for desired in ("mgmt", None, "mgmt"):
        scene.ec2.tag(INSTANCE, {TARGETS: desired})
        scene.request()
    scene.work_off()

    assert State.ATTACHED == scene.record().state
    assert 2 == scene.calls.count("attach")
    assert scene.queue.seconds_to_next() is None


def test_a_tag_that_is_flipped_before_any_reconciliation_changes_nothing() -> None:
    """Events only say where to look."""
    scene = _attached()

    for desired in (None, "mgmt"):
        scene.ec2.tag(INSTANCE, {TARGETS: desired})
    _reconcile_once(scene)

    assert [State.CLAIMED, State.ATTACHING, State.ATTACHED] == scene.states()


def test_a_released_interface_requeues_the_one_that_waits_longest_for_it() -> None:
    """Its tag has not changed: nothing else would make anybody look at it."""
    scene = _attached()
    for waiting in ("i-02", "i-03"):
        scene.ec2.add(an_instance(waiting))
        scene.request(waiting)
        scene.work_off(60)

    _tag(scene, {TARGETS: None})

    assert State.ATTACHED == scene.record(instance="i-02").state
    assert State.WAITING == scene.record(instance="i-03").state


def _attached(targets: str = "mgmt") -> Scene:
    data_vpc = a_vpc("vpc-0c", target="data", cidrs=("10.30.0.0/16",))
    scene = a_scene(an_instance(targets=targets), data_vpc, an_interface())
    scene.ec2.add(an_interface("eni-02", pool="data", vpc="vpc-0c"))
    _reconcile_once(scene)
    return scene


def _tag(scene: Scene, tags: Mapping[str, str | None]) -> None:
    scene.ec2.tag(INSTANCE, tags)
    _reconcile_once(scene)


def _reconcile_once(scene: Scene) -> None:
    scene.request()
    scene.work_off()
