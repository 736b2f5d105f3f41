"""A rollback that meets a pause ends; the end of the pause, or a sweep, starts another."""

from datetime import timedelta

import pytest

from dualhome.adapters.sfn_rollbacks import MOST_NAMES, TRIES
from dualhome.application.pause import TRUSTED_FOR
from dualhome.application.requests import ReconcileRequest
from dualhome.application.rollback import RollbackInput, detach_interface
from dualhome.domain.attachment import OperatorAction, OperatorRequest
from dualhome.domain.drift import MOVING_LIMIT
from dualhome.domain.ec2 import InstanceState
from dualhome.domain.errors import (
    DualhomeError,
    PausedError,
    ThrottledError,
    UnavailableError,
    UnreadableItemError,
)
from dualhome.domain.planning.observe import ATTACH_TIMEOUT
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State
from tests.support.builders.values import (
    INSTANCE,
    INTERFACE,
    MGMT,
    OPERATOR,
    a_cause,
    a_pause,
    an_instance,
    an_interface,
)
from tests.support.fakes.ec2_scan import Sweeper
from tests.support.scenarios.attached import attached, holder, paused, unpaused
from tests.support.scenarios.scene import Scene, a_scene

TARGETS = "dualhome:targets"
HOUR = timedelta(hours=1).total_seconds()


def test_what_never_gets_attached_is_not_rolled_back() -> None:
    """Its release would detach it; its time-out comes after the pause."""
    scene = a_scene(an_instance(), an_interface())
    scene.ec2.attach_seconds = 24 * HOUR
    scene.request()

    paused(scene).work_off(2 * ATTACH_TIMEOUT.total_seconds())
    assert State.ATTACHING == scene.record().state
    scene.ec2.detach_seconds = 1
    unpaused(scene).work_off(120)

    assert Reason.ATTACH_TIMEOUT == scene.record().reason
    assert State.FAILED == scene.record().state


def test_a_rollback_does_not_detach() -> None:
    """It says so by its own error, with which the state machine ends the execution."""
    scene = attached()
    scene.ec2.tag(INSTANCE, {TARGETS: None})
    scene.request(event="event-2")
    paused(scene)

    with pytest.raises(PausedError, match=INTERFACE):
        _detach(scene)

    assert INSTANCE == holder(scene)
    assert 0 == scene.calls.count("detach")


def test_a_step_reads_the_pause_itself_however_little_time_has_passed() -> None:
    """Lambda freezes a function between two steps, and its clock may stand still."""
    scene = releasing()
    scene.gate.reading()
    scene.pauses.written = a_pause()

    with pytest.raises(PausedError):
        _detach(scene)


def test_a_rollback_goes_on_where_nothing_is_left_to_detach() -> None:
    """The interface is free: what remains is to say so."""
    scene = attached()
    scene.ec2.tag(INSTANCE, {TARGETS: None})
    scene.request(event="event-2")
    scene.ec2.detach(INTERFACE)

    paused(scene).work_off()

    assert State.RELEASED == scene.record().state


def test_a_rollback_that_meets_a_pause_ends_and_a_sweep_starts_another() -> None:
    """A pause of a weekend leaves nothing to an operator, and nothing running."""
    scene = releasing()

    paused(scene).work_off(72 * HOUR)
    held = scene.record()
    assert (State.RELEASING, INSTANCE) == (held.state, holder(scene))
    assert {} == scene.rollbacks.executions
    take_up(unpaused(scene))

    assert State.RELEASED == scene.record().state
    assert holder(scene) is None


def test_pauses_are_no_tries() -> None:
    """Five executions that die leave a record to an operator; pauses do not."""
    scene = releasing()

    for _ in range(2 * TRIES):
        paused(scene).work_off()
        Sweeper(unpaused(scene)).sweep()
        scene.request(event="resume")
    scene.work_off()

    assert State.RELEASED == scene.record().state


def test_pauses_without_end_leave_the_record_to_an_operator() -> None:
    """Each costs a name of the execution, and the search for a free one is bounded."""
    scene = releasing()

    for number in range(MOST_NAMES):
        paused(scene).work_off()
        unpaused(scene).request(event=f"resume-{number}")
    scene.work_off()

    assert MOST_NAMES == sum(scene.rollbacks.succeeded.values())
    assert (State.STUCK, Reason.UNDO_FAILED) == (scene.record().state, scene.record().reason)


def test_a_sweep_during_a_pause_asks_for_no_release() -> None:
    """It could start nothing, and would ask again each time."""
    scene = releasing()
    paused(scene).work_off()
    scene.clock.advance(HOUR)

    sweeper = Sweeper(scene)
    report = sweeper.sweep()

    assert ([], {}) == (sweeper.requested(), report.drifts)


def test_what_is_requested_during_a_pause_starts_no_rollback() -> None:
    """Not for an instance that is gone either: the end of the pause is soon enough."""
    scene = releasing()
    paused(scene).work_off()
    scene.calls.forget()

    scene.request(event="event-3")
    scene.ec2.put_state(INSTANCE, InstanceState.TERMINATED)
    scene.request(event="event-4")

    assert 0 == scene.calls.count("start")
    assert State.RELEASING == scene.record().state
    take_up(unpaused(scene))
    assert State.RELEASED == scene.record().state


