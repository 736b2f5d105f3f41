"""What one tagged instance gets, and what is written on the way."""

from datetime import timedelta

import pytest

from dualhome.domain.attachment import Origin
from dualhome.domain.ec2 import AttachmentStatus, DeviceSlot
from dualhome.domain.planning.types import Holder
from dualhome.domain.states import State
from tests.support.builders.values import (
    DATA,
    INSTANCE,
    INTERFACE,
    MGMT,
    NOW,
    OTHER_ZONE,
    SLOT,
    a_seen_attachment,
    a_vpc,
    an_instance,
    an_interface,
)
from tests.support.fakes.call_log import Killed
from tests.support.scenarios.scene import a_scene


def test_a_tagged_instance_gets_an_interface_of_its_own_zone_at_the_lowest_free_index() -> None:
    """The main job, told from tag to record: what the record says is what EC2 shows."""
    elsewhere = an_interface("eni-02", zone=OTHER_ZONE)
    scene = a_scene(an_instance(), elsewhere, an_interface())

    scene.request()
    scene.work_off()

    record, interface = scene.record(), scene.ec2.interface(INTERFACE)
    assert [State.CLAIMED, State.ATTACHING, State.ATTACHED] == scene.states()
    assert (INTERFACE, SLOT, Origin.POOL) == (record.interface, record.slot, record.origin)
    assert interface is not None
    assert interface.attachment is not None
    assert (AttachmentStatus.ATTACHED, INSTANCE, SLOT, record.attachment_id) == (
        interface.attachment.status,
        interface.attachment.instance,
        interface.attachment.slot,
        interface.attachment.id,
    )


def test_the_audit_times_the_way_from_the_event_to_the_attachment_seen() -> None:
    """Seconds to attached is the figure that users judge us by."""
    scene = a_scene(an_instance(), an_interface())
    scene.ec2.attach_seconds = 2
    scene.clock.advance(1)

    scene.request()
    scene.work_off()

    assert [None, None, 4.0] == [entry.seconds_to_attached for entry in scene.ledger.audit]


def test_a_pass_does_not_wait_for_ec2_but_requeues() -> None:
    """Lambda is paid by the second: it never sleeps while EC2 attaches."""
    scene = a_scene(an_instance(), an_interface())
    scene.ec2.attach_seconds = 2

    scene.request()

    assert State.ATTACHING == scene.record().state
    assert [NOW + timedelta(seconds=1)] == [at for at, _ in scene.queue.queued]


def test_polls_of_an_attachment_on_its_way_come_ever_more_rarely() -> None:
    """A slow attachment must not cost a read each second."""
    scene = a_scene(an_instance(), an_interface())
    scene.ec2.attach_seconds = 40

    scene.request()
    scene.calls.forget()
    scene.work_off()

    assert State.ATTACHED == scene.record().state
    assert 7 == scene.calls.count("describe_instances")


def test_nothing_is_attached_before_claim_slot_and_audit_are_written() -> None:
    """Whatever dies afterwards, the ledger knows which interface may be half attached."""
    scene = a_scene(an_instance(), an_interface())
    scene.calls.fail_next("attach", Killed())

    with pytest.raises(Killed):
        scene.request()

    holder = Holder(INSTANCE, MGMT)
    assert State.CLAIMED == scene.record().state
    assert {INTERFACE: holder} == scene.ledger.claimed()
    assert {(INSTANCE, SLOT): holder} == scene.ledger.slots()
    assert [State.CLAIMED] == [entry.after.state for entry in scene.ledger.audit]


def test_several_targets_are_attached_side_by_side_and_pins_choose_first() -> None:
    """An unpinned target listed first must not sit on the index that another one pins."""
    data_vpc = a_vpc("vpc-0c", target="data", cidrs=("10.30.0.0/16",))
    instance = an_instance(targets="mgmt data@1")
    scene = a_scene(instance, data_vpc, an_interface())
    scene.ec2.add(an_interface("eni-02", pool="data", vpc="vpc-0c"))

    scene.request()
    scene.work_off()

    assert DeviceSlot(0, 1) == scene.record(DATA).slot
    assert DeviceSlot(0, 2) == scene.record(MGMT).slot
    assert State.ATTACHED == scene.record(DATA).state == scene.record(MGMT).state


def test_an_index_that_ec2_shows_as_taken_is_passed_over() -> None:
    """Interfaces that others attached count, and gaps are filled."""
    foreign = a_seen_attachment("eni-99", index=1)
    instance = an_instance()
    scene = a_scene(an_interface())
    scene.ec2.add(an_instance(attachments=(*instance.attachments, foreign)))

    scene.request()
    scene.work_off()

    assert DeviceSlot(0, 2) == scene.record().slot


@pytest.mark.parametrize("targets", [None, "", " , "])
def test_an_instance_that_wants_nothing_is_left_alone(targets: str | None) -> None:
    """Most instances of an account: their events cost reads and nothing else."""
    scene = a_scene(an_instance(targets=targets), an_interface())

    scene.request()

    assert [] == scene.ledger.audit
    assert scene.queue.seconds_to_next() is None
    assert 0 == scene.calls.count("describe_pool", "attach")


@pytest.mark.parametrize("time_left", [0.0, 14.9])
def test_an_invocation_near_its_end_leaves_an_instance_to_the_next_one(time_left: float) -> None:
    """A claim taken by a process that is about to die would delay the instance by minutes."""
    scene = a_scene(an_instance(), an_interface(), time_left=time_left)

    scene.request()

    assert [] == scene.ledger.audit
    assert 0 == scene.queue.seconds_to_next()
