"""Another controller that detaches what we attach is met ever less often, and uses up no pool."""

from collections.abc import Iterator
from datetime import timedelta

from dualhome.application.requests import ReconcileRequest
from dualhome.domain.attachment import OperatorAction, OperatorRequest
from dualhome.domain.ec2 import DeviceSlot
from dualhome.domain.identifiers import InstanceId
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State
from tests.support.builders.values import (
    INSTANCE,
    INTERFACE,
    MGMT,
    a_cause,
    an_instance,
    an_interface,
)
from tests.support.fakes.ec2_scan import Sweeper
from tests.support.scenarios.scene import Scene, a_scene


def test_after_three_detaches_within_ten_minutes_it_waits() -> None:
    """A controller that deletes what it does not know would use up the pool."""
    scene = _attached()

    _detach(scene, times=3)

    record = scene.record()
    assert (State.WAITING, Reason.CONTESTED) == (record.state, record.reason)
    assert record.retry_at == record.since + timedelta(minutes=5)
    assert 3 == record.detail.count("Z,") + 1
    assert 3 == scene.calls.count("attach")


def test_two_detaches_are_followed_by_an_attach_at_once() -> None:
    """People detach by hand, too."""
    scene = _attached()

    _detach(scene, times=2)

    assert State.ATTACHED == scene.record().state


def test_detaches_over_more_than_ten_minutes_are_no_contest() -> None:
    """Once an hour is an experiment, not a contest."""
    scene = _attached()

    for _ in range(4):
        _detach(scene, times=1)
        scene.clock.advance(301)

    assert State.ATTACHED == scene.record().state


def test_what_sweeps_alone_notice_is_a_contest_each_time() -> None:
    """Every five minutes, as their schedule has it: three take ten minutes, not less."""
    scene = _attached()
    sweeper = Sweeper(scene)

    for _ in range(24):
        if scene.record().state is State.ATTACHED:
            scene.ec2.detach(INTERFACE)
        sweeper.tick()

    assert 4 == scene.record().contests
    assert 13 > scene.calls.count("attach")


def test_an_interface_that_was_moved_by_hand_is_not_contested() -> None:
    """It is still on the instance: the other controller wants it there."""
    scene = _attached()

    for index in (2, 1, 2, 1):
        scene.ec2.detach(INTERFACE)
        scene.ec2.attach(InstanceId(INSTANCE), INTERFACE, DeviceSlot(0, index))
        _reconcile(scene)

    record = scene.record()
    assert (State.ATTACHED, None) == (record.state, record.reason)
    assert () == record.detaches


def test_events_and_sweeps_do_not_shorten_the_wait() -> None:
    """They come every few seconds; the pool would be used up all the same."""
    scene = _contested()
    sweeper = Sweeper(scene)

    for number in range(4):
        scene.request(event=f"event-{number}")
        scene.work_off(seconds=30)
    sweeper.sweep()
    sweeper.send()
    scene.work_off(seconds=30)

    assert (State.WAITING, Reason.CONTESTED) == (scene.record().state, scene.record().reason)
    assert 3 == scene.calls.count("attach")


def test_one_list_without_tags_does_not_shorten_the_wait() -> None:
    """The wait is on the record: closed for a moment, it would begin anew without one."""
    scene = _contested()
    waits = scene.record()
    scene.ec2.untagged.add(INSTANCE)
    scene.request(event="list")
    scene.ec2.untagged.clear()

    _reconcile(scene)

    assert waits == scene.record()


def test_a_sweep_attaches_again_when_the_wait_is_over() -> None:
    """The other controller may have been stopped by then."""
    scene = _contested()

    for _ in range(2):
        Sweeper(scene).tick()

    assert State.ATTACHED == scene.record().state


def test_the_wait_doubles_with_each_contest_up_to_an_hour() -> None:
    """Kept on the record, whatever has come between."""
    scene = _attached()

    assert [5, 10, 20, 40, 60, 60] == list(_waits(scene, contests=6))


def test_an_attachment_that_stood_for_an_hour_ends_the_series() -> None:
    """What was long ago says nothing of now."""
    scene = _contested()
    scene.clock.advance(360)
    _reconcile(scene)
    scene.clock.advance(3600)

    assert [5] == list(_waits(scene, contests=1))


def test_an_operators_retry_does_not_wait() -> None:
    """Who has stopped the other controller says so."""
    scene = _contested()
    cause = a_cause("asked", time=scene.clock(), principal="arn:aws:iam::1:user/ops")

    scene.invoke(
        ReconcileRequest(
            InstanceId(INSTANCE),
            cause,
            operator_requests=(OperatorRequest(OperatorAction.RETRY, MGMT),),
        )
    )
    scene.work_off()

    assert State.ATTACHED == scene.record().state


def test_what_others_attaches_meanwhile_is_adopted() -> None:
    """It is what the tag asks for."""
    scene = _contested()
    scene.ec2.attach(InstanceId(INSTANCE), INTERFACE, DeviceSlot(0, 1))

    _reconcile(scene)

    assert (State.ATTACHED, "adopted") == (scene.record().state, scene.record().origin.value)


def _attached() -> Scene:
    scene = a_scene(an_instance(), an_interface())
    scene.request()
    scene.work_off()
    return scene


def _contested() -> Scene:
    scene = _attached()
    _detach(scene, times=3)
    return scene


def _detach(scene: Scene, *, times: int) -> None:
    """Let another controller detach it; each time it is noticed a little later."""
    for _ in range(times):
        scene.clock.advance(20)
        scene.ec2.detach(INTERFACE)
        _reconcile(scene)


def _waits(scene: Scene, *, contests: int) -> Iterator[float]:
    """Yield how many minutes each contest makes the attachment wait."""
    for _ in range(contests):
        _detach(scene, times=3)
        record = scene.record()
        assert record.retry_at is not None
        yield (record.retry_at - record.since) / timedelta(minutes=1)
        scene.clock.now = record.retry_at
        _reconcile(scene)


def _reconcile(scene: Scene) -> None:
    scene.request(event="event")
    scene.work_off(seconds=120)
