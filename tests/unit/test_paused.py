"""While the stack is paused nothing is attached and nothing detached; reads and records go on."""

from datetime import timedelta

from dualhome.domain.ec2 import InstanceState
from dualhome.domain.errors import AccessDeniedError, ThrottledError
from dualhome.domain.planning.observe import IN_FLIGHT
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State
from tests.support.builders.values import (
    INSTANCE,
    INTERFACE,
    SLOT,
    an_instance,
    an_interface,
)
from tests.support.fakes.ec2_scan import Sweeper
from tests.support.scenarios.attached import attached, holder, paused, unpaused
from tests.support.scenarios.scene import a_scene

TARGETS = "dualhome:targets"
HOUR = timedelta(hours=1).total_seconds()
THROTTLED = ThrottledError("Request limit exceeded.", code="RequestLimitExceeded")


def test_nothing_is_attached_and_the_record_says_why() -> None:
    """An owner who launches an instance now sees that it is the stack, not the tag."""
    scene = paused(a_scene(an_instance(), an_interface()))

    scene.request()
    scene.work_off()

    record = scene.record()
    assert (State.WAITING, Reason.PAUSED) == (record.state, record.reason)
    assert {} == scene.ledger.claimed()
    assert 0 == scene.calls.count("attach")


def test_the_pause_is_recorded_once() -> None:
    """Sweeps go on, and each of them reconciles what waits."""
    scene = paused(a_scene(an_instance(), an_interface()))

    sweeper = Sweeper(scene)
    for _ in range(5):
        sweeper.tick()

    assert [State.WAITING] == scene.states()


def test_nothing_is_detached() -> None:
    """A tag policy that went wrong is why people pause."""
    scene = paused(attached())
    scene.ec2.tag(INSTANCE, {TARGETS: None})

    sweeper = Sweeper(scene)
    for _ in range(5):
        sweeper.tick()

    assert State.ATTACHED == scene.record().state
    assert INSTANCE == holder(scene)
    assert (0, 0) == (scene.calls.count("detach"), scene.calls.count("start"))


def test_what_is_not_wanted_any_more_says_that_it_is_the_pause_that_keeps_it() -> None:
    """Once noted, and forgotten when the pause ends: then it goes."""
    scene = paused(attached())
    scene.ec2.tag(INSTANCE, {TARGETS: None})

    for number in range(3):
        scene.request(event=f"look-{number}")

    noted = [State.ATTACHED, State.ATTACHED]
    assert (noted, Reason.PAUSED) == (scene.states()[-2:], scene.record().reason)
    unpaused(scene)
    scene.request(event="resumed")
    scene.work_off()
    assert (State.RELEASED, Reason.NOT_WANTED) == (scene.record().state, scene.record().reason)


def test_what_would_be_released_after_the_pause_does_not_trip_the_breaker() -> None:
    """It is not released now, and people know already."""
    scene = paused(attached())
    scene.ec2.tag(INSTANCE, {TARGETS: None})
    sweeper = Sweeper(scene, most_releases=0)

    report = sweeper.sweep()

    assert (0, False) == (report.releases, report.tripped)
    unpaused(scene)
    assert sweeper.sweep().tripped


def test_what_was_accepted_before_the_pause_is_still_seen_attached() -> None:
    """The record says what is true."""
    scene = a_scene(an_instance(), an_interface())
    scene.ec2.attach_seconds = 20
    scene.request()

    paused(scene).work_off()

    assert State.ATTACHED == scene.record().state


def test_what_others_attaches_by_hand_is_adopted() -> None:
    """People go on working; to record it changes nothing."""
    scene = paused(a_scene(an_instance(), an_interface()))
    scene.request()
    scene.ec2.attach(INSTANCE, INTERFACE, SLOT)

    scene.request(event="event-2")

    assert (State.ATTACHED, "adopted") == (scene.record().state, scene.record().origin)


