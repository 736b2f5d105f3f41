"""No single reading of EC2 releases anything: two agree, some time apart, the second by id."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from dualhome.application.requests import ReconcileRequest
from dualhome.domain.attachment import OperatorAction, OperatorRequest, PendingRelease
from dualhome.domain.ec2 import Capacity, InstanceState
from dualhome.domain.errors import ThrottledError
from dualhome.domain.identifiers import InstanceId
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State
from tests.support.builders.values import INSTANCE, MGMT, a_cause, an_interface
from tests.support.fakes.call_log import BY_ID, READS
from tests.support.scenarios.scene import Scene
from tests.unit.confirmed_scene import (
    DATA_INTERFACE,
    DATA_VPC,
    IGNORE,
    POLICY_TAG,
    TARGETS,
    attached,
)

DELAY = timedelta(seconds=10)
UNIT = {POLICY_TAG: "all"}


def _hide_instance(scene: Scene) -> None:
    """Neither the list of instances nor the pool's shows that it is there."""
    scene.ec2.unlisted.add(INSTANCE)
    scene.ec2.lagging.add("describe_pool")


FALSE_READINGS: dict[str, tuple[dict[str, str], Callable[[Scene], None]]] = {
    "the instance's tags": ({}, lambda it: it.ec2.untagged.add(INSTANCE)),
    "the tag that excludes it": ({IGNORE: ""}, lambda it: it.ec2.untagged.add(INSTANCE)),
    "the instance": ({}, _hide_instance),
    "the tags of a unit's VPC": (UNIT, lambda it: it.ec2.untagged.add(DATA_VPC)),
    "a unit's VPC": (UNIT, lambda it: it.ec2.unlisted.add(DATA_VPC)),
}
"""What lists leave out, whatever is true: tags of the instance, and how the lists lie."""


@pytest.mark.parametrize("seconds", [0, 10], ids=["at once", "after ten seconds"])
@pytest.mark.parametrize(("tags", "lie"), FALSE_READINGS.values(), ids=FALSE_READINGS.keys())
def test_what_lists_leave_out_for_as_long_as_they_like_releases_nothing(
    tags: dict[str, str], lie: Callable[[Scene], None], seconds: int
) -> None:
    """Each was tried with one answer, and cut the traffic of every instance in it."""
    scene = attached(tags, seconds=seconds)
    if IGNORE in tags:  # nothing is wanted, but nothing may be touched
        scene.ec2.tag(INSTANCE, {TARGETS: None})
    if POLICY_TAG in tags:  # lost, and to be attached again: only then is its VPC asked about
        scene.ec2.detach(an_interface(DATA_INTERFACE).id)
    lie(scene)

    for number in range(5):
        scene.request(event=f"event-{number}")
        scene.work_off(seconds=60)

    assert State.ATTACHED == scene.record().state
    assert 0 == scene.calls.count("detach")
    assert 0 == len(scene.breaker.admitted)


@pytest.mark.parametrize("end", ["absent", "unlisted"])
def test_a_unit_keeps_what_it_has_while_a_list_does_not_show_the_others_interface(end: str) -> None:
    """It is known by its record, and asked for by its id."""
    scene = attached(UNIT)
    scene.ec2.detach(an_interface(DATA_INTERFACE).id)
    scene.ec2.unlisted.add(DATA_INTERFACE)
    if end == "absent":
        scene.ec2.delete(an_interface(DATA_INTERFACE).id)

    for number in range(3):
        scene.request(event=f"event-{number}")
        scene.work_off(seconds=60)

    assert (end == "absent") == (State.RELEASED in scene.states())


def test_the_first_reading_is_noted_and_changes_nothing_else() -> None:
    """The operator sees what is about to happen, when, and why; it is as old as before."""
    scene = attached()
    before = scene.record()
    scene.clock.advance(100)
    scene.ec2.tag(INSTANCE, {TARGETS: None})

    scene.request(event="event-2")

    noted = scene.record()
    assert (State.ATTACHED, before.since) == (noted.state, noted.since)
    assert scene.clock() == noted.written_at
    assert Reason.RELEASE_PENDING == noted.reason
    assert PendingRelease(Reason.NOT_WANTED, scene.clock() + DELAY) == noted.pending
    assert 0 == scene.calls.count("detach", *BY_ID)


