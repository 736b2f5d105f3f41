"""What EC2 refuses again and again: it is tried ever less often, and said in EC2's words."""

import pytest

from dualhome.application.reconcile import LOSSES
from dualhome.domain.attachment import Failure
from dualhome.domain.ec2 import DeviceSlot
from dualhome.domain.errors import (
    AttachmentLimitError,
    DualhomeError,
    InstanceGoneError,
    InstanceStateError,
    UnavailableError,
    UnexpectedAwsError,
)
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State
from tests.support.builders.values import (
    INSTANCE,
    INTERFACE,
    SLOT,
    a_vpc,
    an_instance,
    an_interface,
)
from tests.support.fakes.ec2_scan import Sweeper
from tests.support.scenarios.attached import paused
from tests.support.scenarios.scene import Scene, a_scene

HOUR = 3600
IN_USE = "InvalidNetworkInterface.InUse"
FOR_DATA = an_interface("eni-09", pool="data", vpc="vpc-0c")


def test_an_index_that_is_shown_free_and_refused_is_passed_over() -> None:
    """After a forced detach it may be unusable until the instance is stopped."""
    scene = a_scene(an_instance(), an_interface())
    scene.ec2.jammed.add(SLOT)

    scene.request()
    scene.work_off()

    record = scene.record()
    assert (State.ATTACHED, DeviceSlot(0, 2)) == (record.state, record.slot)


def test_an_interface_that_is_shown_free_and_refused_is_passed_over() -> None:
    """The next one is as good."""
    scene = a_scene(an_instance(), an_interface(), an_interface("eni-02"))
    scene.ec2.jammed.add(INTERFACE)

    scene.request()
    _sweep_for(scene, HOUR)

    record = scene.record()
    assert (State.ATTACHED, "eni-02") == (record.state, record.interface)


@pytest.mark.parametrize("instances", [1, 3])
def test_the_only_interface_being_refused_as_in_use_is_a_failure_in_the_end(
    instances: int,
) -> None:
    """Those who wait for it must not requeue each other for ever."""
    scene = a_scene(an_interface())
    ids = [f"i-{number:02}" for number in range(1, instances + 1)]
    scene.ec2.add(*map(an_instance, ids))
    scene.ec2.jammed.add(INTERFACE)

    scene.request(*ids)
    _sweep_for(scene, 6 * HOUR)

    records = [scene.record(instance=id_) for id_ in ids]
    assert {IN_USE} == {it.failure.code for it in records if it.failure}
    assert State.FAILED in {it.state for it in records}
    assert 12 * LOSSES * instances >= scene.calls.count("attach")


def test_a_unit_does_not_flap_for_an_interface_that_is_refused() -> None:
    """What it holds would be attached and detached, again and again."""
    scene = a_scene(an_instance(targets="mgmt data", tags={"dualhome:policy": "all"}))
    scene.ec2.add(a_vpc("vpc-0c", target="data"), an_interface(), FOR_DATA)
    scene.ec2.jammed.add(FOR_DATA.id)

    scene.request()
    _sweep_for(scene, 6 * HOUR)

    assert 1 >= scene.states().count(State.RELEASING)
    assert {} == scene.ledger.claimed()


@pytest.mark.parametrize(
    "error",
    [
        UnavailableError("An internal error has occurred", code="InternalError"),
        InstanceStateError("is not 'running' or 'stopped'", code="IncorrectState"),
        InstanceGoneError("does not exist", code="InvalidInstanceID.NotFound"),
    ],
)
def test_retries_with_ec2_end_after_minutes(error: DualhomeError) -> None:
    """A claim that is never made true keeps the interface from everybody, and says nothing."""
    scene = a_scene(an_instance(), an_interface())
    scene.calls.fail_next("attach", error, times=1000)

    scene.request()
    _sweep_for(scene, HOUR)

    record = scene.record()
    assert (State.FAILED, Reason.EC2_REFUSED) == (record.state, record.reason)
    assert Failure(error.code, error.verbatim) == record.failure
    assert {} == scene.ledger.claimed()
    assert 60 > scene.calls.count("attach")


def test_a_limit_of_ec2s_own_is_tried_ever_less_often() -> None:
    """No event tells that the instance has room again; and every try costs a call."""
    scene = a_scene(an_instance(), an_interface())
    limit = AttachmentLimitError("Interface count 4 exceeds the limit", code="Attach…")
    scene.calls.fail_next("attach", limit, times=1000)

    scene.request()
    _sweep_for(scene, 6 * HOUR)

    assert (State.REFUSED, Reason.INSTANCE_LIMIT) == (scene.record().state, scene.record().reason)
    assert 12 > scene.calls.count("attach")


def test_a_pause_leaves_a_failure_as_it_is() -> None:
    """The reader of the record during the pause looks for EC2's words."""
    scene = a_scene(an_instance(), an_interface())
    scene.calls.fail_next("attach", UnexpectedAwsError("no", code="OperationNotPermitted"))
    scene.request()
    before = scene.record()

    _sweep_for(paused(scene), HOUR)

    assert State.FAILED == before.state
    assert before == scene.record(instance=INSTANCE)


def _sweep_for(scene: Scene, seconds: float) -> None:
    scene.work_off(seconds=240)
    sweeper, end = Sweeper(scene), scene.clock().timestamp() + seconds
    while scene.clock().timestamp() < end:
        sweeper.tick()
