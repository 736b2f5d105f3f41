"""While the stack is paused nothing is attached and nothing detached; reads and records go on."""

from dataclasses import replace
from datetime import timedelta

from dualhome.domain.errors import ThrottledError
from dualhome.domain.network import InstanceState
from dualhome.domain.progress import IN_FLIGHT
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State
from tests.support.builders import (
    INSTANCE,
    INTERFACE,
    POLICY,
    SLOT,
    an_instance,
    an_interface,
)
from tests.support.in_memory_fleet import Broom
from tests.support.in_memory_scene import Scene, a_scene

TARGETS = "dualhome:targets"
HOUR = timedelta(hours=1).total_seconds()
THROTTLED = ThrottledError("Request limit exceeded.", code="RequestLimitExceeded")


def test_nothing_is_attached_and_the_record_says_why() -> None:
    """Whoever launches an instance now sees that it is the stack, not the tag."""
    scene = _paused(a_scene(an_instance(), an_interface()))

    scene.look()
    scene.work_off()

    record = scene.record()
    assert (State.WAITING, Reason.PAUSED) == (record.state, record.reason)
    assert {} == scene.ledger.claimed()
    assert 0 == scene.calls.count("attach")


def test_the_pause_is_recorded_once() -> None:
    """Sweeps go on, and each of them looks at what waits."""
    scene = _paused(a_scene(an_instance(), an_interface()))

    broom = Broom(scene)
    for _ in range(5):
        broom.tick()

    assert [State.WAITING] == scene.states()


def test_nothing_is_detached() -> None:
    """A tag policy that went wrong is why people pause."""
    scene = _paused(_attached())
    scene.ec2.tag(INSTANCE, {TARGETS: None})

    broom = Broom(scene)
    for _ in range(5):
        broom.tick()

    assert State.ATTACHED == scene.record().state
    assert INSTANCE == _holder(scene)
    assert (0, 0) == (scene.calls.count("detach"), scene.calls.count("start"))


def test_what_is_not_wanted_any_more_says_that_it_is_the_pause_that_keeps_it() -> None:
    """Once noted, and forgotten when the pause ends: then it goes."""
    scene = _paused(_attached())
    scene.ec2.tag(INSTANCE, {TARGETS: None})

    for number in range(3):
        scene.look(event=f"look-{number}")

    noted = [State.ATTACHED, State.ATTACHED]
    assert (noted, Reason.PAUSED) == (scene.states()[-2:], scene.record().reason)
    _unpaused(scene)
    scene.look(event="resumed")
    scene.work_off()
    assert (State.RELEASED, Reason.NOT_WANTED) == (scene.record().state, scene.record().reason)


def test_what_would_be_released_after_the_pause_does_not_trip_the_breaker() -> None:
    """It is not released now, and people know already."""
    scene = _paused(_attached())
    scene.ec2.tag(INSTANCE, {TARGETS: None})
    broom = Broom(scene, most_releases=0)

    report = broom.sweep()

    assert (0, False) == (report.releases, report.tripped)
    _unpaused(scene)
    assert broom.sweep().tripped


def test_what_was_accepted_before_the_pause_is_still_seen_attached() -> None:
    """The record says what is true."""
    scene = a_scene(an_instance(), an_interface())
    scene.ec2.attach_seconds = 20
    scene.look()

    _paused(scene).work_off()

    assert State.ATTACHED == scene.record().state


def test_what_somebody_attaches_by_hand_is_adopted() -> None:
    """People go on working; to record it changes nothing."""
    scene = _paused(a_scene(an_instance(), an_interface()))
    scene.look()
    scene.ec2.attach(INSTANCE, INTERFACE, SLOT)

    scene.look(event="event-2")

    assert (State.ATTACHED, "adopted") == (scene.record().state, scene.record().origin)


def test_what_somebody_detaches_by_hand_is_recorded_and_not_attached_again() -> None:
    """Until the pause is over."""
    scene = _paused(_attached())
    scene.ec2.detach(INTERFACE)

    scene.look(event="event-2")
    scene.work_off()

    assert (State.WAITING, Reason.PAUSED) == (scene.record().state, scene.record().reason)
    assert {} == scene.ledger.claimed()
    assert _holder(scene) is None


def test_the_records_of_an_instance_that_is_gone_are_closed() -> None:
    """EC2 has let go by itself."""
    scene = _paused(_attached())
    scene.ec2.put_state(INSTANCE, InstanceState.TERMINATED)

    scene.look(event="event-2")

    assert State.RELEASED == scene.record().state
    assert {} == scene.ledger.claimed()


def test_a_claim_that_was_not_attached_before_the_pause_is_given_back() -> None:
    """Nobody attaches for it any more, and the interface would be held for nothing."""
    scene = a_scene(an_instance(), an_interface())
    scene.calls.fail_next("attach", THROTTLED)
    scene.look()
    assert State.CLAIMED == scene.record().state

    _paused(scene).work_off(2 * IN_FLIGHT.total_seconds())

    assert (State.WAITING, Reason.PAUSED) == (scene.record().state, scene.record().reason)
    assert {} == scene.ledger.claimed()
    assert 1 == scene.calls.count("attach")


def test_a_sweep_after_the_pause_resumes_what_was_left() -> None:
    """What happened during the pause is queued nowhere."""
    scene = _attached()
    scene.ec2.add(an_instance("i-02"), an_interface("eni-02"))
    _paused(scene).look("i-02")
    scene.ec2.tag(INSTANCE, {TARGETS: None})
    scene.look(event="event-2")
    scene.work_off(2 * HOUR)

    Broom(_unpaused(scene)).tick()

    assert State.RELEASED == scene.record().state
    assert State.ATTACHED == scene.record(instance="i-02").state


def _attached() -> Scene:
    scene = a_scene(an_instance(), an_interface())
    scene.look()
    scene.work_off()
    scene.clock.advance(600)
    return scene


def _paused(scene: Scene, *, paused: bool = True) -> Scene:
    scene.policy = replace(POLICY, paused=paused)
    scene.rollbacks.undoing = replace(scene.rollbacks.undoing, paused=paused)
    return scene


def _unpaused(scene: Scene) -> Scene:
    return _paused(scene, paused=False)


def _holder(scene: Scene) -> str | None:
    shown = scene.ec2.interface(INTERFACE)
    return shown.attachment.instance if shown and shown.attachment else None