def test_what_others_detaches_by_hand_is_recorded_and_not_attached_again() -> None:
    """Until the pause is over."""
    scene = paused(attached())
    scene.ec2.detach(INTERFACE)

    scene.request(event="event-2")
    scene.work_off()

    assert (State.WAITING, Reason.PAUSED) == (scene.record().state, scene.record().reason)
    assert {} == scene.ledger.claimed()
    assert holder(scene) is None


def test_the_records_of_an_instance_that_is_gone_are_closed() -> None:
    """EC2 has detached it by itself."""
    scene = paused(attached())
    scene.ec2.put_state(INSTANCE, InstanceState.TERMINATED)

    scene.request(event="event-2")

    assert State.RELEASED == scene.record().state
    assert {} == scene.ledger.claimed()


def test_a_claim_that_was_not_attached_before_the_pause_is_dropped() -> None:
    """No invocation attaches for it any more, and the interface would be held for nothing."""
    scene = a_scene(an_instance(), an_interface())
    scene.calls.fail_next("attach", THROTTLED)
    scene.request()
    assert State.CLAIMED == scene.record().state

    paused(scene).work_off(2 * IN_FLIGHT.total_seconds())

    assert (State.WAITING, Reason.PAUSED) == (scene.record().state, scene.record().reason)
    assert {} == scene.ledger.claimed()
    assert 1 == scene.calls.count("attach")
    # The audit blames no one for what the pause has done.
    assert Reason.INTERFACE_TAKEN not in {it.after.reason for it in scene.ledger.audit}


def test_a_sweep_after_the_pause_resumes_what_was_left() -> None:
    """What happened during the pause is queued nowhere."""
    scene = attached()
    scene.ec2.add(an_instance("i-02"), an_interface("eni-02"))
    paused(scene).request("i-02")
    scene.ec2.tag(INSTANCE, {TARGETS: None})
    scene.request(event="event-2")
    scene.work_off(2 * HOUR)

    Sweeper(unpaused(scene)).tick()

    assert State.RELEASED == scene.record().state
    assert State.ATTACHED == scene.record(instance="i-02").state


def test_a_pause_that_cannot_be_read_attaches_nothing_and_is_read_again_soon() -> None:
    """The record names the cause; the next sweep, minutes later, is not waited for."""
    scene = a_scene(an_instance(), an_interface())
    denied = AccessDeniedError("GetItem: AccessDenied: no")
    scene.calls.fail_next("read_pause", denied, times=3)

    scene.request()
    held = scene.record()
    scene.work_off(60)

    assert (State.WAITING, Reason.PAUSED) == (held.state, held.reason)
    assert "the pause cannot be read: GetItem: AccessDenied: no" == held.detail
    assert State.ATTACHED == scene.record().state
    assert [denied] * 3 == scene.unread


def test_requests_for_a_pause_that_cannot_be_read_come_to_an_end() -> None:
    """A role that lacks the permission must not keep the queue busy for ever."""
    scene = a_scene(an_instance(), an_interface())
    scene.calls.fail_next("read_pause", AccessDeniedError("no"), times=10_000)

    scene.request()
    scene.work_off(HOUR)

    assert scene.queue.seconds_to_next() is None
    assert 22 >= len(scene.unread)


def test_the_detail_says_whether_a_person_has_paused() -> None:
    """What could not be read may turn out to be a pause, and the other way round."""
    scene = a_scene(an_instance(), an_interface())
    scene.calls.fail_next("read_pause", AccessDeniedError("no"))
    scene.request()
    unread = scene.record().detail

    paused(scene).request(event="event-2")

    assert "the pause cannot be read: no" == unread
    assert "nothing is attached or detached while the stack is paused" == scene.record().detail


def test_what_stays_attached_says_too_whether_a_person_has_paused() -> None:
    """Its owner asks the operator who has paused, or the one who deploys."""
    scene = attached()
    scene.ec2.tag(INSTANCE, {TARGETS: None})
    scene.calls.fail_next("read_pause", AccessDeniedError("no"))
    scene.request(event="event-2")
    unread = scene.record()

    paused(scene).request(event="event-3")

    assert (Reason.PAUSED, "the pause cannot be read: no") == (unread.reason, unread.detail)
    assert "nothing is attached or detached while the stack is paused" == scene.record().detail
