"""Status tags: written as the ledger says then, and later if they cannot be written now."""

from datetime import timedelta

import pytest

from dualhome.application.publish import publish
from dualhome.application.requests import StatusRequest
from dualhome.application.write_status import RECEIVES
from dualhome.domain.attachment import Move
from dualhome.domain.errors import AccessDeniedError, ThrottledError, UnreadableItemError
from dualhome.domain.identifiers import InstanceId, InterfaceId
from dualhome.domain.states import State
from dualhome.domain.status import StatusScope
from tests.support.builders.values import (
    INSTANCE,
    INTERFACE,
    POLICY,
    TRACE,
    a_record,
    an_instance,
    an_interface,
)
from tests.support.scenarios.attached import paused
from tests.support.scenarios.scene import a_scene
from tests.support.scenarios.stage import Stage

THROTTLED = ThrottledError("Request limit exceeded.", code="RequestLimitExceeded")
DENIED = AccessDeniedError("no", code="UnauthorizedOperation")
ATTACHED = f"mgmt=attached:{INTERFACE}@1"
OTHERS = [InstanceId(f"i-{number:02}") for number in range(10, 60)]
HOUR = timedelta(hours=1).total_seconds()


def test_one_tag_that_is_refused_for_minutes_holds_up_none_of_fifty_others() -> None:
    """Events, metrics and their tags go on; its own is written once EC2 takes it."""
    scene = a_scene(an_instance(), an_interface())
    for number, instance in enumerate(OTHERS):
        scene.ec2.add(an_instance(instance), an_interface(f"eni-{number:02}x"))
    stage = Stage(scene)
    stage.tags.refusing[INSTANCE] = THROTTLED
    for instance in (INSTANCE, *OTHERS):
        scene.request(instance)
    scene.work_off()
    instances = {INSTANCE, *OTHERS}

    stage.publish_all()

    assert 3 * len(instances) == len(stage.events.published) == len(stage.metrics.counted)
    assert all("mgmt=attached" in stage.status(it) for it in OTHERS)
    assert "" == stage.status(INSTANCE)
    assert [INSTANCE] == [it.instance for it in stage.statuses.waiting()]
    stage.statuses.work_off(stage.writing, 300)
    assert "" == stage.status(INSTANCE)
    stage.tags.refusing.clear()
    stage.statuses.work_off(stage.writing, 300)
    assert "mgmt=attached" in stage.status(INSTANCE)
    assert ([], []) == (stage.statuses.waiting(), stage.statuses.dead)


def test_a_tag_is_tried_again_after_waits_that_double_up_to_a_quarter_of_an_hour() -> None:
    """A throttle passes in seconds, an outage in minutes: neither is hammered."""
    stage = _attached()
    stage.tags.refusing[INSTANCE] = THROTTLED
    tries = []

    stage.publish_all()
    began = stage.scene.clock()
    while stage.statuses.messages:
        (message,) = stage.statuses.messages.values()
        tries.append(round((message.due - stage.scene.clock()).total_seconds()))
        stage.scene.clock.now = message.due
        stage.statuses.deliver(stage.writing)

    assert [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900, 900] == tries
    assert RECEIVES == len(tries)
    (dead,) = stage.statuses.dead
    assert INSTANCE == dead.request.instance
    assert HOUR < (dead.due - began).total_seconds() < 1.5 * HOUR


def test_a_permission_that_is_late_is_waited_for_and_one_that_never_comes_is_no_dead_letter() -> (
    None
):
    """IAM sees a new pool tag late; an interface that has left its pool need requeue none."""
    stage = _attached()
    stage.tags.refusing[INTERFACE] = DENIED

    stage.publish_all()
    stage.statuses.work_off(stage.writing, 30)
    assert (ATTACHED, "") == (stage.status(INSTANCE), stage.status(INTERFACE))
    stage.statuses.work_off(stage.writing, 2 * HOUR)

    assert ([], []) == (stage.statuses.waiting(), stage.statuses.dead)


def test_a_ledger_that_may_not_be_read_ends_as_dead_letters() -> None:
    """That is no matter of one resource: an operator must give the role its permission back."""
    stage = _attached()
    stage.scene.calls.fail_next("records", DENIED, times=RECEIVES)

    stage.publish_all()
    stage.statuses.work_off(stage.writing, 2 * HOUR)

    assert 1 == len(stage.statuses.dead)


def test_what_is_written_late_is_what_is_true_then() -> None:
    """Not what was true when it was asked for."""
    stage = _attached()
    stage.tags.refusing[INSTANCE] = THROTTLED
    stage.publish_all()
    stage.scene.ec2.tag(INSTANCE, {POLICY.keys.targets: None})
    stage.scene.request()
    stage.scene.work_off()
    stage.tags.refusing.clear()

    stage.statuses.work_off(stage.writing, 60)

    assert "mgmt=released" == stage.status(INSTANCE)