def test_a_pause_between_the_record_and_the_start_of_its_rollback_starts_none() -> None:
    """The record is written by then, and kept for the end of the pause."""
    scene = attached()
    scene.ec2.tag(INSTANCE, {TARGETS: None})
    scene.calls.before_next("commit", lambda: paused(scene))

    scene.request(event="event-2")

    assert (State.RELEASING, 0) == (scene.record().state, scene.calls.count("start"))
    take_up(unpaused(scene))
    assert State.RELEASED == scene.record().state


def test_a_pause_before_a_release_begins_keeps_the_attachment() -> None:
    """Planned before the pause, and not yet written."""
    scene = attached()
    scene.ec2.tag(INSTANCE, {TARGETS: None})
    scene.calls.before_next("admits", lambda: paused(scene))

    scene.request(event="event-2")

    assert (State.ATTACHED, Reason.PAUSED) == (scene.record().state, scene.record().reason)
    assert 0 == scene.calls.count("start")


def test_a_detach_that_is_not_answered_is_not_repeated_in_a_pause() -> None:
    """EC2 may detach by then: the record stays until the end of the pause shows it."""
    scene = releasing(tries=2)
    lost = UnavailableError("no answer", code="InternalError")
    scene.calls.fail_next("detach", lost, after_execution=True)
    scene.calls.before_next("detach", lambda: paused(scene))

    scene.work_off()

    assert (1, State.RELEASING) == (scene.calls.count("detach"), scene.record().state)
    take_up(unpaused(scene))
    assert State.RELEASED == scene.record().state


def test_what_an_operator_forces_waits_for_the_end_of_the_pause() -> None:
    """To poll what EC2 has not been asked to force ends ``stuck``, and nothing was tried."""
    scene = releasing()
    scene.ec2.detach_seconds = 24 * HOUR
    scene.work_off(60)
    cause = a_cause("ask", time=scene.clock(), principal=OPERATOR)
    forced = OperatorRequest(OperatorAction.RELEASE, force=True)
    scene.invoke(ReconcileRequest(INSTANCE, cause, operator_requests=(forced,)))

    paused(scene).work_off(HOUR)
    held = scene.record()
    take_up(unpaused(scene))

    assert (State.RELEASING, True) == (held.state, held.force_detach)
    assert State.RELEASED == scene.record().state


def test_a_release_whose_pause_cannot_be_read_is_started_soon() -> None:
    """It is written by then; the next sweep, minutes later, is not waited for."""
    scene = attached()
    scene.ec2.tag(INSTANCE, {TARGETS: None})
    scene.calls.before_next("commit", lambda: _unread(scene))

    scene.request(event="event-2")
    written = scene.record().state
    scene.work_off(60)

    assert (State.RELEASING, State.RELEASED) == (written, scene.record().state)


@pytest.mark.parametrize("error", [ThrottledError("slow down"), UnavailableError("no answer")])
def test_a_rollback_whose_pause_cannot_be_read_is_repeated_soon(error: DualhomeError) -> None:
    """A blip of the ledger is no pause: no sweep is waited for, and no name is used up."""
    scene = releasing()
    scene.calls.fail_next("read_pause", error)

    scene.work_off(60)

    assert State.RELEASED == scene.record().state
    assert 1 == sum(scene.rollbacks.succeeded.values())


def test_a_rollback_whose_pause_stays_unreadable_ends_as_by_a_pause() -> None:
    """An item that another version has written: no try, nothing stuck, and nothing polled."""
    scene = releasing()
    scene.calls.fail_next("read_pause", UnreadableItemError("of another version"), times=1000)

    scene.work_off(HOUR)

    assert (State.RELEASING, INSTANCE) == (scene.record().state, holder(scene))
    assert ({}, 0, 0) == (
        scene.rollbacks.executions,
        sum(scene.rollbacks.died.values()),
        scene.calls.count("detach"),
    )
    scene.calls.calm_down()
    take_up(scene)
    assert State.RELEASED == scene.record().state


def _unread(scene: Scene) -> None:
    scene.clock.advance(TRUSTED_FOR)
    scene.calls.fail_next("read_pause", ThrottledError("slow down"))


def test_a_rollback_whose_time_is_up_is_a_try_and_is_taken_up_by_a_sweep() -> None:
    """An hour; its alarm is raised by then."""
    scene = releasing()
    scene.ec2.detach_seconds = 24 * HOUR
    throttled = ThrottledError("slow down")
    scene.calls.fail_next("find", throttled, times=55)
    scene.calls.fail_nth("find", 1, throttled)
    scene.calls.fail_next("find", throttled, times=1000)

    scene.work_off(2 * HOUR)
    timed_out, held = sum(scene.rollbacks.died.values()), scene.record().state
    scene.calls.calm_down()
    scene.ec2.detach_seconds = 0
    scene.ec2.detach(INTERFACE)
    take_up(scene)

    assert (1, State.RELEASING) == (timed_out, held)
    assert State.RELEASED == scene.record().state


def take_up(scene: Scene) -> None:
    """Let a sweep find what has been moving for too long, and all that follows."""
    scene.clock.advance(MOVING_LIMIT.total_seconds())
    Sweeper(scene).tick()
    scene.work_off()


def releasing(tries: int = 1) -> Scene:
    """Return a deployment whose rollback is about to detach; an SDK ``tries`` so often."""
    scene = attached(tries=tries)
    scene.ec2.tag(INSTANCE, {TARGETS: None})
    scene.request(event="event-2")
    return scene


def _detach(scene: Scene) -> None:
    given = RollbackInput(INSTANCE, MGMT, scene.record().version)
    detach_interface(given, scene.ledger, scene.rollbacks.interfaces, scene.gate)
