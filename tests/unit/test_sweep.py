"""What a sweep finds although no event told of it, and that it only asks for looks."""

from collections.abc import Callable

import pytest

from dualhome.domain.drift import Drift
from dualhome.domain.ec2 import InstanceState
from dualhome.domain.errors import ThrottledError, UnexpectedAwsError
from dualhome.domain.states import State
from tests.support.builders.values import INSTANCE, INTERFACE, SLOT, an_instance, an_interface
from tests.support.fakes.ec2_scan import Sweeper
from tests.support.scenarios.attached import attached, holder
from tests.support.scenarios.scene import Scene, a_scene

TARGETS = "dualhome:targets"
READS = (
    "describe_fleet",
    "describe_instances",
    "describe_pools",
    "describe_vpcs",
    "attached",
    "unsettled",
    "recorded",
    "claims",
)
THROTTLED = ThrottledError("Request limit exceeded.", code="RequestLimitExceeded")


def test_a_fleet_that_is_as_wanted_is_not_reconciled() -> None:
    """Every five minutes: it must cost a few reads, whatever the number of instances."""
    scene = attached()
    scene.ec2.add(an_instance("i-02", targets=None), an_instance("i-03", targets=""))
    sweeper = Sweeper(scene)

    report = sweeper.sweep()

    assert [] == sweeper.requested()
    assert ({}, 0, False) == (report.drifts, report.releases, report.tripped)
    assert 2 == report.instances


def test_a_sweep_changes_nothing_itself() -> None:
    """Only reconcile requests change the world. The sweep keeps a checkpoint and a count."""
    scene = attached()
    scene.ec2.add(an_instance("i-02"))
    scene.ec2.tag(INSTANCE, {TARGETS: None})
    scene.calls.forget()

    Sweeper(scene).sweep()

    own = {"read_round", "write_round", "read_pause", "put", "release"}
    assert {*READS, *own} == set(scene.calls.made)


def test_an_instance_whose_launch_went_untold_is_attached() -> None:
    """The same for all that ran before the deployment."""
    scene = a_scene(an_instance(), an_interface())

    assert {Drift.MISSING: 1} == Sweeper(scene).tick().drifts

    assert State.ATTACHED == scene.record().state
    assert "Sweep" == scene.record().cause.detail_type


def test_what_waits_is_attached_when_capacity_came_unannounced() -> None:
    """The tag event of the new pool interface was lost."""
    scene = a_scene(an_instance())
    scene.request()
    scene.work_off()
    scene.ec2.add(an_interface())

    assert {Drift.UNSETTLED: 1} == Sweeper(scene).tick().drifts

    assert State.ATTACHED == scene.record().state


def test_what_failed_is_tried_again_in_its_time() -> None:
    """No event does it."""
    scene = a_scene(an_instance(), an_interface())
    scene.calls.fail_next("attach", UnexpectedAwsError("no", code="UnheardOf"))
    scene.request()
    sweeper = Sweeper(scene)
    assert {} == sweeper.sweep().drifts

    scene.clock.advance(60)
    sweeper.tick()

    assert State.ATTACHED == scene.record().state


def test_what_others_detached_is_attached_again() -> None:
    """EC2 sends no event of a detachment."""
    scene = attached()
    scene.ec2.detach(INTERFACE)

    assert {Drift.DETACHED: 1} == Sweeper(scene).tick().drifts

    assert State.ATTACHED == scene.record().state
    assert holder(scene)


def test_what_others_attached_where_it_is_wanted_is_adopted() -> None:
    """It is ours from then on."""
    scene = a_scene(an_instance(), an_interface())
    scene.ec2.attach(INSTANCE, INTERFACE, SLOT)

    Sweeper(scene).tick()

    assert (State.ATTACHED, "adopted") == (scene.record().state, scene.record().origin)
    assert 0 == scene.calls.count("attach")


@pytest.mark.parametrize("vanish", ["terminated", "forgotten"])
def test_an_instance_that_is_gone_gives_back_what_it_held(vanish: str) -> None:
    """After an hour EC2 does not even show it."""
    scene = attached()
    scene.ec2.put_state(INSTANCE, InstanceState.TERMINATED)
    if vanish == "forgotten":
        scene.ec2.forget(INSTANCE)

    assert (1, 0) == ((report := Sweeper(scene).tick()).drifts[Drift.DETACHED], report.releases)

    assert State.RELEASED == scene.record().state
    assert {} == scene.ledger.claimed()


@pytest.mark.parametrize("lost", ["claim", "attach", "release"])
def test_what_stands_still_half_way_is_moved_on(lost: str) -> None:
    """Its invocation died, and its message with it."""
    scene = a_scene(an_instance(), an_interface())
    if lost == "claim":
        scene.calls.fail_next("attach", THROTTLED)
    scene.request()
    if lost == "release":
        scene.work_off()
        scene.ec2.tag(INSTANCE, {TARGETS: None})
        scene.calls.fail_next("start", THROTTLED)
        scene.request(event="event-2")
    scene.queue.queued.clear()
    sweeper = Sweeper(scene)
    assert {} == sweeper.sweep().drifts

    scene.clock.advance(120)
    assert {Drift.OVERDUE: 1} == sweeper.tick().drifts

    settled = State.RELEASED if lost == "release" else State.ATTACHED
    assert settled == scene.record().state


@pytest.mark.parametrize("method", READS)
def test_a_sweep_that_could_not_read_everything_asks_for_nothing(method: str) -> None:
    """Half a reading looks like a fleet in which nothing is wanted any more."""
    scene = attached()
    scene.ec2.add(an_instance("i-02"))
    sweeper = Sweeper(scene)
    scene.calls.fail_next(method, THROTTLED)

    report = sweeper.sweep()

    assert (False, THROTTLED) == (report.swept, report.error)
    assert [] == sweeper.requested()


def test_what_is_stuck_is_freed_when_its_instance_is_gone() -> None:
    """A person had to look, and terminated the instance: the interface must not be lost."""
    scene = attached()
    scene.ec2.detach_seconds = 10_000
    scene.ec2.tag(INSTANCE, {TARGETS: None})
    _tick_until(scene, lambda: scene.record().state == State.STUCK)
    assert {} == Sweeper(scene).sweep().drifts
    scene.ec2.forget(INSTANCE)

    Sweeper(scene).tick()

    assert State.RELEASED == scene.record().state
    assert {} == scene.ledger.claimed()


def _tick_until(scene: Scene, done: Callable[[], bool]) -> None:
    sweeper = Sweeper(scene)
    ticks = (sweeper.tick() for _ in range(12))
    assert any(done() for _ in ticks)
