"""A tag that is withdrawn between the claim and the attachment."""

import pytest

from dualhome.domain.errors import ThrottledError, UnavailableError
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State
from tests.support.builders.values import INSTANCE, INTERFACE, an_instance, an_interface
from tests.support.scenarios.scene import Scene, a_scene

WITHDRAWN: dict[str, dict[str, str | None]] = {
    "the tag is removed": {"dualhome:targets": None},
    "the tag names another target": {"dualhome:targets": "data"},
    "the tag goes bad": {"dualhome:targets": "mgmt@0"},
    "the instance is ignored": {"dualhome:ignore": ""},
}


@pytest.mark.parametrize("tags", WITHDRAWN.values(), ids=WITHDRAWN.keys())
def test_a_claim_that_is_no_longer_wanted_is_not_attached(tags: dict[str, str | None]) -> None:
    """A network is joined only while the tag asks for it."""
    scene = _throttled()

    scene.ec2.tag(INSTANCE, tags)
    scene.work_off()

    assert 1 == scene.calls.count("attach")
    assert an_interface() == scene.ec2.interface(INTERFACE)


@pytest.mark.parametrize("tags", WITHDRAWN.values(), ids=WITHDRAWN.keys())
def test_a_claim_that_is_no_longer_wanted_is_dropped(tags: dict[str, str | None]) -> None:
    """Else the pool would lose the interface for good."""
    scene = _throttled()

    scene.ec2.tag(INSTANCE, tags)
    scene.work_off()

    assert (State.RELEASED, Reason.NOT_WANTED) == (scene.record().state, scene.record().reason)
    assert {} == scene.ledger.claimed()
    assert {} == scene.ledger.slots()
    assert scene.queue.seconds_to_next() is None


def test_a_claim_whose_call_may_have_reached_ec2_is_not_given_back_before_the_truth_shows() -> None:
    """Else the interface would be attached while the ledger calls it free."""
    scene = a_scene(an_instance(), an_interface())
    scene.calls.fail_next("attach", UnavailableError("timed out"), after_execution=True)
    scene.request()

    scene.ec2.tag(INSTANCE, {"dualhome:targets": None})
    scene.work_off()

    path = [State.ATTACHED, State.RELEASING, State.RELEASED]
    assert path == scene.states()[-3:]
    assert {} == scene.ledger.claimed()
    assert an_interface() == scene.ec2.interface(INTERFACE)


def _throttled() -> Scene:
    scene = a_scene(an_instance(), an_interface())
    scene.calls.fail_next("attach", ThrottledError("slow down", code="RequestLimitExceeded"))
    scene.request()
    return scene
