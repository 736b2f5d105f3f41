"""Status tags that others took off, copied or never let us write: sweeps put them right."""

from collections.abc import Callable
from itertools import pairwise

import pytest

from dualhome.application.requests import StatusRequest
from dualhome.domain.attachment import Move
from dualhome.domain.errors import ThrottledError
from dualhome.domain.identifiers import InstanceId
from dualhome.domain.states import State
from dualhome.domain.status import StatusScope
from dualhome.domain.sweep import NOTED, REPAIRS
from tests.support.builders.values import (
    INSTANCE,
    INTERFACE,
    POLICY,
    TRACE,
    a_record,
    an_instance,
    an_interface,
)
from tests.support.fakes.ec2_scan import EVERY, Sweeper
from tests.support.scenarios.attached import attached
from tests.support.scenarios.scene import a_scene
from tests.support.scenarios.stage import Stage

KEY, TARGETS = POLICY.keys.status, POLICY.keys.targets
ATTACHED = f"mgmt=attached:{INTERFACE}@1"
OTHER = InstanceId("i-02")
SWEEPS_AN_HOUR = 3600 // EVERY


def taken_off(stage: Stage) -> None:
    """Terraform, Ansible: what they did not write goes."""
    stage.scene.ec2.tag(INSTANCE, {KEY: None})


def overwritten(stage: Stage) -> None:
    """A tool restored tags of yesterday."""
    stage.scene.ec2.tag(INSTANCE, {KEY: "mgmt=waiting:POOL_EMPTY"})


def off_the_interface(stage: Stage) -> None:
    """The same tools manage interfaces."""
    stage.scene.ec2.tag(INTERFACE, {KEY: None})


def copied(stage: Stage) -> None:
    """The console's "launch more like this" copies every tag; the targets were taken off."""
    stage.scene.ec2.add(an_instance(OTHER, targets=None))
    stage.scene.ec2.tag(OTHER, {KEY: ATTACHED})


def on_a_free_interface(stage: Stage) -> None:
    """The tag of its release was never written."""
    stage.scene.ec2.add(an_interface("eni-02"))
    stage.scene.ec2.tag("eni-02", {KEY: "mgmt=attached:eni-02@1"})


WRONG: dict[Callable[[Stage], None], tuple[str, str]] = {
    taken_off: (INSTANCE, ATTACHED),
    overwritten: (INSTANCE, ATTACHED),
    off_the_interface: (INTERFACE, ATTACHED),
    copied: (OTHER, ""),
    on_a_free_interface: ("eni-02", ""),
}


@pytest.mark.parametrize("go_wrong", WRONG)
def test_a_wrong_status_is_put_right_by_the_second_sweep_that_finds_it(
    go_wrong: Callable[[Stage], None],
) -> None:
    """The first may have read tags that lag, or an answer without tags."""
    stage, sweeper = _staged()
    resource, expected = WRONG[go_wrong]
    go_wrong(stage)

    first = sweeper.sweep()
    assert (1, (), []) == (first.misstated, first.repairs, sweeper.statuses.waiting())
    second = sweeper.sweep()
    sweeper.statuses.deliver(stage.writing)

    assert (resource,) == second.repairs
    assert expected == stage.status(resource)
    assert (0, ()) == ((third := sweeper.sweep()).misstated, third.repairs)


def test_a_status_that_is_right_costs_no_query_and_no_message() -> None:
    """Every five minutes, for each instance of the account."""
    stage, sweeper = _staged()
    stage.scene.calls.forget()

    reports = [sweeper.sweep() for _ in range(2)]

    assert [0, 0] == [it.misstated for it in reports]
    assert 0 == stage.scene.calls.count("records", "put_status")


def test_tags_that_are_wrong_in_another_way_each_time_are_left_alone() -> None:
    """What changes between two sweeps is on its way."""
    stage, sweeper = _staged()

    for status in ("", "mgmt=waiting", "mgmt=refused", "mgmt=failed"):
        stage.scene.ec2.tag(INSTANCE, {KEY: status or None})
        sweeper.sweep()

    assert [] == sweeper.statuses.waiting()


def test_a_tag_that_comes_back_by_itself_is_not_repaired() -> None:
    """One read showed no tags."""
    stage, sweeper = _staged()
    stage.scene.ec2.tag(INSTANCE, {KEY: None})
    sweeper.sweep()
    stage.scene.ec2.tag(INSTANCE, {KEY: ATTACHED})

    sweeper.sweep()

    assert [] == sweeper.statuses.waiting()


