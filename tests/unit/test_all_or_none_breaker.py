"""Units that lose a target: the breaker holds what many would lose, a sweep finds what one must."""

from dataclasses import replace
from datetime import timedelta

from dualhome.application.requests import ReconcileRequest
from dualhome.domain.attachment import Attachment, OperatorAction, OperatorRequest
from dualhome.domain.errors import UnexpectedAwsError
from dualhome.domain.identifiers import InstanceId, TargetName
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State
from tests.support.builders.values import (
    INSTANCE,
    POLICY,
    a_cause,
    a_vpc,
    an_instance,
    an_interface,
)
from tests.support.fakes.ec2_scan import Sweeper
from tests.support.scenarios.attached import paused
from tests.support.scenarios.scene import Scene, a_scene

IDS = [InstanceId(f"i-{number:02}") for number in range(30)]
MOST = 20
FOR_DATA = an_interface("eni-99", pool="data", vpc="vpc-0c")
RELEASE_DATA = OperatorRequest(OperatorAction.RELEASE, TargetName("data"))
ONE_TOO_MANY, AS_BEFORE = {"dualhome:targets": "mgmt bakcup"}, {"dualhome:targets": "mgmt"}


def test_events_of_a_bad_tag_policy_release_no_more_than_the_breaker_admits() -> None:
    """A target with a typing error, on every instance at once."""
    scene = _units()
    _tag_all(scene, ONE_TOO_MANY)

    scene.request(*IDS, event="policy")
    scene.work_off(seconds=120)

    assert MOST == scene.calls.count("detach")
    held = [it for it in _records(scene) if it.reason is Reason.RELEASE_HELD]
    assert {State.ATTACHED} == {it.state for it in held}
    assert len(IDS) - MOST == len(held)


def test_sweeps_count_those_that_the_breaker_has_held() -> None:
    """Else each would let the next ones go."""
    scene = _units(more=20)
    _tag_all(scene, ONE_TOO_MANY)
    scene.request(*_ids(scene), event="policy")
    scene.work_off(seconds=120)
    sweeper = Sweeper(scene, most_releases=MOST)

    reports = [sweeper.tick() for _ in range(4)]

    assert [True] * 4 == [report.tripped for report in reports]
    assert MOST == scene.calls.count("detach")


def test_a_pause_leaves_the_breaker_as_it_is() -> None:
    """Nothing is released meanwhile: there is nothing to count, and nothing to hold."""
    scene = _units(more=20)
    _tag_all(scene, ONE_TOO_MANY)
    scene.request(*_ids(scene), event="policy")
    scene.work_off(seconds=120)
    scene = paused(scene)

    report = Sweeper(scene, most_releases=MOST).tick()

    assert (0, False, False) == (report.releases, report.tripped, scene.breaker.held)


def test_once_the_tags_are_put_back_nothing_is_held_any_more() -> None:
    """By sweeps alone: the events may be lost."""
    scene = _units(more=20)
    _tag_all(scene, ONE_TOO_MANY)
    scene.request(*_ids(scene), event="policy")
    scene.work_off(seconds=120)
    _tag_all(scene, AS_BEFORE)
    sweeper = Sweeper(scene, most_releases=MOST)

    reports = [sweeper.tick() for _ in range(4)]

    assert not reports[-1].tripped
    assert {(State.ATTACHED, None)} == {(it.state, it.reason) for it in _records(scene)}
    assert MOST == scene.calls.count("detach")


def test_the_rest_of_a_unit_goes_back_when_one_part_is_stuck() -> None:
    """No event tells that a rollback has given up: the next sweep finds it."""
    scene = a_scene(an_instance(targets="mgmt data", tags={"dualhome:policy": "all"}))
    scene.ec2.add(a_vpc("vpc-0c", target="data"), an_interface(), FOR_DATA)
    scene.request()
    scene.work_off()
    scene.calls.fail_next("detach", UnexpectedAwsError("no", code="OperationNotPermitted"))
    ask = ReconcileRequest(
        InstanceId(INSTANCE), a_cause(time=scene.clock()), operator_requests=(RELEASE_DATA,)
    )
    scene.invoke(ask)
    scene.work_off()

    Sweeper(scene).tick()

    assert State.STUCK == scene.record("data").state
    record = scene.record()
    assert (State.WAITING, Reason.UNIT_INCOMPLETE) == (record.state, record.reason)


def test_what_the_breaker_holds_of_a_unit_is_read_again_by_sweeps_alone() -> None:
    """One part is unwanted and the others lack one: neither keeps coming back for the other."""
    policy = replace(POLICY, release_delay=timedelta(seconds=10))
    unit = an_instance(targets="mgmt data", tags={"dualhome:policy": "all"})
    scene = a_scene(unit, a_vpc("vpc-0c", target="data"), an_interface(), FOR_DATA, policy=policy)
    scene.request()
    scene.work_off()
    scene.clock.advance(60)
    scene.breaker.most = 0
    scene.ec2.tag(INSTANCE, {"dualhome:targets": "data bakcup"})
    scene.request(event="event-2")
    scene.calls.forget()

    scene.work_off(seconds=600)

    assert (Reason.RELEASE_HELD, Reason.RELEASE_HELD) == (
        scene.record().reason,
        scene.record("data").reason,
    )
    assert 3 > scene.calls.count("describe_instances")
    scene.breaker.most = MOST
    scene.request(event="event-3")
    scene.work_off()
    assert (State.RELEASED, {}) == (scene.record().state, scene.ledger.claimed())


def _units(more: int = 0) -> Scene:
    scene = a_scene()
    scene.breaker.most = MOST
    for number in range(len(IDS) + more):
        unit = an_instance(f"i-{number:02}", tags={"dualhome:policy": "all"})
        scene.ec2.add(unit, an_interface(f"eni-{number:02}"))
    scene.request(*_ids(scene))
    scene.work_off()
    scene.clock.advance(60)
    return scene


def _ids(scene: Scene) -> list[InstanceId]:
    ids = [InstanceId(f"i-{number:02}") for number in range(50)]
    return [id_ for id_ in ids if scene.ec2.instance(id_)]


def _tag_all(scene: Scene, tags: dict[str, str]) -> None:
    for id_ in _ids(scene):
        scene.ec2.tag(id_, dict(tags))


def _records(scene: Scene) -> list[Attachment]:
    return [it for it in scene.ledger.present().values() if it.target == "mgmt"]
