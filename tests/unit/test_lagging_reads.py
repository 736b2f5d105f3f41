"""EC2's answers lag behind its acts, and each read by a time of its own."""

from dataclasses import replace
from datetime import timedelta

from dualhome.application.reconcile import reconcile
from dualhome.application.requests import ReconcileRequest
from dualhome.application.requeue import LAST_ATTEMPT
from dualhome.domain.errors import AttachmentGoneError
from dualhome.domain.identifiers import InstanceId
from dualhome.domain.states import State
from tests.support.builders.values import (
    INSTANCE,
    INTERFACE,
    POLICY,
    SLOT,
    a_cause,
    an_instance,
    an_interface,
)
from tests.support.scenarios.attached import attached
from tests.support.scenarios.scene import Scene, a_scene

READS = {"describe_instances", "describe_pool", "find"}


def test_an_answer_without_the_attachment_releases_nothing() -> None:
    """The pool's read shows it; had its claim been dropped, another would be given it."""
    scene = attached()
    scene.ec2.lagging = {"describe_instances"}
    before = scene.record()

    scene.request(event="event-2")
    scene.work_off(seconds=30)

    assert before == scene.record()


def test_what_is_unwanted_is_detached_though_one_answer_does_not_show_it() -> None:
    """Released without being detached, it would have no record, and be in use for ever."""
    scene = attached()
    scene.ec2.tag(INSTANCE, {"dualhome:targets": None})
    scene.ec2.lagging = {"describe_instances"}
    scene.request(event="event-2")
    scene.ec2.lagging = set()

    scene.work_off()

    assert State.RELEASED == scene.record().state
    assert 1 == scene.calls.count("detach")
    assert _is_free(scene)


def test_a_rollback_detaches_what_no_read_shows() -> None:
    """The tag went right after the attach."""
    scene = attached()
    scene.ec2.tag(INSTANCE, {"dualhome:targets": None})
    scene.request(event="event-2")
    scene.ec2.lagging = {"find"}

    scene.work_off()

    assert State.RELEASED == scene.record().state
    assert _is_free(scene)


def test_a_rollback_asks_again_while_ec2_shows_attached_what_it_should_detach() -> None:
    """It has said of the first ask that there is nothing to detach."""
    scene = attached()
    scene.ec2.tag(INSTANCE, {"dualhome:targets": None})
    scene.request(event="event-2")
    scene.calls.fail_next("detach", AttachmentGoneError("no such attachment"))

    scene.work_off()

    assert State.RELEASED == scene.record().state
    assert 2 == scene.calls.count("detach")
    assert _is_free(scene)


def test_an_interface_that_is_refused_as_in_use_may_be_ours() -> None:
    """The client library repeats a call whose reply was lost; no read shows its work yet."""
    scene = a_scene(an_instance(), an_interface(), an_interface("eni-02"))
    scene.request()
    scene.ec2.detach(chosen := scene.record().interface or INTERFACE)
    other = a_scene(an_instance(), an_interface(), an_interface("eni-02"))
    other.ec2.lagging = set(READS)
    other.calls.before_next("attach", lambda: other.ec2.attach(INSTANCE, chosen, SLOT))

    other.request()
    other.work_off(seconds=5)
    claimed = other.record()
    other.ec2.lagging = set()
    other.work_off()

    assert (State.CLAIMED, chosen) == (claimed.state, claimed.interface)
    assert (State.ATTACHED, chosen) == (other.record().state, other.record().interface)
    assert [chosen] == list(other.ledger.claimed())


def test_a_record_that_is_newer_than_the_reading_is_not_judged_by_it() -> None:
    """A request late in a batch saw the instance before another one attached."""
    scene = a_scene(an_instance(), an_interface(), an_interface("eni-02"))
    slow = scene.batch([InstanceId(INSTANCE)])
    scene.request(event="fast")
    scene.work_off()
    before = scene.record()
    scene.clock.advance(30)

    reconcile(ReconcileRequest(InstanceId(INSTANCE), a_cause("slow")), slow)
    slow.requeue.send(scene.queue)
    scene.work_off()

    assert State.ATTACHED == before.state
    assert before == scene.record()


def _is_free(scene: Scene) -> bool:
    return [it.status for it in scene.ec2.interfaces()] == ["available"]


def test_an_instance_that_lists_leave_out_for_an_hour_is_left_to_the_sweep_in_the_end() -> None:
    """Noted by the list, wiped by the answer by id, and noted again: that must come to an end."""
    scene = a_scene(
        an_instance(),
        an_interface(),
        policy=replace(POLICY, release_delay=timedelta(seconds=10)),
    )
    scene.request()
    scene.work_off()
    scene.clock.advance(600)
    scene.ec2.unlisted.add(INSTANCE)
    scene.ec2.lagging.add("describe_pool")
    before = len(scene.states())
    scene.request(event="event-2")

    scene.work_off(seconds=3600)

    assert scene.queue.seconds_to_next() is None
    assert 2 * LAST_ATTEMPT + 2 >= len(scene.states()) - before
    assert State.ATTACHED == scene.record().state