def test_the_second_reading_comes_when_it_is_due_and_releases() -> None:
    """Ten seconds later, by one read of the instance's tags by its id."""
    scene = attached()
    scene.ec2.tag(INSTANCE, {TARGETS: None})
    scene.request(event="event-2")

    scene.work_off(seconds=9)
    early = scene.record().state
    scene.work_off(seconds=600)

    assert State.ATTACHED == early
    assert (State.RELEASED, Reason.NOT_WANTED) == (scene.record().state, scene.record().reason)
    assert {"describe_tags": 1} == {it: n for it in BY_ID if (n := scene.calls.count(it))}


def test_a_tag_that_is_taken_off_and_put_back_within_the_delay_cuts_nothing() -> None:
    """Terraform and Ansible purge tags and put them back."""
    scene = attached()
    scene.ec2.tag(INSTANCE, {TARGETS: None})
    scene.request(event="off")
    scene.work_off(seconds=5)
    scene.ec2.tag(INSTANCE, {TARGETS: "mgmt"})

    scene.request(event="on")
    scene.work_off()

    assert (State.ATTACHED, None) == (scene.record().state, scene.record().pending)
    assert 0 == scene.calls.count("detach", *BY_ID)


def test_a_tag_that_is_off_and_on_and_off_again_starts_anew() -> None:
    """The time that the first absence lasted says nothing of the second."""
    scene = attached()
    for desired in (None, "mgmt", None):
        scene.ec2.tag(INSTANCE, {TARGETS: desired})
        scene.request(event="event-2")
        scene.clock.advance(4)
    due = scene.record().pending

    scene.work_off(seconds=4)  # twelve seconds after the first absence

    assert due is not None
    assert State.ATTACHED == scene.record().state
    scene.work_off()
    assert State.RELEASED == scene.record().state


def test_the_second_reading_that_disagrees_wipes_the_first() -> None:
    """The lists lie twice, ten seconds apart; the answer by id does not."""
    scene = attached()
    scene.ec2.untagged.add(INSTANCE)
    scene.request(event="event-2")
    noted = scene.record().pending

    scene.work_off(seconds=30)

    assert noted is not None
    assert (None, None) == (scene.record().reason, scene.record().pending)


def test_with_a_delay_of_0_the_second_reading_comes_at_once() -> None:
    """At once is not never."""
    scene = attached(seconds=0)
    scene.ec2.tag(INSTANCE, {TARGETS: None})

    scene.request(event="event-2")

    assert State.RELEASING == scene.record().state
    assert 1 == scene.calls.count("describe_tags")


@pytest.mark.parametrize("end", ["terminated", "vanished"])
def test_an_instance_that_ends_is_confirmed_by_its_id(end: str) -> None:
    """Its claims are dropped when EC2 has said so twice."""
    scene = attached()
    if end == "terminated":
        scene.ec2.put_state(INSTANCE, InstanceState.TERMINATED)
    else:
        scene.ec2.forget(INSTANCE)

    scene.request(event="event-2")
    noted = scene.record()
    scene.work_off()

    assert (State.ATTACHED, Reason.RELEASE_PENDING) == (noted.state, noted.reason)
    assert (State.RELEASED, Reason.INSTANCE_STATE) == (scene.record().state, scene.record().reason)
    assert 1 == scene.calls.count("describe_instance")


def test_two_readings_that_give_different_reasons_do_not_agree() -> None:
    """Tags that are absent now say nothing about an instance that was absent before."""
    scene = attached()
    _hide_instance(scene)
    scene.request(event="event-2")
    scene.ec2.unlisted.clear()
    scene.ec2.lagging.clear()
    scene.ec2.tag(INSTANCE, {TARGETS: None})
    first = scene.record().pending

    scene.work_off(seconds=12)

    assert first is not None
    second = scene.record().pending
    assert (Reason.INSTANCE_STATE, Reason.NOT_WANTED) == (first.reason, second and second.reason)
    assert State.ATTACHED == scene.record().state


def test_only_confirmed_releases_use_up_the_breaker() -> None:
    """Else a list that lags would hold back what is meant."""
    scene = attached()
    scene.breaker.most = 1
    scene.ec2.untagged.add(INSTANCE)
    for number in range(3):
        scene.request(event=f"event-{number}")
        scene.work_off(seconds=30)

    assert set() == scene.breaker.admitted


