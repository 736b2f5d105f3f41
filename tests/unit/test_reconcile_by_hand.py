"""What people do by hand to an instance that we serve."""

import pytest

from dualhome.domain.attachment import Origin
from dualhome.domain.ec2 import DeviceSlot
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State
from tests.support.builders.values import (
    DATA,
    INSTANCE,
    INTERFACE,
    MGMT,
    a_vpc,
    an_instance,
    an_interface,
)
from tests.support.scenarios.scene import Scene, a_scene


def test_an_interface_detached_by_hand_is_attached_again() -> None:
    """The tag still asks for it, and the interface held before comes first."""
    pool = (an_interface(f"eni-0{number}") for number in range(1, 6))
    scene = a_scene(an_instance(), *pool)
    scene.request()
    scene.work_off()
    held = scene.record().interface
    assert held is not None
    scene.clock.advance(60)

    scene.ec2.detach(held)
    scene.request(event="event-2")
    scene.work_off()

    assert State.ATTACHED == scene.record().state
    assert held == scene.record().interface
    assert Reason.DETACHED_BY_HAND in [entry.after.reason for entry in scene.ledger.audit]


def test_a_detachment_by_hand_is_believed_only_when_it_is_complete() -> None:
    """EC2 would refuse an interface that is still detaching."""
    scene = a_scene(an_instance(), an_interface())
    scene.request()
    scene.work_off()
    scene.clock.advance(60)
    scene.ec2.detach_seconds = 7

    scene.ec2.detach(INTERFACE)
    scene.request(event="event-2")
    assert State.ATTACHED == scene.record().state
    scene.work_off()

    assert State.ATTACHED == scene.record().state
    assert 2 == scene.calls.count("attach")


def test_an_attachment_just_seen_is_not_declared_lost_by_a_read_that_lags() -> None:
    """EC2 is eventually consistent: one read without it proves nothing yet."""
    scene = a_scene(an_instance(), an_interface())
    scene.request()
    scene.work_off()

    scene.ec2.detach(INTERFACE)
    scene.request(event="event-2")

    assert State.ATTACHED == scene.record().state
    assert scene.queue.seconds_to_next() is not None


def test_an_interface_attached_anew_by_hand_becomes_adopted_with_its_new_place() -> None:
    """The record follows what is there: another index, another attachment id."""
    scene = a_scene(an_instance(), an_interface())
    scene.request()
    scene.work_off()

    scene.ec2.detach(INTERFACE)
    id_ = scene.ec2.attach(INSTANCE, INTERFACE, DeviceSlot(0, 2))
    scene.request(event="event-2")

    record = scene.record()
    assert (Origin.ADOPTED, DeviceSlot(0, 2), id_) == (
        record.origin,
        record.slot,
        record.attachment_id,
    )
    assert [(INSTANCE, DeviceSlot(0, 2))] == list(scene.ledger.slots())


@pytest.mark.parametrize("state", [State.ATTACHING, State.ATTACHED])
def test_two_interfaces_that_changed_places_by_hand_are_adopted_where_they_are(
    state: State,
) -> None:
    """Each is at the index that the ledger keeps for the other one."""
    data_vpc = a_vpc("vpc-0c", target="data", cidrs=("10.30.0.0/16",))
    scene = a_scene(an_instance(targets="mgmt data"), data_vpc, an_interface())
    scene.ec2.add(an_interface("eni-02", pool="data", vpc="vpc-0c"))
    scene.request()
    scene.work_off(0 if state is State.ATTACHING else 900)
    places = {target: scene.record(target).slot for target in (MGMT, DATA)}
    assert state == scene.record(MGMT).state == scene.record(DATA).state

    _exchange(scene)
    scene.clock.advance(60)
    scene.request(event="event-2")
    scene.work_off()

    assert (places[DATA], places[MGMT]) == (scene.record(MGMT).slot, scene.record(DATA).slot)
    assert State.ATTACHED == scene.record(MGMT).state == scene.record(DATA).state
    assert scene.queue.seconds_to_next() is None
    assert 2 == scene.calls.count("attach")


def _exchange(scene: Scene) -> None:
    held = [it.attachment for it in scene.ec2.interfaces() if it.attachment]
    for seen in held:
        scene.ec2.detach(seen.interface)
    for seen, other in zip(held, reversed(held), strict=True):
        scene.ec2.attach(INSTANCE, seen.interface, other.slot)
