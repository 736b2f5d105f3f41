"""Events come twice, late, and in any order: none of it may show."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from dualhome.application.requests import ReconcileRequest
from dualhome.domain.ec2 import InstanceState
from dualhome.domain.identifiers import InstanceId
from dualhome.domain.states import State
from dualhome.wire import parse_request, print_request
from tests.support.builders.values import INSTANCE, NOW, a_cause, an_instance, an_interface
from tests.support.scenarios.scene import a_scene


def test_an_event_that_comes_twice_changes_nothing() -> None:
    """SQS and EventBridge deliver at least once."""
    scene = a_scene(an_instance(), an_interface())
    scene.request()
    scene.work_off()
    before = list(scene.ledger.audit)

    scene.request()
    scene.work_off()

    assert before == scene.ledger.audit
    assert 1 == scene.calls.count("attach")


def test_the_same_event_twice_in_one_batch_attaches_once() -> None:
    """The second look of the batch rests on what the first one wrote, not on the first reading."""
    scene = a_scene(an_instance(), an_interface(), an_interface("eni-02"))

    scene.request(INSTANCE, INSTANCE)
    scene.work_off()

    assert [State.CLAIMED, State.ATTACHING, State.ATTACHED] == scene.states()
    assert 1 == scene.calls.count("attach")


def test_an_event_older_than_the_last_one_changes_nothing() -> None:
    """What counts is what the tags say now, never what an event said then."""
    scene = a_scene(an_instance(), an_interface())
    scene.request()
    scene.work_off()
    before = list(scene.ledger.audit)

    stale = a_cause("event-0", time=NOW - timedelta(hours=1), tag_version=1)
    scene.invoke(ReconcileRequest(INSTANCE, stale))

    assert before == scene.ledger.audit


def test_a_request_that_was_queued_long_ago_finds_its_work_done() -> None:
    """A message may wait in the queue while another one does the work."""
    scene = a_scene(an_instance(), an_interface())
    late = ReconcileRequest(INSTANCE, a_cause(), attempt=4)
    scene.request()
    scene.work_off()
    before = list(scene.ledger.audit)

    scene.invoke(late)

    assert before == scene.ledger.audit
    assert scene.queue.seconds_to_next() is None


def test_an_attached_interface_still_counts_when_its_instance_stops_and_starts() -> None:
    """EC2 keeps interfaces over a stop ("Stop and start your instance"), and so do we."""
    scene = a_scene(an_instance(), an_interface())
    scene.request()
    scene.work_off()
    before = list(scene.ledger.audit)

    for state in (InstanceState.STOPPING, InstanceState.STOPPED, InstanceState.PENDING):
        scene.ec2.put_state(INSTANCE, state)
        scene.request(event=f"event-{state}")

    assert before == scene.ledger.audit
    assert scene.queue.seconds_to_next() is None


def test_a_tag_event_ahead_of_the_running_event_attaches_as_soon_as_the_instance_runs() -> None:
    """At a launch both events race; a pending instance takes no interface."""
    scene = a_scene(an_instance(state=InstanceState.PENDING), an_interface())
    scene.request()
    assert [] == scene.ledger.audit

    scene.ec2.put_state(INSTANCE, InstanceState.RUNNING)
    scene.work_off()

    assert State.ATTACHED == scene.record().state


def test_a_stopped_instance_is_attached_at_once() -> None:
    """EC2 User Guide, "Network interface attachments": warm attach."""
    scene = a_scene(an_instance(state=InstanceState.STOPPED), an_interface())

    scene.request()
    scene.work_off()

    assert State.ATTACHED == scene.record().state


def test_an_instance_that_ec2_does_not_show_yet_is_read_again() -> None:
    """EC2 is eventually consistent: an event may be faster than a read."""
    scene = a_scene(an_interface())
    scene.request()

    scene.ec2.add(an_instance())
    scene.work_off()

    assert State.ATTACHED == scene.record().state


def test_an_instance_that_ec2_does_not_know_is_given_up_without_a_trace() -> None:
    """An id that is wrong, or long gone, must not circle in the queue for ever."""
    scene = a_scene(an_interface())

    scene.request("i-0f")
    scene.work_off()

    assert scene.queue.seconds_to_next() is None
    assert [] == scene.ledger.audit
    assert 6 == scene.calls.count("describe_instances")


def test_a_request_changes_its_attempt_and_nothing_else() -> None:
    """The cause goes into the audit: it stays the event that began it all."""
    request = ReconcileRequest(InstanceId(INSTANCE), a_cause("event-7"))

    assert replace(request, attempt=1) == request.again()


@pytest.mark.parametrize("tag_version", [None, 17])
def test_a_request_comes_out_of_the_queue_as_it_went_in(tag_version: int | None) -> None:
    """Its cause has to reach the audit whole, however often it was put back."""
    cause = a_cause("event-7", tag_version=tag_version, resource="vpc-0b")
    request = ReconcileRequest(INSTANCE, cause, attempt=3)

    assert request == parse_request(json.loads(json.dumps(print_request(request))))
