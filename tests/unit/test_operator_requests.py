"""What an operator asks for by command goes before what the tags say."""

from dualhome.application.requests import ReconcileRequest
from dualhome.domain.attachment import OperatorAction, OperatorRequest
from dualhome.domain.errors import RecordMovedError, ThrottledError, UnexpectedAwsError
from dualhome.domain.identifiers import InstanceId, TargetName
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State
from dualhome.wire import parse_request, print_request
from tests.support.builders.values import (
    DATA,
    INSTANCE,
    MGMT,
    a_cause,
    a_vpc,
    an_instance,
    an_interface,
)
from tests.support.scenarios.scene import Scene, a_scene

TARGETS = "dualhome:targets"
WHO = "arn:aws:sts::111122223333:assumed-role/network/kim"
RETRY, RELEASE = OperatorRequest(OperatorAction.RETRY), OperatorRequest(OperatorAction.RELEASE)
FORCED = OperatorRequest(OperatorAction.RELEASE, force=True)
REFUSED = UnexpectedAwsError("no", code="Weird", verbatim="no")


def test_an_operator_request_survives_the_queue() -> None:
    """Parse and print are one another's reverse, with asks and without."""
    cause = a_cause(principal=WHO)
    operator_requests = (
        OperatorRequest(OperatorAction.RELEASE, TargetName(MGMT), force=True),
        RETRY,
    )
    requests = [
        ReconcileRequest(InstanceId(INSTANCE), cause),
        ReconcileRequest(InstanceId(INSTANCE), cause, 2, operator_requests),
    ]

    assert requests == [parse_request(print_request(request)) for request in requests]


def test_what_failed_is_tried_at_once() -> None:
    """The operator has corrected the cause, and does not want to wait for an hour."""
    scene = _failed()

    _ask(scene, RETRY)

    assert State.ATTACHED == scene.record().state


def test_without_the_request_a_failure_waits_for_its_time() -> None:
    """Else the test above would show nothing."""
    scene = _failed()

    scene.request(event="look")
    scene.work_off()

    assert State.FAILED == scene.record().state


def test_what_fails_again_is_tried_once_for_each_request() -> None:
    """A command is no loop."""
    scene = _failed(times=2)

    _ask(scene, RETRY)

    assert 2 == scene.calls.count("attach")
    assert State.FAILED == scene.record().state


def test_a_request_outlives_a_pause_that_cannot_be_read() -> None:
    """No one has paused; the operator was told that it is on its way."""
    scene = _failed()
    scene.calls.fail_next("read_pause", ThrottledError("slow down"), times=2)

    _ask(scene, RETRY)

    assert State.ATTACHED == scene.record().state


def test_a_request_does_not_wait_for_a_reading_of_the_pause_for_ever() -> None:
    """A role that lacks the permission must not keep the queue busy."""
    scene = _failed()
    scene.calls.fail_next("read_pause", ThrottledError("slow down"), times=10_000)

    _ask(scene, RETRY)
    scene.work_off(3600)

    assert scene.queue.seconds_to_next() is None


def test_an_operator_request_about_another_target_changes_nothing() -> None:
    """Targets are each on their own."""
    scene = _attached()

    _ask(scene, OperatorRequest(OperatorAction.RELEASE, TargetName(DATA)))

    assert 0 == scene.calls.count("detach")


def test_what_is_released_says_who_asked() -> None:
    """The audit answers who took a network away."""
    scene = _attached()
    scene.ec2.tag(INSTANCE, {TARGETS: None})
    scene.breaker.most = 0

    _ask(scene, RELEASE)

    record = scene.record()
    assert (State.RELEASED, Reason.OPERATOR_ASKED) == (record.state, record.reason)
    assert (WHO, WHO) == (record.detail, record.cause.principal)


def test_what_is_still_wanted_is_attached_again_after_its_release() -> None:
    """Tags say what is wanted; a command does not change that."""
    scene = _attached()

    _ask(scene, RELEASE)

    assert [State.RELEASING, State.RELEASED, State.CLAIMED] == scene.states()[3:6]
    assert State.ATTACHED == scene.record().state


def test_an_operator_request_that_is_delivered_again_takes_nothing_that_came_after_it() -> None:
    """Queues deliver twice, and dead letters are redriven days later."""
    scene = _attached()
    cause = a_cause("asked", time=scene.clock(), principal=WHO)
    request = ReconcileRequest(InstanceId(INSTANCE), cause, operator_requests=(RELEASE,))
    scene.invoke(request)
    scene.work_off()
    before = scene.record()

    scene.invoke(request)
    scene.work_off()

    assert State.ATTACHED == before.state
    assert before == scene.record()


def test_an_ignored_instance_is_left_alone_by_commands_too() -> None:
    """An excluded instance is excluded for commands too."""
    scene = _attached()
    scene.ec2.tag(INSTANCE, {"dualhome:ignore": ""})

    _ask(scene, FORCED)

    assert State.ATTACHED == scene.record().state


def test_an_operator_request_is_not_lost_when_another_was_faster() -> None:
    """The second round does what the first could not."""
    scene = _attached()
    scene.calls.fail_next("commit", RecordMovedError("faster"))

    _ask(scene, RELEASE)

    assert State.RELEASING in scene.states()


def test_an_operator_request_is_not_lost_when_aws_throttles() -> None:
    """It comes back with its look."""
    scene = _attached()
    scene.calls.fail_next("start", ThrottledError("slow down"))

    _ask(scene, RELEASE)

    assert State.RELEASED in scene.states()


def _ask(scene: Scene, ask: OperatorRequest, seconds: float = 1200) -> None:
    cause = a_cause("asked", detail_type="Asked", time=scene.clock(), principal=WHO)
    scene.invoke(ReconcileRequest(InstanceId(INSTANCE), cause, operator_requests=(ask,)))
    scene.work_off(seconds)


def _attached() -> Scene:
    scene = a_scene(an_instance(), an_interface(), a_vpc("vpc-0d", target=DATA))
    scene.request()
    scene.work_off()
    assert State.ATTACHED == scene.record().state
    return scene


def _failed(times: int = 1) -> Scene:
    scene = a_scene(an_instance(), an_interface())
    scene.calls.fail_next("attach", REFUSED, times=times)
    scene.request()
    assert State.FAILED == scene.record().state
    return scene
