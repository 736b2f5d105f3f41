"""Instances that want all their targets or none: what becomes of the others."""

import pytest

from dualhome.domain.attachment import Failure
from dualhome.domain.ec2 import InstanceState, Interface
from dualhome.domain.errors import AttachmentLimitError, UnexpectedAwsError
from dualhome.domain.identifiers import InstanceId
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State
from tests.support.builders.values import INSTANCE, INTERFACE, a_vpc, an_instance, an_interface
from tests.support.fakes.ec2_scan import Sweeper
from tests.support.scenarios.scene import Scene, a_scene

TARGETS, POLICY = "dualhome:targets", "dualhome:policy"
HOLDER = InstanceId("i-02")
FOR_MGMT = an_interface()
FOR_DATA = an_interface("eni-02", pool="data", vpc="vpc-0c")
BOTH = {"mgmt": State.ATTACHED, "data": State.ATTACHED}
REFUSED = UnexpectedAwsError("You may not.", code="OperationNotPermitted")
NO_ROOM = AttachmentLimitError("Interface count 3 exceeds the limit", code="AttachmentLimit")


def test_nothing_is_attached_while_one_target_cannot_be_had() -> None:
    """Nor claimed: what this instance cannot use, another one may."""
    scene = _a_unit(FOR_MGMT)

    scene.request()
    scene.work_off()

    record = scene.record()
    assert (State.WAITING, Reason.UNIT_INCOMPLETE) == (record.state, record.reason)
    assert f"data: {Reason.NO_INTERFACE_IN_ZONE}" == record.detail
    assert State.REFUSED == scene.record("data").state
    assert {} == scene.ledger.claimed()
    assert 0 == scene.calls.count("attach")


def test_what_the_others_hold_goes_back_to_its_pool() -> None:
    """A target was added that cannot be had: now it is all of them, or none."""
    scene = _half_a_unit(FOR_MGMT)

    scene.request(event="event-2")
    scene.work_off()

    record = scene.record()
    assert [State.ATTACHED, State.RELEASING, State.RELEASED] == scene.states()[2:5]
    assert (State.WAITING, Reason.UNIT_INCOMPLETE) == (record.state, record.reason)
    assert ({}, {}) == (scene.ledger.claimed(), scene.ledger.slots())
    assert _is_free(scene)


def test_all_are_attached_in_one_pass_when_the_last_one_can_be_had() -> None:
    """Another instance releases what was lacking: that requeues the one that waits for it."""
    scene = _a_unit(FOR_MGMT, FOR_DATA)
    scene.ec2.add(an_instance(HOLDER, targets="data"))
    scene.request(HOLDER)
    scene.work_off()
    scene.request()
    scene.work_off()
    assert 1 == scene.calls.count("attach")

    scene.ec2.put_state(HOLDER, InstanceState.TERMINATED)
    scene.request(HOLDER, event="event-2")
    scene.work_off()

    assert BOTH == _states(scene)
    first, second = (scene.record(target).requested_at for target in BOTH)
    assert first == second
    assert [State.WAITING, State.CLAIMED, State.ATTACHING, State.ATTACHED] == scene.states()


@pytest.mark.parametrize("before", ["both are new", "one was attached before"])
def test_a_target_that_ec2_refuses_for_good_takes_the_others_back(before: str) -> None:
    """Its own error is kept, and the others name it."""
    scene = _a_unit(FOR_MGMT, FOR_DATA)
    if before == "both are new":
        scene.calls.fail_nth("attach", 1, REFUSED)
    else:
        scene = _half_a_unit(FOR_MGMT, FOR_DATA)
        scene.calls.fail_next("attach", REFUSED)

    scene.request(event="event-2")
    scene.work_off(59)

    record, refused = scene.record(), scene.record("data")
    assert (State.WAITING, "data: EC2_REFUSED") == (record.state, record.detail)
    assert (State.FAILED, Reason.EC2_REFUSED) == (refused.state, refused.reason)
    assert Failure("OperationNotPermitted", "You may not.") == refused.failure
    assert {} == scene.ledger.claimed()
    assert _is_free(scene)


