"""Tags that changed and of which no event told: what a sweep makes of them."""

import pytest

from dualhome.domain.drift import Drift
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State
from tests.support.builders.values import INSTANCE, INTERFACE
from tests.support.fakes.ec2_scan import Sweeper
from tests.support.scenarios.attached import attached, holder

TARGETS, POOL = "dualhome:targets", "dualhome:pool"


@pytest.mark.parametrize("desired", [None, "", "data"])
def test_what_is_no_longer_wanted_is_released(desired: str | None) -> None:
    """The tag was removed, emptied or renamed, and no event came."""
    scene = attached()
    scene.ec2.tag(INSTANCE, {TARGETS: desired})

    assert 1 == Sweeper(scene).tick().releases

    assert State.RELEASED == scene.record().state
    assert not holder(scene)


def test_what_is_wanted_at_another_index_is_moved() -> None:
    """The tag was edited, and no event came."""
    scene = attached()
    scene.ec2.tag(INSTANCE, {TARGETS: "mgmt@2"})

    Sweeper(scene).tick()

    slot = scene.record().slot
    assert State.ATTACHED == scene.record().state
    assert slot
    assert 2 == slot.index


def test_what_was_released_and_is_wanted_again_is_attached_again() -> None:
    """A released record is none that answers a tag."""
    scene = attached()
    scene.ec2.tag(INSTANCE, {TARGETS: None})
    sweeper = Sweeper(scene)
    sweeper.tick()
    assert State.RELEASED == scene.record().state
    scene.ec2.tag(INSTANCE, {TARGETS: "mgmt"})

    assert {Drift.MISSING: 1} == sweeper.tick().drifts

    assert State.ATTACHED == scene.record().state


@pytest.mark.parametrize(
    "tags",
    [{TARGETS: None, "dualhome:ignore": ""}, {TARGETS: "@"}, {TARGETS: "", "dualhome:policy": "?"}],
    ids=["ignored", "malformed", "malformed policy"],
)
def test_nothing_is_released_for_tags_that_say_nothing(tags: dict[str, str | None]) -> None:
    """Excluded, or a slip of the pen: neither counts as a release."""
    scene = attached()
    scene.ec2.tag(INSTANCE, tags)
    sweeper = Sweeper(scene, most_releases=0)

    reports = [sweeper.tick() for _ in range(3)]

    assert [False] * 3 == [report.tripped for report in reports]
    assert State.ATTACHED == scene.record().state
    assert holder(scene)


def test_a_malformed_tag_is_refused_although_no_event_came() -> None:
    """Once, however many sweeps there are."""
    scene = attached()
    scene.ec2.tag(INSTANCE, {"dualhome:policy": "some"})
    sweeper = Sweeper(scene)

    for _ in range(3):
        sweeper.tick()

    assert Reason.BAD_TAG == scene.record("*").reason
    assert [State.REFUSED] == scene.states("*")


def test_an_interface_that_left_its_pool_while_attached_stays_where_it_is_wanted() -> None:
    """People retire an interface so: it is no longer given to anybody else."""
    scene = attached()
    scene.ec2.tag(INTERFACE, {POOL: None})
    sweeper = Sweeper(scene)

    sweeper.sweep()

    assert [] == sweeper.requested()
