"""Which targets a sweep knows: what hangs on one must be found when nothing names it any more."""

from dualhome.domain.ec2 import InstanceState
from dualhome.domain.identifiers import InstanceId
from dualhome.domain.states import State
from tests.support.builders.values import DATA, INSTANCE, INTERFACE, MGMT, an_instance, an_interface
from tests.support.fakes.ec2_scan import Sweeper
from tests.support.scenarios.attached import attached
from tests.support.scenarios.scene import Scene

TARGETS, POOL = "dualhome:targets", "dualhome:pool"


def test_what_is_attached_is_found_when_its_whole_pool_was_deleted() -> None:
    """The instance vanished with its interface, unheard: only the record names the target."""
    scene, sweeper = _swept()
    scene.ec2.forget(INSTANCE)
    scene.ec2.delete(INTERFACE)

    sweeper.tick()

    assert State.RELEASED == scene.record().state
    assert {} == scene.ledger.claimed()


def test_what_is_attached_is_found_when_no_tag_names_its_target_any_more() -> None:
    """Both tags were stripped, and no event came."""
    scene, sweeper = _swept()
    scene.ec2.tag(INSTANCE, {TARGETS: None})
    scene.ec2.tag(INTERFACE, {POOL: None})

    report = sweeper.tick()

    assert 1 == report.releases
    assert State.ATTACHED != scene.record().state


def test_a_target_is_known_by_its_pool_or_by_what_is_held() -> None:
    """Not by those who wait: they are found by their state, and anybody can ask for any name."""
    scene, sweeper = _swept()
    scene.ec2.add(an_interface("eni-09", pool="data"))
    scene.ec2.add(an_instance("i-02", targets="nowhere nothing"))
    scene.request("i-02")

    sweeper.tick()

    assert {MGMT, DATA} == sweeper.checkpoints.targets()


def test_a_target_that_nothing_hangs_on_is_forgotten() -> None:
    """Else the list would grow for ever."""
    scene, sweeper = _swept()
    scene.ec2.forget(INSTANCE)
    scene.ec2.delete(INTERFACE)

    for _ in range(3):
        sweeper.tick()

    assert frozenset() == sweeper.checkpoints.targets()


def test_a_target_stays_known_while_its_records_move_and_hold() -> None:
    """What moves may come to rest attached."""
    scene, sweeper = _swept()
    scene.ec2.detach_seconds = 10_000
    scene.ec2.tag(INSTANCE, {TARGETS: None})
    scene.ec2.tag(INTERFACE, {POOL: None})
    sweeper.tick()
    assert State.RELEASING == scene.record().state

    for _ in range(3):
        sweeper.sweep()

    assert {MGMT} == sweeper.checkpoints.targets()


def test_what_was_attached_before_the_first_sweep_is_known_after_it() -> None:
    """By who asks for it, although its pool is gone."""
    scene = attached()
    scene.ec2.tag(INTERFACE, {POOL: None})
    sweeper = Sweeper(scene)
    sweeper.tick()
    scene.ec2.put_state(InstanceId(INSTANCE), InstanceState.TERMINATED)

    sweeper.tick()

    assert State.RELEASED == scene.record().state


def _swept() -> tuple[Scene, Sweeper]:
    """Return a deployment in which an instance is attached, and that was swept once."""
    scene = attached()
    sweeper = Sweeper(scene)
    sweeper.tick()
    return scene, sweeper
