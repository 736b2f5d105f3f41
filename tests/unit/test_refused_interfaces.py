"""EC2 refuses one interface for good: the others of its pool are tried, within bounds."""

from datetime import timedelta

import pytest

from dualhome.application.requests import Announced, CapacityChange, ReconcileRequest
from dualhome.application.requeue import Requeue, requeue_waiting
from dualhome.domain import errors
from dualhome.domain.attachment import OperatorAction, OperatorRequest
from dualhome.domain.ec2 import Interface
from dualhome.domain.identifiers import InstanceId, InterfaceId
from dualhome.domain.planning.select import rendezvous_weight
from dualhome.domain.reasons import Reason
from dualhome.domain.refusals import ATTACHES, REMEMBERED
from dualhome.domain.states import State
from tests.support.builders.values import (
    INSTANCE,
    MGMT,
    NOW,
    a_cause,
    a_vpc,
    an_instance,
    an_interface,
)
from tests.support.fakes.ec2_scan import Sweeper
from tests.support.scenarios.scene import Scene, a_scene

DENIED = errors.AccessDeniedError("no", code="UnauthorizedOperation")
CODE, HOUR, DAY = "PrivateIpAddressLimitExceeded", 3600, 86400


def a_pool(size: int) -> tuple[Interface, ...]:
    """Return interfaces in the order in which the instance prefers them."""
    pool = [an_interface(f"eni-{number:02}") for number in range(1, size + 1)]
    return tuple(sorted(pool, key=lambda it: rendezvous_weight(INSTANCE, MGMT, it.id))[::-1])


def test_the_next_interface_is_attached_in_the_same_pass() -> None:
    """One interface that EC2 does not take must not keep the instance from the good one."""
    bad, good = a_pool(2)
    scene = _barred(bad, good, bars=1)

    scene.request()
    scene.work_off()

    record = scene.record()
    moves = [State.CLAIMED, State.FAILED, State.CLAIMED, State.ATTACHING, State.ATTACHED]
    assert (moves, good.id) == (scene.states(), record.interface)
    assert NOW == scene.ledger.audit[3].after.since  # EC2 was asked twice in one pass
    assert [(bad.id, CODE, 1)] == [(it.interface, it.code, it.times) for it in record.refusals]


def test_a_pass_tries_three_and_leaves_the_others_to_the_next() -> None:
    """The attach calls are five a second for the whole account."""
    pool = a_pool(5)
    scene = _barred(*pool, bars=4)

    scene.request()
    assert (ATTACHES, State.FAILED) == (scene.calls.count("attach"), scene.record().state)
    scene.work_off(5)

    record = scene.record()
    assert (State.ATTACHED, pool[-1].id) == (record.state, record.interface)


def test_a_pool_that_ec2_refuses_whole_is_left_after_ten_and_tried_ever_less_often() -> None:
    """A code that we do not know may be about the instance after all: nothing walks for ever."""
    scene = _barred(*a_pool(30), bars=30)

    scene.request()
    scene.work_off()

    record = scene.record()
    assert (State.FAILED, Reason.EC2_REFUSED, CODE) == (
        record.state,
        record.reason,
        record.failure and record.failure.code,
    )
    assert REMEMBERED == scene.calls.count("attach") == len(record.refusals)
    _sweep_for(scene, DAY)
    assert 26 * REMEMBERED > scene.calls.count("attach")


def test_one_that_is_good_is_come_to_although_more_are_refused_than_a_record_keeps() -> None:
    """The next hour goes on where the last one ended, and does not begin with the same ten."""
    pool = a_pool(30)
    scene = _barred(*pool, bars=2 * REMEMBERED + 1)

    scene.request()
    _sweep_for(scene, 3 * HOUR)

    record = scene.record()
    assert (State.ATTACHED, pool[2 * REMEMBERED + 1].id) == (record.state, record.interface)


def test_the_only_one_is_tried_again_ever_less_often() -> None:
    """What was wrong with it may have been put right."""
    (bad,) = a_pool(1)
    scene = _barred(bad, bars=1)

    scene.request()
    _sweep_for(scene, 6 * HOUR)

    times = scene.calls.count("attach")
    assert 6 < times < 14
    assert [times] == [it.times for it in scene.record().refusals]
    scene.ec2.barred.clear()
    _sweep_for(scene, 2 * HOUR)
    assert State.ATTACHED == scene.record().state


