"""Attach calls that EC2 refuses for good."""

from datetime import timedelta

import pytest

from dualhome.application.reconcile import attach
from dualhome.domain.attachment import Failure
from dualhome.domain.errors import (
    AttachmentLimitError,
    ThrottledError,
    UnexpectedAwsError,
)
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State
from tests.support.builders.values import (
    INSTANCE,
    NOW,
    a_cause,
    a_record,
    an_instance,
    an_interface,
)
from tests.support.scenarios.scene import Scene, a_scene

THROTTLED = ThrottledError("Request limit exceeded.", code="RequestLimitExceeded")
REFUSED = UnexpectedAwsError("We do not like it.", code="UnheardOf")


def test_what_ec2_refuses_for_good_is_failed_with_its_own_code_and_words() -> None:
    """The operator searches for what EC2 said, so not a letter of it may be lost."""
    scene = _scene(REFUSED)

    scene.request()
    scene.work_off()

    record = scene.record()
    assert (State.FAILED, Reason.EC2_REFUSED) == (record.state, record.reason)
    assert Failure("UnheardOf", "We do not like it.") == record.failure
    assert {} == scene.ledger.claimed()
    assert {} == scene.ledger.slots()


def test_a_failure_is_not_repeated_before_its_time_and_then_a_minute_doubles() -> None:
    """Events go on coming: they must not turn a refusal into a storm of calls."""
    scene = _scene(REFUSED, times=2)
    scene.request()
    assert NOW + timedelta(minutes=1) == scene.record().retry_at

    scene.request(event="event-2")
    assert 1 == scene.calls.count("attach")
    scene.clock.advance(60)
    scene.request(event="event-3")

    assert 2 == scene.record().attempt
    assert scene.clock() + timedelta(minutes=2) == scene.record().retry_at


def test_the_first_failure_after_successes_waits_a_minute() -> None:
    """Instances come and go for years; that is no failure to be paid for."""
    scene = a_scene(an_instance(), an_interface())
    for number in range(7):
        scene.ec2.tag(INSTANCE, {"dualhome:targets": "mgmt"})
        scene.request(event=f"wanted-{number}")
        scene.work_off()
        scene.ec2.tag(INSTANCE, {"dualhome:targets": None})
        scene.request(event=f"unwanted-{number}")
        scene.work_off()

    assert 7 == scene.states().count(State.ATTACHED)
    scene.calls.fail_next("attach", REFUSED)
    scene.ec2.tag(INSTANCE, {"dualhome:targets": "mgmt"})
    scene.request(event="wanted")

    assert scene.clock() + timedelta(minutes=1) == scene.record().retry_at


def test_a_failure_is_tried_anew_at_once_when_the_tag_changes() -> None:
    """The owner who edits the tag wants to see what comes of it."""
    scene = _scene(REFUSED)
    scene.request()

    scene.ec2.tag(INSTANCE, {"dualhome:targets": "mgmt@2"})
    scene.request(event="event-2")
    scene.work_off()

    assert State.ATTACHED == scene.record().state


def test_a_limit_that_ec2_alone_knows_of_is_refused_with_its_words() -> None:
    """Time does not cure it; the type's published figures were wrong, or we were."""
    scene = _scene(AttachmentLimitError("Interface count 4 exceeds the limit", code="Attach…"))

    scene.request()

    record = scene.record()
    assert (State.REFUSED, Reason.INSTANCE_LIMIT) == (record.state, record.reason)
    assert Failure("Attach…", "Interface count 4 exceeds the limit") == record.failure
    assert {} == scene.ledger.claimed()


def test_a_claim_without_an_interface_is_a_defect_and_loud() -> None:
    """Such a record cannot come about: better no call than one with nothing in it."""
    scene = a_scene(an_instance(), an_interface())
    claim = a_record(State.CLAIMED, interface=None)

    with pytest.raises(ValueError, match="i-01/mgmt"):
        attach(claim, a_cause(), scene.batch([INSTANCE]))

    assert 0 == scene.calls.count("attach")


def _scene(error: Exception, *, times: int = 1, after_execution: bool = False) -> Scene:
    scene = a_scene(an_instance(), an_interface())
    scene.calls.fail_next("attach", error, times=times, after_execution=after_execution)
    return scene
