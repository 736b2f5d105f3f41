"""What becomes of a rollback that EC2 does not let come to its end."""

from datetime import timedelta

from dualhome.domain.attachment import Attachment
from dualhome.domain.errors import AccessDeniedError, UnreadableItemError
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State
from tests.support.builders.values import INTERFACE, an_instance, an_interface
from tests.support.scenarios.attached import unwanted
from tests.support.scenarios.scene import Scene, a_scene

NEVER = timedelta(days=1).total_seconds()


def test_an_interface_that_ec2_never_detaches_is_kept_for_an_operator() -> None:
    """Its claim stays, so that no plan uses an interface that cannot be had."""
    scene = unwanted()
    scene.ec2.detach_seconds = NEVER

    scene.request()
    scene.work_off(3600)

    stuck = scene.record()
    assert (State.STUCK, Reason.DETACH_TIMEOUT) == (stuck.state, stuck.reason)
    assert f"EC2 has not detached {INTERFACE} after 25 polls" == stuck.detail
    assert [INTERFACE] == list(scene.ledger.claimed())
    assert 1 == scene.calls.count("detach")


def test_a_detach_that_is_refused_for_good_leaves_a_record_that_says_so() -> None:
    """What the operator must correct stands beside what went wrong first, which stays as it was."""
    scene = a_scene(an_instance(), an_interface())
    scene.ec2.attach_seconds = NEVER
    refusal = AccessDeniedError("no detach for you", code="UnauthorizedOperation")
    scene.calls.fail_next("detach", refusal)

    scene.request()
    scene.work_off()

    stuck, first = scene.record(), _first(scene, State.RELEASING)
    assert (State.STUCK, Reason.UNDO_FAILED) == (stuck.state, stuck.reason)
    assert "AccessDeniedError: no detach for you" == stuck.detail
    assert stuck.failure is not None
    assert first.failure == stuck.failure
    assert "AttachTimeout" == stuck.failure.code
    assert [INTERFACE] == list(scene.ledger.claimed())


def test_what_cannot_be_read_of_others_keeps_no_interface_claimed() -> None:
    """The interface is free by then: only its requests are missing, which a sweep makes up for."""
    scene = unwanted()
    scene.calls.fail_next("in_state", UnreadableItemError("of another version"), times=9)

    scene.request()
    scene.work_off()

    assert State.RELEASED == scene.record().state
    assert not scene.ledger.claimed()


def _first(scene: Scene, state: State) -> Attachment:
    return next(it.after for it in scene.ledger.audit if it.after.state == state)
