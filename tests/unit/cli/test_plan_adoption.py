"""What a plan says of interfaces that people attach or detach themselves."""

from dualhome.domain.ec2 import DeviceSlot
from dualhome.domain.reasons import Reason
from dualhome_cli.plan.outcome import Outcome
from dualhome_cli.plan.text import warnings
from tests.support.builders.values import INSTANCE, INTERFACE, SLOT, an_instance, an_interface
from tests.support.scenarios.plan_driver import outcome
from tests.support.scenarios.scene import a_scene

POOL = tuple(an_interface(f"eni-{number:02}") for number in range(5))


def test_what_was_detached_by_hand_is_foretold_to_be_attached_again() -> None:
    """The reconciler releases and claims anew in one reconciliation: one answer, not two."""
    scene = a_scene(an_instance(), *POOL)
    scene.request()
    scene.work_off()
    held = scene.record().interface
    scene.ec2.detach(held or POOL[0].id)
    scene.clock.advance(60)

    found = outcome(scene)

    assert Outcome.ATTACH is found.outcome
    assert found.record
    assert held == found.record.interface


def test_an_interface_that_another_user_attached_is_adopted() -> None:
    """Nothing is attached then: what is there is what was wanted."""
    scene = a_scene(an_instance(), *POOL)
    scene.ec2.attach(INSTANCE, POOL[3].id, DeviceSlot(0, 1))

    found = outcome(scene)

    assert (Outcome.ADOPT, True) == (found.outcome, found.good)
    assert found.record
    assert POOL[3].id == found.record.interface


def test_one_that_was_taken_over_is_attached_from_then_on() -> None:
    """It is as good as our own."""
    scene = a_scene(an_instance(), *POOL)
    scene.ec2.attach(INSTANCE, POOL[3].id, DeviceSlot(0, 1))
    scene.request()

    assert Outcome.ATTACHED is outcome(scene).outcome


def test_one_that_is_being_attached_by_hand_ends_the_wait() -> None:
    """The record still waits; what EC2 shows is newer."""
    scene = a_scene(an_instance(), an_interface("eni-01", status="in-use"))
    scene.request()
    scene.ec2.add(an_interface("eni-02"))
    scene.ec2.attach_seconds = 5
    scene.ec2.attach(INSTANCE, POOL[2].id, DeviceSlot(0, 1))

    assert Outcome.MOVING is outcome(scene).outcome


def test_one_that_is_being_attached_by_hand_is_on_its_way() -> None:
    """Whether it will be attached is open; the reconciler attaches no second one."""
    scene = a_scene(an_instance(), *POOL)
    scene.ec2.attach_seconds = 5
    scene.ec2.attach(INSTANCE, POOL[3].id, DeviceSlot(0, 1))

    found = outcome(scene)

    assert (Outcome.MOVING, None) == (found.outcome, found.record)


def test_a_deletion_to_come_is_foretold_with_what_is_taken_over() -> None:
    """Before the instance is tagged, and long before it terminates."""
    scene = a_scene(an_instance(), an_interface())
    scene.ec2.attach(INSTANCE, INTERFACE, SLOT)
    scene.ec2.delete_with_instance(INTERFACE, on=True)

    found = outcome(scene)

    assert Outcome.ADOPT is found.outcome
    ((warning, advice),) = warnings(found)
    assert Reason.DELETE_ON_TERMINATION is warning
    assert f"--network-interface-id {INTERFACE}" in advice