def test_an_instance_that_cannot_be_tagged_is_asked_for_once_an_hour() -> None:
    """Fifty tags of others are no reason to call EC2 every five minutes."""
    stage, sweeper = _staged()
    stage.scene.ec2.tag(INSTANCE, {KEY: None})
    asked = []

    for _ in range(3 * SWEEPS_AN_HOUR):
        asked.append(len(sweeper.sweep().repairs))
        stage.scene.clock.advance(EVERY)

    assert asked[:3] == [0, 1, 0]
    assert sum(asked) == 3
    assert min(later - it for it, later in _pairs(asked)) >= SWEEPS_AN_HOUR


def test_a_sweep_asks_for_a_hundred_repairs_and_the_next_ones_for_the_rest() -> None:
    """A tool that takes all tags off at once must not make us take all of EC2's calls."""
    stage, sweeper = _crowd(250)

    asked = []
    for _ in range(5):
        asked.append(sweeper.sweep())
        sweeper.statuses.deliver(stage.writing)

    assert [0, REPAIRS, REPAIRS, 50, 0] == [len(it.repairs) for it in asked]
    assert NOTED == asked[0].misstated
    assert all(stage.status(it) for it in _ids(250))


def test_what_moves_is_not_called_wrong_on_its_interface() -> None:
    """Its word says nothing that lasts; on the instance two sweeps must agree."""
    stage, sweeper = _staged()
    record = stage.scene.record()
    releasing = record.to(State.RELEASING, stage.scene.clock(), record.cause)
    stage.scene.ledger.commit(Move(record, releasing), TRACE)

    found = sweeper.sweep()

    assert {INSTANCE} == sweeper.checkpoints.written[-1].found.misstated.keys()
    assert 1 == found.misstated


def test_a_terminated_instance_may_keep_its_tag() -> None:
    """It is gone within the hour."""
    stage, sweeper = _staged()
    stage.scene.ec2.tag(INSTANCE, {KEY: "mgmt=attached"})
    stage.scene.ec2.forget(INSTANCE)

    assert 0 == sweeper.sweep().misstated


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        (StatusScope.INSTANCE, [StatusRequest(INSTANCE)]),
        (StatusScope.INTERFACE, [StatusRequest(INSTANCE)]),
        (StatusScope.NONE, []),
    ],
)
def test_only_tags_that_are_ours_to_write_are_compared(
    scope: StatusScope, expected: list[StatusRequest]
) -> None:
    """The others belong to another tool."""
    stage, sweeper = _staged(scope)
    for resource in (INSTANCE, INTERFACE):
        stage.scene.ec2.tag(resource, {KEY: None})

    for _ in range(2):
        sweeper.sweep()

    assert expected == sweeper.statuses.waiting()


def test_a_queue_that_does_not_answer_leaves_the_page_to_the_next_sweep() -> None:
    """A repair that was not asked for must not count as one."""
    stage, sweeper = _staged()
    stage.scene.ec2.tag(INSTANCE, {KEY: None})
    sweeper.sweep()
    stage.scene.calls.fail_next("put_status", ThrottledError("no", code="RequestThrottled"))

    assert sweeper.sweep().error
    assert [] == sweeper.statuses.waiting()
    sweeper.sweep()

    assert [StatusRequest(INSTANCE)] == sweeper.statuses.waiting()


def _staged(scope: StatusScope = StatusScope.BOTH) -> tuple[Stage, Sweeper]:
    """Return a deployment whose one attachment is told, and a sweep that compares status tags."""
    stage = Stage(attached())
    stage.publish_all()
    return stage, Sweeper(stage.scene, scope=scope)


def _crowd(many: int) -> tuple[Stage, Sweeper]:
    """Return a deployment with instances that wait, none of which carries a status."""
    scene = a_scene()
    for id_ in _ids(many):
        scene.ec2.add(an_instance(id_))
        record = a_record(State.WAITING, instance=id_, interface=None)
        scene.ledger.commit(Move(None, record), TRACE)
    stage = Stage(scene)
    return stage, Sweeper(scene, scope=StatusScope.BOTH)


def _ids(many: int) -> list[str]:
    return [f"i-{number:04}" for number in range(many)]


def _pairs(asked: list[int]) -> list[tuple[int, int]]:
    at = [number for number, count in enumerate(asked) if count]
    return list(pairwise(at))
