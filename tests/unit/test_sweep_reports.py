"""What a sweep cannot mend and reports: interfaces of strangers, and torn claims."""

import pytest

from dualhome.domain.network import InstanceState
from dualhome.domain.states import State
from dualhome.domain.view import Holder
from tests.support.builders import (
    INSTANCE,
    INTERFACE,
    MGMT,
    SLOT,
    an_instance,
    an_interface,
)
from tests.support.in_memory_fleet import Broom
from tests.support.in_memory_scene import Scene, a_scene

OTHER = Holder(an_instance("i-02").id, MGMT)
TARGETS, POOL = "dualhome:targets", "dualhome:pool"


@pytest.mark.parametrize("wish", [None, "data"])
def test_a_pool_interface_on_an_instance_that_did_not_ask_is_reported(wish: str | None) -> None:
    """It is missing in the pool, and no record says why."""
    scene = a_scene(an_instance(targets=wish), an_interface(), an_interface("eni-02"))
    scene.ec2.attach(INSTANCE, INTERFACE, SLOT)

    report = Broom(scene).sweep()

    assert ((INTERFACE, INSTANCE),) == report.strangers
    assert () == report.torn


def test_what_a_record_holds_is_no_strangers() -> None:
    """Whether attached or on its way."""
    scene = _attached()
    scene.ec2.add(an_instance("i-02"), an_interface("eni-02"))
    scene.ec2.attach_seconds = 60
    scene.look("i-02")

    assert () == Broom(scene).sweep().strangers


def test_what_is_claimed_while_the_sweep_reads_is_no_strangers() -> None:
    """The index of records lags behind by up to a second; claims are read as last written."""
    scene = a_scene(an_instance(), an_interface())
    scene.ec2.attach(INSTANCE, INTERFACE, SLOT)
    scene.calls.before_next("claims", scene.look)

    report = Broom(scene).sweep()

    assert State.ATTACHED == scene.record().state
    assert ((), ()) == (report.strangers, report.torn)


def test_a_claim_without_its_record_is_reported() -> None:
    """Nobody can have the interface, and nobody has it."""
    scene = a_scene(an_instance(targets=None), an_interface())
    scene.ledger._claims[INTERFACE] = OTHER  # noqa: SLF001 - a hand in the tables

    assert (INTERFACE,) == Broom(scene).sweep().torn


def test_a_record_without_its_claim_is_reported() -> None:
    """Somebody else may be given what it holds."""
    scene = _attached()
    del scene.ledger._claims[INTERFACE]  # noqa: SLF001 - a hand in the tables

    assert (INTERFACE,) == Broom(scene).sweep().torn


@pytest.mark.parametrize("pooled", [True, False])
def test_a_claim_that_names_another_record_is_reported(*, pooled: bool) -> None:
    """Once, although two records are concerned; an interface that left its pool, too."""
    scene = _attached()
    scene.ledger._claims[INTERFACE] = OTHER  # noqa: SLF001 - a hand in the tables
    scene.ec2.tag(INTERFACE, {POOL: MGMT if pooled else None})

    assert (INTERFACE,) == Broom(scene).sweep().torn


def test_a_release_while_the_sweep_reads_tears_nothing() -> None:
    """The record was read before it, and the claim after it."""
    scene = _attached()
    scene.ec2.put_state(INSTANCE, InstanceState.TERMINATED)
    scene.calls.before_next("claims", lambda: scene.look(event="event-2"))

    report = Broom(scene).sweep()

    assert State.RELEASED == scene.record().state
    assert () == report.torn


def test_what_is_reported_is_not_touched() -> None:
    """A defect, or somebody's hand: to guess which would do harm."""
    scene = a_scene(an_instance(targets=None), an_interface(), an_interface("eni-02"))
    scene.ec2.attach(INSTANCE, INTERFACE, SLOT)
    scene.ledger._claims[an_interface("eni-02").id] = OTHER  # noqa: SLF001 - as above
    broom = Broom(scene)

    reports = [broom.tick() for _ in range(2)]

    assert reports[0] == reports[1]
    assert [] == scene.ledger.audit
    assert (0, 0) == (scene.calls.count("attach"), scene.calls.count("detach"))


def _attached() -> Scene:
    scene = a_scene(an_instance(), an_interface())
    scene.look()
    scene.work_off()
    scene.clock.advance(600)
    return scene
