"""A sweep that would release too much releases nothing, and repairs everything else."""

import pytest

from dualhome.domain.drift import Drift
from dualhome.domain.ec2 import InstanceState
from dualhome.domain.identifiers import InstanceId
from dualhome.domain.states import State
from tests.support.builders.values import a_vpc, an_instance, an_interface
from tests.support.fakes.ec2_scan import Sweeper
from tests.support.scenarios.scene import Scene, a_scene

TARGETS, POOL = "dualhome:targets", "dualhome:pool"
FLEET = [InstanceId(f"i-{number:02}") for number in range(1, 7)]
NEW = InstanceId("i-99")


def test_as_many_releases_as_are_allowed_pass() -> None:
    """A few changed minds are everyday work."""
    scene = _fleet()
    _untag(scene, 3)

    report = Sweeper(scene, most_releases=3).tick()

    assert (3, False) == (report.releases, report.tripped)
    assert [State.RELEASED] * 3 + [State.ATTACHED] * 3 == _states(scene)


def test_one_more_release_and_none_is_released() -> None:
    """A tag policy that went wrong must not tear down what works."""
    scene = _fleet()
    _untag(scene, 4)
    sweeper = Sweeper(scene, most_releases=3)

    report = sweeper.tick()

    assert (4, True) == (report.releases, report.tripped)
    assert [] == sweeper.requested()
    assert [State.ATTACHED] * 6 == _states(scene)


def test_everything_else_is_reconciled_although_the_breaker_tripped() -> None:
    """Instances go on being launched, and repaired."""
    scene = _fleet()
    _untag(scene, 4)
    scene.ec2.add(an_instance(NEW), an_interface("eni-99"))
    scene.ec2.detach(an_interface("eni-06").id)
    sweeper = Sweeper(scene, most_releases=3)

    report = sweeper.tick()

    assert [FLEET[5], NEW] == sweeper.requested()
    assert {Drift.UNWANTED: 4, Drift.DETACHED: 1, Drift.MISSING: 1} == report.drifts
    assert [State.ATTACHED] * 6 == _states(scene)
    assert State.ATTACHED == scene.record(instance=NEW).state


def test_an_instance_that_lacks_one_interface_does_not_lose_another_for_it() -> None:
    """The renamed target is missing, whose request would release the old one."""
    scene = _fleet()
    _untag(scene, 4, desired="data")
    sweeper = Sweeper(scene, most_releases=3)

    report = sweeper.tick()

    assert {Drift.UNWANTED: 4, Drift.MISSING: 4} == report.drifts
    assert [State.ATTACHED] * 6 == _states(scene)


def test_the_breaker_stays_tripped_until_something_changes() -> None:
    """Otherwise it would only be slower."""
    scene = _fleet()
    _untag(scene, 4)
    sweeper = Sweeper(scene, most_releases=3)

    reports = [sweeper.tick() for _ in range(3)]

    assert [True] * 3 == [report.tripped for report in reports]
    sweeper.most_releases = 4
    assert not sweeper.tick().tripped
    assert [State.RELEASED] * 4 + [State.ATTACHED] * 2 == _states(scene)


def test_it_is_instances_that_are_counted() -> None:
    """One instance that gives up two targets is one changed mind."""
    scene = _fleet(targets="mgmt data")
    for number in range(1, 7):
        scene.ec2.add(an_interface(f"eni-1{number}", pool="data", vpc="vpc-0c"))
    Sweeper(scene).tick()
    scene.clock.advance(600)
    _untag(scene, 2)

    report = Sweeper(scene, most_releases=2).sweep()

    assert (4, 2, False) == (report.drifts[Drift.UNWANTED], report.releases, report.tripped)


def test_none_may_be_allowed() -> None:
    """Then only what an operator requests is released, and what is gone."""
    scene = _fleet()
    _untag(scene, 1)

    assert Sweeper(scene, most_releases=0).sweep().tripped
    scene.request(FLEET[0], event="event-2")
    scene.work_off()

    assert [State.ATTACHED] * 6 == _states(scene)


def test_interfaces_that_lost_their_pool_tag_as_well_are_counted() -> None:
    """A policy that strips every tag of ours strips those, too; some other pool is left."""
    scene = _fleet()
    scene.ec2.add(an_interface("eni-99"))
    for number in range(1, 5):
        scene.ec2.tag(f"eni-{number:02}", {POOL: None})
    _untag(scene, 4)

    report = Sweeper(scene, most_releases=3).tick()

    assert report.tripped
    assert [State.ATTACHED] * 6 == _states(scene)


@pytest.mark.parametrize("state", [InstanceState.SHUTTING_DOWN, InstanceState.TERMINATED])
def test_instances_that_are_terminated_are_not_counted(state: InstanceState) -> None:
    """A scale-in is no accident, and EC2 detaches by itself."""
    scene = _fleet()
    for instance in FLEET:
        scene.ec2.put_state(instance, state)
    sweeper = Sweeper(scene, most_releases=3)

    report = sweeper.tick()
    for instance in FLEET:
        scene.ec2.put_state(instance, InstanceState.TERMINATED)
    sweeper.tick()

    assert (0, False) == (report.releases, report.tripped)
    assert [State.RELEASED] * 6 == _states(scene)


def test_what_others_detached_already_is_not_counted() -> None:
    """There is nothing left to tear down; the records are closed."""
    scene = _fleet()
    _untag(scene, 4)
    for number in range(1, 7):
        scene.ec2.detach(an_interface(f"eni-{number:02}").id)

    report = Sweeper(scene, most_releases=3).tick()

    assert (0, False) == (report.releases, report.tripped)
    assert [State.RELEASED] * 4 + [State.ATTACHED] * 2 == _states(scene)


def _fleet(targets: str = "mgmt") -> Scene:
    """Return a deployment in which each instance has the interface of its own number."""
    scene = a_scene(a_vpc("vpc-0c", target="data"))
    for number, instance in enumerate(FLEET, start=1):
        reserved = {"dualhome:reserved-for": instance}
        scene.ec2.add(an_instance(instance, targets=targets))
        scene.ec2.add(an_interface(f"eni-{number:02}", tags=reserved))
    scene.request(*FLEET)
    scene.work_off()
    scene.clock.advance(600)
    return scene


def _untag(scene: Scene, many: int, desired: str | None = None) -> None:
    for instance in FLEET[:many]:
        scene.ec2.tag(instance, {TARGETS: desired})


def _states(scene: Scene) -> list[State]:
    return [scene.record(instance=instance).state for instance in FLEET]