@pytest.mark.parametrize(
    "error",
    [
        errors.AccessDeniedError("no", code="UnauthorizedOperation"),
        errors.CallerRefusedError("no", code="NetworkInterfaceLimitExceeded"),
        errors.AttachmentLimitError("no", code="AttachmentLimitExceeded"),
    ],
)
def test_what_is_not_about_the_interface_walks_no_pool(error: errors.PermanentError) -> None:
    """Another interface would be refused as well; and 50 would cost 50 calls."""
    scene = a_scene(an_instance(), *a_pool(5))
    scene.calls.fail_next("attach", error, times=9)
    scene.clock.advance(120)  # the tag is old

    scene.request()
    scene.work_off()
    scene.request(event="event-2")

    assert 1 == scene.calls.count("attach")
    assert () == scene.record().refusals
    assert scene.record().state in {State.FAILED, State.REFUSED}


def test_a_new_interface_helps_at_once_and_one_that_was_refused_does_not() -> None:
    """A failure waits for its time, unless there is something that it has not tried."""
    bad, good = a_pool(2)
    scene = _barred(bad, bars=1)
    scene.request()
    scene.work_off()
    assert State.FAILED == scene.record().state

    _requeue_waiting(scene, bad.id)
    assert 1 == scene.calls.count("attach")
    scene.ec2.add(good)
    _requeue_waiting(scene, good.id)

    assert (State.ATTACHED, good.id) == (scene.record().state, scene.record().interface)


def test_one_that_is_released_helps_at_once() -> None:
    """No tag changes: another instance leaves."""
    bad, good = a_pool(2)
    scene = _barred(bad, good, bars=1)
    other = InstanceId("i-02")
    scene.ec2.add(an_instance(other))
    scene.request(other)
    scene.work_off()
    scene.request()
    scene.work_off()
    assert (State.FAILED, good.id) == (scene.record().state, scene.record(instance=other).interface)

    scene.ec2.tag(other, {"dualhome:targets": None})
    scene.request(other, event="event-2")
    scene.work_off()

    assert (State.ATTACHED, good.id) == (scene.record().state, scene.record().interface)


def test_retry_helps_as_soon_as_the_interface_is_mended() -> None:
    """The operator does not wait for an hour to see whether it was that."""
    (bad,) = a_pool(1)
    scene = _barred(bad, bars=1)
    scene.request()
    scene.work_off()
    scene.ec2.barred.clear()

    cause = a_cause("ask", time=scene.clock())
    scene.invoke(
        ReconcileRequest(
            INSTANCE, cause, operator_requests=(OperatorRequest(OperatorAction.RETRY, MGMT),)
        )
    )
    scene.work_off()

    assert State.ATTACHED == scene.record().state


@pytest.mark.parametrize("before", ["nothing", "the other part"])
def test_a_unit_is_completed_by_the_next_interface_and_loses_nothing_for_it(before: str) -> None:
    """While there is another one to try, the unit may yet be whole."""
    bad, good = a_pool(2)
    part = an_interface("eni-09", pool="data", vpc="vpc-0c")
    scene = _barred(bad, good, bars=1)
    scene.ec2.add(a_vpc("vpc-0c", target="data"), part)
    targets = "data" if before == "the other part" else "data mgmt"
    scene.ec2.add(an_instance(targets=targets, tags={"dualhome:policy": "all"}))
    scene.request()
    scene.work_off()
    scene.clock.advance(600)
    scene.ec2.tag(INSTANCE, {"dualhome:targets": "data mgmt"})

    scene.request(event="event-2")
    scene.work_off()

    assert (State.ATTACHED, good.id) == (scene.record().state, scene.record().interface)
    assert State.ATTACHED == scene.record("data").state
    assert State.RELEASING not in scene.states("data")


def test_a_unit_whose_pool_is_refused_whole_is_released_and_says_why() -> None:
    """All or nothing: once no interface is left that could be tried."""
    scene = _barred(*a_pool(4), bars=4)
    scene.ec2.add(a_vpc("vpc-0c", target="data"))
    scene.ec2.add(an_interface("eni-09", pool="data", vpc="vpc-0c"))
    scene.ec2.add(an_instance(targets="data mgmt", tags={"dualhome:policy": "all"}))

    scene.request()
    scene.work_off(50)

    assert (State.FAILED, 4) == (scene.record().state, scene.calls.count("attach") - 1)
    assert "mgmt: EC2_REFUSED" == scene.record("data").detail
    assert {} == scene.ledger.claimed()