def test_a_record_that_moves_while_its_status_is_written_is_written_again() -> None:
    """Another writer may have read later and written earlier."""
    stage = _attached()
    record = stage.scene.record()

    def stuck() -> None:
        releasing = record.to(State.RELEASING, stage.scene.clock(), record.cause)
        stage.scene.ledger.commit(Move(record, releasing), TRACE)
        after = releasing.to(State.STUCK, stage.scene.clock(), record.cause)
        stage.scene.ledger.commit(Move(releasing, after), TRACE)

    stage.scene.calls.before_next("create_tags", stuck)

    stage.publish_all()

    assert ("mgmt=stuck", "mgmt=stuck") == (stage.status(INSTANCE), stage.status(INTERFACE))
    assert 2 == stage.scene.calls.count("create_tags")


def test_an_interface_that_is_taken_while_it_is_called_free_shows_who_has_it() -> None:
    """Its new holder's status may have been written before this one."""
    stage = _attached()
    stage.scene.ec2.tag(INSTANCE, {POLICY.keys.targets: None})
    stage.scene.request()
    stage.scene.work_off()
    other = a_record(instance="i-02", interface=INTERFACE)
    stage.scene.calls.before_next(
        "create_tags", lambda: stage.scene.ledger.commit(Move(None, other), TRACE)
    )

    stage.statuses.put([StatusRequest(INSTANCE, (INTERFACE,))])
    stage.statuses.deliver(stage.writing)

    assert ATTACHED == stage.status(INTERFACE)


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        (StatusScope.BOTH, (ATTACHED, ATTACHED)),
        (StatusScope.INSTANCE, (ATTACHED, "")),
        (StatusScope.INTERFACE, ("", ATTACHED)),
        (StatusScope.NONE, ("", "")),
    ],
)
def test_only_what_shall_carry_a_status_gets_one(
    scope: StatusScope, expected: tuple[str, str]
) -> None:
    """Another tool owns the other's tags."""
    stage = _attached(scope)

    stage.publish_all()

    assert expected == (stage.status(INSTANCE), stage.status(INTERFACE))


def test_a_message_that_cannot_be_read_fails_alone() -> None:
    """Those beside it are written; it ends as a dead letter."""
    stage = _attached()
    for body in (
        "garbage {",
        "[]",
        '{"source": "dualhome", "detail-type": "Reconcile request", "detail": {}}',
    ):
        stage.statuses.put_body(body)

    stage.publish_all()
    assert ATTACHED == stage.status(INSTANCE)
    stage.statuses.work_off(stage.writing, 3 * HOUR)

    assert 3 == len(stage.statuses.dead)


def test_a_ledger_that_cannot_be_read_now_is_read_later() -> None:
    """As is a record that another version has written, until an operator has seen to it."""
    stage = _attached()
    stage.scene.calls.fail_next("records", THROTTLED)
    stage.scene.calls.fail_next("records", UnreadableItemError("no"))

    stage.publish_all()
    assert "" == stage.status(INSTANCE)
    stage.statuses.work_off(stage.writing, 5)

    assert ATTACHED == stage.status(INSTANCE)


def test_two_messages_about_one_instance_cost_one_write() -> None:
    """And its interfaces are given up by both."""
    stage = _attached()
    gone = InterfaceId("eni-02")
    stage.scene.ec2.add(an_interface(gone))

    stage.statuses.put([StatusRequest(INSTANCE), StatusRequest(INSTANCE, (gone,))])
    stage.statuses.deliver(stage.writing)

    assert (ATTACHED, f"released:{INSTANCE}") == (stage.status(INSTANCE), stage.status(gone))
    assert 2 == stage.scene.calls.count("create_tags")


def test_without_time_no_status_is_begun_and_each_comes_back_at_once() -> None:
    """A function that is killed would hide them all for six minutes."""
    stage = _attached()
    publish(stage.scene.ledger.audit, stage.publishers)

    stage.statuses.deliver(stage.writing, seconds_left=20)
    assert "" == stage.status(INSTANCE)
    stage.statuses.work_off(stage.writing, 2)

    assert ATTACHED == stage.status(INSTANCE)


def test_a_note_about_what_stays_attached_writes_no_tag() -> None:
    """Held back, paused, warned: the tag would say the same."""
    stage = _attached()
    stage.publish_all()
    stage.scene.calls.forget()
    paused(stage.scene)
    stage.scene.ec2.tag(INSTANCE, {POLICY.keys.targets: None})
    stage.scene.request()
    noted = stage.scene.ledger.audit[-1:]

    publish(noted, stage.publishers)

    assert (State.ATTACHED, "PAUSED") == (noted[0].after.state, noted[0].after.reason)
    assert [] == stage.statuses.waiting()


def _attached(scope: StatusScope = StatusScope.BOTH) -> Stage:
    scene = a_scene(an_instance(), an_interface())
    scene.request()
    scene.work_off()
    return Stage(scene, scope)
