"""What the world is told of moves, and what that costs."""

import pytest

from dualhome.application.publish import publish
from dualhome.application.requests import StatusRequest
from dualhome.domain.attachment import AuditEntry
from dualhome.domain.ec2 import InstanceState
from dualhome.domain.errors import UnavailableError
from dualhome.domain.identifiers import InstanceId
from dualhome.domain.pause import PauseChange
from dualhome.domain.states import State
from dualhome.domain.status import StatusScope
from tests.support.builders.values import (
    INSTANCE,
    INTERFACE,
    OTHER_ZONE,
    POLICY,
    a_pause_change,
    a_vpc,
    an_instance,
    an_interface,
)
from tests.support.scenarios.scene import a_scene
from tests.support.scenarios.stage import Stage


def test_each_move_is_announced_and_counted_in_the_order_in_which_it_was_written() -> None:
    """Subscribers rebuild the story from the events alone."""
    stage = _attached()

    stage.publish_all()

    states = [entry.after.state for entry in stage.events.published]
    assert [State.CLAIMED, State.ATTACHING, State.ATTACHED] == states
    assert stage.events.published == stage.metrics.counted


def test_an_attachment_is_tagged_with_one_call_for_instance_and_interface() -> None:
    """Attach and CreateTags: two mutating calls are the budget of an attachment."""
    stage = _attached()

    stage.publish_all()

    expected = f"mgmt=attached:{INTERFACE}@1"
    assert (expected, expected) == (stage.status(INSTANCE), stage.status(INTERFACE))
    assert 1 == stage.scene.calls.count("create_tags")
    assert 1 == stage.scene.calls.count("attach")


def test_states_that_last_seconds_are_announced_but_not_tagged() -> None:
    """A tag that is wrong before anybody reads it costs as much as a right one."""
    stage = Stage(a_scene(an_instance(), an_interface()))
    stage.scene.request()

    stage.publish_all()

    assert [State.CLAIMED, State.ATTACHING] == [it.after.state for it in stage.events.published]
    assert 0 == stage.scene.calls.count("create_tags")


def test_a_refusal_is_shown_on_the_instance_with_its_reason() -> None:
    """The operator who tagged the instance reads its tags first."""
    stage = Stage(a_scene(an_instance(targets="mgmt data@2"), an_interface(zone=OTHER_ZONE)))
    stage.scene.request()

    stage.publish_all()

    expected = "data=refused:NO_TARGET mgmt=refused:NO_INTERFACE_IN_ZONE"
    assert expected == stage.status(INSTANCE)
    assert "" == stage.status(INTERFACE)
    assert 1 == stage.scene.calls.count("create_tags")


def test_moves_published_late_show_what_is_true_now() -> None:
    """The stream may lag by minutes: the tag must not go back in time."""
    stage = Stage(a_scene(an_instance(), a_vpc(allow_from=None), an_interface()))
    stage.scene.request()
    refused = list(stage.scene.ledger.audit)
    stage.scene.ec2.add(a_vpc())
    stage.scene.request()
    stage.scene.work_off()

    publish(refused, stage.publishers)
    stage.statuses.deliver(stage.writing)

    assert f"mgmt=attached:{INTERFACE}@1" == stage.status(INSTANCE)


def test_moves_published_again_end_in_the_same_tags() -> None:
    """The stream delivers at least once."""
    stage = _attached()
    stage.publish_all()
    before = stage.status(INSTANCE), stage.status(INTERFACE)

    stage.publish_all()

    assert before == (stage.status(INSTANCE), stage.status(INTERFACE))


def test_an_interface_that_another_instance_holds_by_now_keeps_that_ones_status() -> None:
    """The late news of its release must not hide who has it."""
    other = InstanceId("i-02")
    stage = _attached()
    stage.scene.ec2.put_state(INSTANCE, InstanceState.TERMINATED)
    stage.scene.request()
    released = stage.scene.ledger.audit[-1:]
    stage.scene.ec2.add(an_instance(other, targets="mgmt@2"))
    stage.scene.request(other)
    stage.scene.work_off()
    publish(stage.scene.ledger.audit[-1:], stage.publishers)
    stage.statuses.deliver(stage.writing)

    publish(released, stage.publishers)
    stage.statuses.deliver(stage.writing)

    assert f"mgmt=attached:{INTERFACE}@2" == stage.status(INTERFACE)
    assert "mgmt=released" == stage.status(INSTANCE)