def test_what_the_breaker_holds_back_keeps_its_first_reading() -> None:
    """When it is reset, the second reading is asked for, and no ten seconds more."""
    scene = attached()
    scene.breaker.most = 0
    scene.ec2.tag(INSTANCE, {TARGETS: None})
    scene.request(event="event-2")
    scene.work_off()
    held = scene.record()
    scene.breaker.most = 20

    scene.request(event="event-3")

    assert (State.ATTACHED, Reason.RELEASE_HELD) == (held.state, held.reason)
    assert State.RELEASING == scene.record().state


def test_what_an_operator_asks_for_by_command_does_not_wait() -> None:
    """Who asks has looked."""
    scene = attached()

    _ask_for_release(scene)

    assert Reason.OPERATOR_ASKED == scene.record().reason
    assert 0 == scene.calls.count(*BY_ID)


def test_a_unit_asks_at_most_three_questions() -> None:
    """Tags of all that it rests on, its VPCs and its interfaces."""
    scene = attached(UNIT, seconds=0)
    scene.ec2.tag(DATA_VPC, {"dualhome:target": None})
    scene.ec2.detach(an_interface(DATA_INTERFACE).id)
    scene.clock.advance(60)
    scene.request(event="detached")
    scene.calls.forget()

    scene.work_off()

    assert 1 == scene.states().count(State.RELEASED)
    for read in BY_ID:
        assert scene.calls.count(read) <= 1, read


def test_a_unit_that_lacks_a_slot_asks_for_the_instance() -> None:
    """A list that shows a slot as taken must not give the other interface back."""
    scene = attached(UNIT, seconds=0)
    scene.ec2.detach(an_interface(DATA_INTERFACE).id)
    scene.ec2.types = {"t3.medium": Capacity({0: 2})}
    scene.clock.advance(60)
    scene.request(event="detached")
    scene.work_off()

    assert {"describe_instance", "describe_tags"} <= set(scene.calls.made)
    assert scene.calls.count(*BY_ID) <= 3 * scene.calls.count("describe_instances")


def test_a_second_reading_that_cannot_be_had_leaves_all_as_it_is() -> None:
    """A throttled read comes back; nothing is released without it."""
    scene = attached(seconds=0)
    scene.ec2.tag(INSTANCE, {TARGETS: None})
    scene.calls.fail_next("describe_tags", ThrottledError("slow down"))

    scene.request(event="event-2")
    after = scene.record().state
    scene.work_off()

    assert State.ATTACHED == after
    assert State.RELEASED == scene.record().state


def test_a_record_that_is_stuck_ends_only_if_the_interface_itself_is_free() -> None:
    """Freed by a list that lags, its interface would be claimed anew while still attached."""
    scene = attached()
    scene.ec2.detach_seconds = 100_000
    _ask_for_release(scene)
    scene.work_off(seconds=3600)
    scene.ec2.lagging = {"describe_instances", "describe_pool"}

    for number in range(3):
        scene.request(event=f"event-{number}")
        scene.work_off(seconds=60)

    assert State.STUCK == scene.record().state


def test_an_attachment_that_lists_do_not_show_keeps_its_claim() -> None:
    """Neither list shows it, for minutes; by its id EC2 does."""
    scene = attached()
    before = scene.record()
    scene.ec2.lagging = {"describe_instances", "describe_pool"}
    scene.clock.advance(60)

    for number in range(3):
        scene.request(event=f"event-{number}")
        scene.work_off(seconds=30)

    assert before == scene.record()


def test_a_pass_that_releases_makes_four_reads_and_one_by_id() -> None:
    """The budget: four reads a pass, and at most three for each instance that loses something."""
    scene = attached(seconds=0)
    scene.ec2.tag(INSTANCE, {TARGETS: None})
    scene.calls.forget()

    scene.request(event="event-2")

    assert (4, 1) == (scene.calls.count(*READS), scene.calls.count(*BY_ID))


def _ask_for_release(scene: Scene) -> None:
    cause = a_cause("asked", time=scene.clock(), principal="arn:aws:iam::1:user/ops")
    scene.invoke(
        ReconcileRequest(
            InstanceId(INSTANCE),
            cause,
            operator_requests=(OperatorRequest(OperatorAction.RELEASE, MGMT),),
        )
    )
