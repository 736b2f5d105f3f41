"""What an operator asks for of an attachment that EC2 does not detach."""

import pytest

from dualhome.application.requests import ReconcileRequest
from dualhome.domain.attachment import OperatorAction, OperatorRequest
from dualhome.domain.errors import UnexpectedAwsError
from dualhome.domain.identifiers import InstanceId, InterfaceId
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State
from tests.support.builders.values import INSTANCE, INTERFACE, a_cause, an_instance, an_interface
from tests.support.scenarios.scene import Scene, a_scene

TARGETS = "dualhome:targets"
RETRY, RELEASE = OperatorRequest(OperatorAction.RETRY), OperatorRequest(OperatorAction.RELEASE)
FORCED = OperatorRequest(OperatorAction.RELEASE, force=True)
REFUSED = UnexpectedAwsError("no", code="Weird", verbatim="no")


@pytest.mark.parametrize("ask", [RETRY, RELEASE], ids=["retry", "release"])
def test_what_is_stuck_is_released_anew(ask: OperatorRequest) -> None:
    """What EC2 refused has been corrected since."""
    scene = _attached()
    scene.calls.fail_next("detach", REFUSED)
    scene.ec2.tag(INSTANCE, {TARGETS: None})
    scene.request(event="untagged")
    scene.work_off()
    assert (State.STUCK, Reason.UNDO_FAILED) == (scene.record().state, scene.record().reason)

    _ask(scene, ask)

    assert State.RELEASED == scene.record().state
    assert {} == scene.ledger.claimed()


def test_a_forced_detach_ends_what_hangs() -> None:
    """The way out of ``stuck`` when the guest does not answer."""
    scene = _stuck()

    _ask(scene, RELEASE)
    assert State.STUCK == scene.record().state
    _ask(scene, FORCED)

    assert State.RELEASED == scene.record().state
    assert "available" == _shown(scene)


def test_a_release_that_runs_can_still_be_forced() -> None:
    """No operator waits a quarter of an hour for what they know will not happen."""
    scene = _attached()
    scene.ec2.detach_seconds = 86400
    scene.ec2.tag(INSTANCE, {TARGETS: None})
    scene.request(event="untagged")
    scene.work_off(30)
    assert State.RELEASING == scene.record().state

    _ask(scene, FORCED, seconds=120)

    assert State.RELEASED == scene.record().state


def test_only_the_release_that_was_asked_for_is_forced() -> None:
    """What is attached again later goes the gentle way."""
    scene = _stuck()
    _ask(scene, FORCED)

    assert not scene.record().force_detach


def test_the_first_error_outlives_what_an_operator_asks() -> None:
    """A failed attachment that got stuck is still the story of its failure."""
    scene = _stuck(failing=True)
    failure = scene.record().failure
    assert failure

    _ask(scene, FORCED)

    assert State.FAILED == scene.record().state
    assert failure == scene.record().failure


def _ask(scene: Scene, ask: OperatorRequest, seconds: float = 1200) -> None:
    cause = a_cause("asked", detail_type="Asked", time=scene.clock())
    scene.invoke(ReconcileRequest(InstanceId(INSTANCE), cause, operator_requests=(ask,)))
    scene.work_off(seconds)


def _attached() -> Scene:
    scene = a_scene(an_instance(), an_interface())
    scene.request()
    scene.work_off()
    assert State.ATTACHED == scene.record().state
    return scene


def _stuck(*, failing: bool = False) -> Scene:
    scene = a_scene(an_instance(), an_interface()) if failing else _attached()
    scene.ec2.detach_seconds = 86400
    if failing:
        scene.ec2.attach_seconds = 86400
        scene.request()
        scene.work_off(330)
        scene.request(event="late")
    else:
        scene.ec2.tag(INSTANCE, {TARGETS: None})
        scene.request(event="untagged")
    scene.work_off(1500)
    assert State.STUCK == scene.record().state
    return scene


def _shown(scene: Scene) -> str:
    shown = scene.ec2.interface(InterfaceId(INTERFACE))
    assert shown
    return shown.status