def test_what_is_gone_needs_no_status() -> None:
    """EC2 forgets a terminated instance; the news of it still has to get through."""
    stage = _attached()
    stage.scene.ec2.forget(INSTANCE)
    stage.scene.clock.advance(3600)
    stage.scene.request()

    publish(stage.scene.ledger.audit[-1:], stage.publishers)
    stage.statuses.deliver(stage.writing)

    assert [State.RELEASED] == [entry.after.state for entry in stage.events.published]
    assert f"released:{INSTANCE}" == stage.status(INTERFACE)


def test_events_that_are_not_accepted_count_nothing_and_fail_the_batch() -> None:
    """The stream delivers the batch again: a move counted twice would never be noticed."""
    stage = _attached()
    stage.scene.calls.fail_next("put_events", UnavailableError("no bus"))

    with pytest.raises(UnavailableError):
        stage.publish_all()

    assert [] == stage.metrics.counted
    stage.publish_all()
    assert 3 == len(stage.metrics.counted)


def test_a_queue_that_takes_no_status_requests_holds_up_neither_events_nor_metrics() -> None:
    """Tags are a report: the next sweeps find those that were not written."""
    stage = _attached()
    stage.scene.calls.fail_next("put_status", UnavailableError("no queue", code="Unavailable"))

    refused = publish(stage.scene.ledger.audit, stage.publishers)

    assert refused
    assert "Unavailable" == refused.code
    assert 3 == len(stage.events.published) == len(stage.metrics.counted)


def test_moves_of_one_instance_ask_once_for_its_status() -> None:
    """One message, whatever the length of the story."""
    stage = _attached()
    stage.scene.ec2.tag(INSTANCE, {POLICY.keys.targets: None})
    stage.scene.request()
    stage.scene.work_off()

    publish(stage.scene.ledger.audit, stage.publishers)

    assert [StatusRequest(INSTANCE, (INTERFACE,))] == stage.statuses.waiting()


def test_where_no_tags_are_written_none_is_asked_for() -> None:
    """The account's tags belong to another tool."""
    stage = _attached(StatusScope.NONE)

    stage.publish_all()

    assert 3 == len(stage.events.published)
    assert 0 == stage.scene.calls.count("put_status", "create_tags")


def test_nothing_to_tell_calls_nothing() -> None:
    """An empty batch: EventBridge would refuse it."""
    stage = Stage(a_scene())

    stage.publish_all()

    assert [] == stage.scene.calls.made


def test_our_own_tags_ask_for_nothing() -> None:
    """Else each status would lead to a reconciliation, and each of those to a status."""
    stage = _attached()
    stage.publish_all()
    before = list(stage.scene.ledger.audit)

    stage.scene.request(event="event-2")

    assert before == stage.scene.ledger.audit


def _attached(scope: StatusScope = StatusScope.BOTH) -> Stage:
    scene = a_scene(an_instance(), an_interface())
    scene.request()
    scene.work_off()
    return Stage(scene, scope)


def test_a_pause_is_announced_and_counted_between_the_moves_and_asks_for_no_status() -> None:
    """No instance's status says more than before; the records say PAUSED by themselves."""
    stage = _attached()
    first, *others = stage.scene.ledger.audit
    entries: list[AuditEntry | PauseChange] = [first, a_pause_change(), *others]

    publish(entries, stage.publishers)

    assert entries == stage.events.announced
    assert ([a_pause_change()], [first, *others]) == (stage.metrics.pauses, stage.metrics.counted)
    assert {INSTANCE} == {it.instance for it in stage.statuses.waiting()}


def test_a_pause_alone_asks_for_nothing_but_its_event_and_its_metric() -> None:
    """The status queue need not even answer."""
    stage = _attached()
    stage.scene.calls.forget()

    assert publish([a_pause_change(paused=False)], stage.publishers) is None

    assert (1, 0) == (stage.scene.calls.count("put_events"), len(stage.statuses.waiting()))