def test_a_new_permission_is_waited_for_with_the_claim_kept() -> None:
    """IAM sees new tags late, as reads do: the attach is fenced by them."""
    scene = a_scene(an_instance(), *a_pool(2))
    scene.calls.fail_next("attach", DENIED, times=3)

    scene.request()
    first = scene.record()
    scene.work_off(15)

    assert (State.CLAIMED, Reason.PERMISSION_PENDING) == (first.state, first.reason)
    assert (State.ATTACHED, first.interface) == (scene.record().state, scene.record().interface)
    assert 1 == scene.record().attempt


def test_a_permission_that_is_missing_is_a_failure_after_a_minute() -> None:
    """In EC2's own words, and with nothing held."""
    scene = a_scene(an_instance(), *a_pool(2))
    scene.calls.fail_next("attach", DENIED, times=99)

    scene.request()
    scene.work_off(120)

    record = scene.record()
    assert (State.FAILED, "UnauthorizedOperation") == (
        record.state,
        record.failure and record.failure.code,
    )
    assert {} == scene.ledger.claimed()
    assert 10 > scene.calls.count("attach")


def test_one_that_stays_in_use_by_nothing_gives_way_to_the_next() -> None:
    """EC2 says so for minutes, and shows no attachment: that is about the interface, too."""
    bad, good = a_pool(2)
    scene = a_scene(an_instance(), bad)
    scene.ec2.jammed.add(bad.id)
    scene.request()
    _sweep_for(scene, HOUR)
    assert State.FAILED == scene.record().state

    scene.ec2.add(good)
    _requeue_waiting(scene, good.id)

    assert (State.ATTACHED, good.id) == (scene.record().state, scene.record().interface)


def test_a_pin_and_a_refusal_are_remembered_together() -> None:
    """The next interface comes to the same index."""
    bad, good = a_pool(2)
    scene = _barred(bad, good, bars=1)
    scene.ec2.tag(INSTANCE, {"dualhome:targets": "mgmt@2"})

    scene.request()
    scene.work_off()

    slot = scene.record().slot
    assert (good.id, 2) == (scene.record().interface, slot and slot.index)


def test_what_others_attaches_by_hand_is_adopted_although_it_was_refused() -> None:
    """It is there: EC2 has accepted it from another user."""
    (bad,) = a_pool(1)
    scene = _barred(bad, bars=1)
    scene.request()
    scene.work_off()
    slot = scene.ledger.audit[0].after.slot
    scene.ec2.barred.clear()
    assert slot
    scene.ec2.attach(INSTANCE, bad.id, slot)

    scene.request(event="event-2")

    assert State.ATTACHED == scene.record().state


def test_a_code_that_ec2_does_not_know_is_taken_as_being_about_the_interface() -> None:
    """EC2 does not say what its errors are about."""
    bad, good = a_pool(2)
    scene = a_scene(an_instance(), bad, good)
    scene.calls.fail_next("attach", errors.UnexpectedAwsError("?", code="Unheard"))

    scene.request()
    scene.work_off()

    assert (State.ATTACHED, good.id) == (scene.record().state, scene.record().interface)


def test_a_refusal_is_kept_through_a_release_and_forgotten_in_an_hour() -> None:
    """The next target does not begin with what is known to be refused."""
    bad, good = a_pool(2)
    scene = _barred(bad, good, bars=1)
    for event, targets in enumerate(["mgmt", None]):
        scene.ec2.tag(INSTANCE, {"dualhome:targets": targets})
        scene.request(event=f"event-{event}")
        scene.work_off()

    (refusal,) = scene.record().refusals

    assert (State.RELEASED, bad.id) == (scene.record().state, refusal.interface)
    assert timedelta(hours=1) == refusal.until - NOW


def _barred(*pool: Interface, bars: int) -> Scene:
    """Return a deployment where EC2 refuses the first ``bars`` of ``pool``."""
    scene = a_scene(an_instance(), *pool)
    scene.ec2.barred.update(it.id for it in pool[:bars])
    return scene


def _requeue_waiting(scene: Scene, interface: InterfaceId) -> None:
    """Let the tag of ``interface`` change."""
    cause = a_cause("event-w", time=scene.clock())
    requeue, capacity = Requeue(), CapacityChange(MGMT, cause, (Announced(interface, ()),))
    requeue_waiting(capacity, scene.ledger, requeue)
    requeue.send(scene.queue)
    scene.work_off(50)


def _sweep_for(scene: Scene, seconds: float) -> None:
    scene.work_off(seconds=240)
    sweeper, end = Sweeper(scene), scene.clock().timestamp() + seconds
    while scene.clock().timestamp() < end:
        sweeper.tick()