def test_a_target_that_is_refused_again_and_again_does_not_make_the_others_flap() -> None:
    """Each retry would attach and detach them, once an hour for ever."""
    scene = _half_a_unit(FOR_MGMT, FOR_DATA)
    scene.calls.fail_next("attach", REFUSED, times=20)
    sweeper = Sweeper(scene)
    sweeper.tick()
    settled = len(scene.states())

    for _ in range(24):
        sweeper.tick()

    assert settled == len(scene.states())
    assert scene.record("data").attempt >= 5
    assert {} == scene.ledger.claimed()


def test_all_are_attached_once_ec2_accepts_what_it_refused() -> None:
    """The one that failed goes first, and the others follow."""
    scene = _half_a_unit(FOR_MGMT, FOR_DATA)
    scene.calls.fail_next("attach", REFUSED)
    sweeper = Sweeper(scene)
    sweeper.tick()
    assert State.WAITING == scene.record().state

    sweeper.tick()

    assert BOTH == _states(scene)


def test_a_target_for_which_ec2_finds_no_room_takes_the_others_back() -> None:
    """DescribeInstanceTypes and EC2 may differ; the next sweep sees what it means for the rest."""
    scene = _half_a_unit(FOR_MGMT, FOR_DATA)
    scene.calls.fail_next("attach", NO_ROOM, times=20)
    sweeper = Sweeper(scene)

    sweeper.tick()
    sweeper.tick()

    assert {"mgmt": State.WAITING, "data": State.REFUSED} == _states(scene)
    assert _is_free(scene)


def test_the_others_are_attached_when_they_are_no_unit_any_more() -> None:
    """The tag was removed: each target stands alone."""
    scene = _a_unit(FOR_MGMT)
    scene.request()
    scene.work_off()

    scene.ec2.tag(INSTANCE, {POLICY: None})
    scene.request(event="event-2")
    scene.work_off()

    assert {"mgmt": State.ATTACHED, "data": State.REFUSED} == _states(scene)


def test_a_malformed_policy_lets_nothing_go_and_its_correction_goes_on() -> None:
    """A slip of the pen must not detach what is in use."""
    scene = _half_a_unit(FOR_MGMT, FOR_DATA)
    scene.ec2.tag(INSTANCE, {POLICY: "al"})

    scene.request(event="event-2")
    scene.work_off()

    assert (State.ATTACHED, Reason.BAD_TAG) == (scene.record().state, scene.record("*").reason)
    assert 1 == scene.calls.count("attach")
    assert 0 == scene.calls.count("detach")
    scene.ec2.tag(INSTANCE, {POLICY: "all"})
    scene.request(event="event-3")
    scene.work_off()
    assert BOTH | {"*": State.RELEASED} == _states(scene)


def _a_unit(*pool: Interface, targets: str = "mgmt data") -> Scene:
    """Return a deployment with an instance that wants all of ``targets`` or none."""
    instance = an_instance(targets=targets, tags={POLICY: "all"})
    return a_scene(a_vpc("vpc-0c", target="data"), instance, *pool)


def _half_a_unit(*pool: Interface) -> Scene:
    """Return one that has what it wants, and then wants another target."""
    scene = _a_unit(*pool, targets="mgmt")
    scene.request()
    scene.work_off()
    scene.clock.advance(600)
    scene.ec2.tag(INSTANCE, {TARGETS: "mgmt data"})
    return scene


def _states(scene: Scene) -> dict[str, State]:
    return {target: record.state for target, record in scene.ledger.of(INSTANCE).items()}


def _is_free(scene: Scene) -> bool:
    shown = scene.ec2.interface(INTERFACE)
    return shown is not None and shown.status == "available"
