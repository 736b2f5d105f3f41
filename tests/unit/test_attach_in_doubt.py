"""Attach calls that EC2 throttles, does not answer, or answers for now only."""

import pytest

from dualhome.domain.ec2 import DeviceSlot, InstanceState
from dualhome.domain.errors import (
    DualhomeError,
    InstanceGoneError,
    InstanceStateError,
    ThrottledError,
    UnavailableError,
    UnexpectedAwsError,
)
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State
from tests.support.builders.values import INSTANCE, INTERFACE, SLOT, an_instance, an_interface
from tests.support.scenarios.scene import Scene, a_scene

THROTTLED = ThrottledError("Request limit exceeded.", code="RequestLimitExceeded")
REFUSED = UnexpectedAwsError("We do not like it.", code="UnheardOf")


def test_a_throttled_attach_keeps_its_claim_and_is_repeated() -> None:
    """Nothing is released for a full bucket: the same call will do, a little later."""
    scene = _scene(THROTTLED)

    scene.request()

    record = scene.record()
    assert (State.CLAIMED, Reason.THROTTLED) == (record.state, record.reason)
    assert [INTERFACE] == list(scene.ledger.claimed())
    scene.work_off()
    assert State.ATTACHED == scene.record().state


def test_throttling_is_noted_once_however_often_ec2_throttles() -> None:
    """An hour of throttling must not fill the audit."""
    scene = _scene(THROTTLED, times=6)

    scene.request()
    scene.work_off()

    assert [State.CLAIMED, State.CLAIMED, State.ATTACHING, State.ATTACHED] == scene.states()
    assert 7 == scene.calls.count("attach")


def test_a_call_that_was_not_answered_is_repeated_when_ec2_does_not_show_its_work() -> None:
    """It never reached EC2."""
    scene = _scene(UnavailableError("timed out"))

    scene.request()
    scene.work_off()

    assert [State.CLAIMED, State.ATTACHING, State.ATTACHED] == scene.states()
    assert 2 == scene.calls.count("attach")


def test_a_call_that_was_not_answered_is_not_repeated_when_ec2_shows_its_work() -> None:
    """It reached EC2, and only the reply was lost: reading tells."""
    scene = _scene(UnavailableError("timed out"), after_execution=True)

    scene.request()
    scene.work_off()

    assert State.ATTACHED == scene.record().state
    assert 1 == scene.calls.count("attach")


def test_a_refusal_that_echoes_our_own_success_is_recognised_by_reading() -> None:
    """The client library repeats a call whose reply was lost, and EC2 answers "in use"."""
    scene = a_scene(an_instance(), an_interface())
    scene.calls.before_next("attach", lambda: scene.ec2.attach(INSTANCE, INTERFACE, SLOT))

    scene.request()
    scene.work_off()

    assert [State.CLAIMED, State.ATTACHING, State.ATTACHED] == scene.states()
    assert scene.record().failure is None


def test_what_others_attached_for_us_at_another_index_is_recorded_where_it_is() -> None:
    """EC2 says "in use", and it is in use on the very instance that we meant."""
    scene = a_scene(an_instance(), an_interface())
    elsewhere = DeviceSlot(0, 2)
    scene.calls.before_next("attach", lambda: scene.ec2.attach(INSTANCE, INTERFACE, elsewhere))

    scene.request()

    assert (State.ATTACHING, elsewhere) == (scene.record().state, scene.record().slot)
    assert [(INSTANCE, elsewhere)] == list(scene.ledger.slots())


@pytest.mark.parametrize("after_execution", [False, True])
def test_an_error_never_outweighs_what_ec2_shows(after_execution: bool) -> None:  # noqa: FBT001
    """Even an error that we do not know may be wrong about our attachment."""
    scene = _scene(REFUSED, after_execution=after_execution)

    scene.request()
    scene.work_off()

    expected = State.ATTACHED if after_execution else State.FAILED
    assert expected == scene.record().state


def test_an_instance_that_is_stopping_keeps_its_claim_until_it_has_stopped() -> None:
    """It was running when we read it: in a minute EC2 will accept the same call."""
    scene = a_scene(an_instance(), an_interface())
    scene.calls.before_next("attach", lambda: scene.ec2.put_state(INSTANCE, InstanceState.STOPPING))
    scene.request()
    scene.work_off(seconds=60)
    assert State.CLAIMED == scene.record().state

    scene.ec2.put_state(INSTANCE, InstanceState.STOPPED)
    scene.work_off()

    assert State.ATTACHED == scene.record().state


@pytest.mark.parametrize("error", [InstanceGoneError("no such"), InstanceStateError("not yet")])
def test_an_instance_that_ec2_does_not_know_yet_is_asked_for_again(error: DualhomeError) -> None:
    """EC2's own parts disagree for some seconds after a launch."""
    scene = _scene(error)

    scene.request()
    scene.work_off()

    assert State.ATTACHED == scene.record().state


def test_an_accepted_attachment_that_never_shows_is_failed_and_its_claim_released() -> None:
    """Accepted is not attached, and no record waits for ever."""
    scene = a_scene(an_instance(), an_interface())
    scene.ec2.attach_seconds = 5
    scene.request()

    scene.ec2.detach(INTERFACE)
    scene.work_off()

    record = scene.record()
    assert (State.FAILED, Reason.ATTACH_LOST) == (record.state, record.reason)
    assert record.failure is not None
    assert "AttachLost" == record.failure.code
    assert {} == scene.ledger.claimed()


def _scene(error: Exception, *, times: int = 1, after_execution: bool = False) -> Scene:
    scene = a_scene(an_instance(), an_interface())
    scene.calls.fail_next("attach", error, times=times, after_execution=after_execution)
    return scene
