"""How an attachment is released, and what becomes of it when EC2 does not play along."""

from datetime import timedelta

from dualhome.domain.attachment import Failure
from dualhome.domain.errors import UnavailableError
from dualhome.domain.planning.observe import ATTACH_TIMEOUT
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State
from tests.support.builders.values import INSTANCE, INTERFACE, SLOT, an_instance, an_interface
from tests.support.scenarios.attached import unwanted
from tests.support.scenarios.scene import Scene, a_scene

NEVER = timedelta(days=1).total_seconds()


def test_an_attachment_that_never_completes_is_rolled_back_and_has_failed() -> None:
    """Half an attachment is of no use; the next try finds nothing in its way."""
    scene = _never_attached()

    failed = scene.record()
    assert State.FAILED == failed.state
    assert Reason.ATTACH_TIMEOUT == failed.reason
    assert failed.failure == Failure("AttachTimeout", failed.detail)
    assert an_interface() == scene.ec2.interface(INTERFACE)
    assert ({}, {}) == (scene.ledger.claimed(), scene.ledger.slots())


def test_what_has_failed_is_tried_again_when_its_time_has_come() -> None:
    """Not before: EC2 would only say the same again."""
    scene = _never_attached()
    scene.ec2.attach_seconds = 0

    _reconcile_once(scene)
    early = scene.record().state
    retry_at = scene.record().retry_at
    assert retry_at
    scene.clock.now = retry_at
    _reconcile_once(scene)

    assert (State.FAILED, State.ATTACHED) == (early, scene.record().state)


def test_an_attachment_that_is_slow_is_not_rolled_back() -> None:
    """It is waited for as long as others wait for it."""
    scene = a_scene(an_instance(), an_interface())
    scene.ec2.attach_seconds = ATTACH_TIMEOUT.total_seconds() - 60

    _reconcile_once(scene)

    assert [State.CLAIMED, State.ATTACHING, State.ATTACHED] == scene.states()


def test_an_ignored_instance_keeps_an_attachment_that_never_completes() -> None:
    """Excluded: its owner may be looking into it."""
    scene = a_scene(an_instance(), an_interface())
    scene.ec2.attach_seconds = NEVER
    scene.request()
    scene.ec2.tag(INSTANCE, {"dualhome:ignore": ""})

    scene.work_off(ATTACH_TIMEOUT.total_seconds() * 3)

    assert State.ATTACHING == scene.record().state
    assert 0 == scene.calls.count("detach")


def test_a_detach_whose_reply_is_lost_is_not_asked_for_twice() -> None:
    """The repetition sees that EC2 has already begun."""
    scene = unwanted()
    scene.ec2.detach_seconds = 10
    lost = UnavailableError("timed out")
    scene.calls.fail_next("detach", lost, after_execution=True)

    _reconcile_once(scene)

    assert 1 == scene.calls.count("detach")
    _check_released(scene)


def test_an_attachment_that_is_gone_already_is_asked_for_once() -> None:
    """Another user was faster; a read may lag behind, so it is EC2 that says so."""
    scene = unwanted()
    scene.request()
    scene.ec2.detach(INTERFACE)

    scene.work_off()

    assert 1 == scene.calls.count("detach")
    _check_released(scene)


def test_an_attachment_that_goes_while_we_ask_for_it_is_gone() -> None:
    """EC2 answers that it knows no such attachment: a success."""
    scene = unwanted()
    scene.calls.before_next("detach", lambda: scene.ec2.detach(INTERFACE))

    _reconcile_once(scene)

    assert 1 == scene.calls.count("detach")
    _check_released(scene)


def test_an_interface_that_is_deleted_while_it_is_detached_is_free() -> None:
    """No instance can hold what does not exist."""
    scene = unwanted()
    scene.request()
    scene.rollbacks.run_due()

    scene.ec2.delete(INTERFACE)
    scene.work_off()

    assert State.RELEASED == scene.record().state
    assert ({}, {}) == (scene.ledger.claimed(), scene.ledger.slots())


def test_an_interface_that_others_attaches_anew_meanwhile_is_left_to_them() -> None:
    """The rollback undoes our attachment, never another hand's."""
    scene = unwanted()
    scene.request()
    scene.ec2.detach(INTERFACE)
    theirs = scene.ec2.attach(INSTANCE, INTERFACE, SLOT)

    scene.work_off()

    shown = scene.ec2.interface(INTERFACE)
    assert shown is not None
    assert shown.attachment is not None
    assert theirs == shown.attachment.id
    assert State.RELEASED == scene.record().state


def test_what_others_attached_anew_is_not_taken_from_an_instance_that_asks_no_more() -> None:
    """Ours ended when they detached it; what they made is theirs."""
    scene = unwanted()
    scene.ec2.detach(INTERFACE)
    scene.ec2.attach(INSTANCE, INTERFACE, SLOT)

    _reconcile_once(scene)

    assert 0 == scene.calls.count("detach")
    assert State.RELEASED == scene.record().state
    assert {} == scene.ledger.claimed()


def _check_released(scene: Scene) -> None:
    assert State.RELEASED == scene.record().state
    assert an_interface() == scene.ec2.interface(INTERFACE)
    assert ({}, {}) == (scene.ledger.claimed(), scene.ledger.slots())


def _never_attached() -> Scene:
    scene = a_scene(an_instance(), an_interface())
    scene.ec2.attach_seconds = NEVER
    _reconcile_once(scene)
    return scene


def _reconcile_once(scene: Scene) -> None:
    scene.request()
    scene.work_off()
