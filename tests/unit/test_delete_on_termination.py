"""Interfaces that EC2 deletes with their instance: warned of while attached, told in the end."""

import pytest

from dualhome.domain.ec2 import InstanceState
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State
from dualhome_cli.history.transitions import text_of
from tests.support.builders.values import (
    INSTANCE,
    INTERFACE,
    MGMT_VPC,
    SLOT,
    an_instance,
    an_interface,
)
from tests.support.fakes.ec2_scan import Sweeper
from tests.support.scenarios.scene import Scene, a_scene

WARNED = (Reason.DELETE_ON_TERMINATION,)


def adopted(*, doomed: bool = True) -> Scene:
    """Return a deployment that has taken over what was attached by hand."""
    scene = a_scene(an_instance(), an_interface())
    scene.ec2.attach(INSTANCE, INTERFACE, SLOT)
    scene.ec2.delete_with_instance(INTERFACE, on=doomed)
    scene.request()
    scene.work_off()
    return scene


def gone(scene: Scene) -> str:
    """Let the instance terminate, and return the last line of its history."""
    scene.ec2.put_state(INSTANCE, InstanceState.TERMINATED)
    scene.request(event="event-2")
    scene.work_off()
    assert State.RELEASED == scene.record().state
    return text_of(scene.ledger.audit[-1])


def test_beside_a_consent_that_is_withdrawn_the_sweep_finds_it_noted() -> None:
    """Two warnings that come and go do not change places each time."""
    scene = adopted()
    scene.ec2.tag(MGMT_VPC, {"dualhome:allow-from": None})
    sweeper = Sweeper(scene)
    sweeper.tick()

    report = sweeper.tick()

    both = {Reason.CONSENT_WITHDRAWN, Reason.DELETE_ON_TERMINATION}
    assert both == set(scene.record().warnings)
    assert {} == report.drifts


def test_one_that_is_taken_over_is_warned_of() -> None:
    """Its pool loses it with the instance, and without a warning."""
    assert WARNED == adopted().record().warnings
    assert () == adopted(doomed=False).record().warnings


@pytest.mark.parametrize("first", [True, False], ids=["set at first", "set later"])
def test_a_flag_that_others_changes_is_noticed_by_the_next_sweep(*, first: bool) -> None:
    """EC2 sends no event for it. Ours or taken over: it is lost alike."""
    scene = adopted(doomed=first)
    sweeper = Sweeper(scene)
    assert [] == list(sweeper.sweep().drifts)

    scene.ec2.delete_with_instance(INTERFACE, on=not first)
    sweeper.tick()

    assert (() if first else WARNED) == scene.record().warnings
    assert [State.ATTACHED, State.ATTACHED] == scene.states()
    line = ("No more" if first else "Warning") + ": DELETE_ON_TERMINATION."
    assert line in text_of(scene.ledger.audit[-1])
    assert {} == sweeper.sweep().drifts


def test_what_we_attached_ourselves_is_warned_of_too() -> None:
    """The flag is set while it is on its way."""
    scene = a_scene(an_instance(), an_interface())
    scene.ec2.attach_seconds = 5
    scene.request()
    scene.ec2.delete_with_instance(INTERFACE, on=True)

    scene.work_off()

    assert (State.ATTACHED, WARNED) == (scene.record().state, scene.record().warnings)


def test_what_was_deleted_with_its_instance_was_not_given_back() -> None:
    """The pool's owner expects it there."""
    scene = adopted()

    line = gone(scene)

    record = scene.record()
    assert Reason.DELETED_WITH_INSTANCE is record.reason
    assert f"{INTERFACE} was deleted with {INSTANCE}" == record.detail
    assert line.startswith(f"Lost {INTERFACE} at device index 1. DELETED_WITH_INSTANCE: ")
    assert {} == scene.ledger.claimed()


def test_what_ec2_keeps_is_released_as_ever() -> None:
    """The flag is off: the interface is free."""
    line = gone(adopted(doomed=False))

    assert line == f"Released {INTERFACE} at device index 1. INSTANCE_STATE."


def test_a_warning_that_came_true_elsewhere_is_not_reported_as_a_deletion() -> None:
    """It was set, and the interface is still in its pool: it was cleared in time."""
    scene = adopted()
    scene.ec2.delete_with_instance(INTERFACE, on=False)

    gone(scene)

    assert Reason.INSTANCE_STATE is scene.record().reason


def test_one_that_only_left_its_pool_is_not_reported_as_deleted() -> None:
    """The list of its pool lacks it; by its id EC2 shows it."""
    scene = adopted(doomed=False)
    scene.ec2.tag(INTERFACE, {"dualhome:pool": None})

    assert gone(scene) == f"Released {INTERFACE} at device index 1. INSTANCE_STATE."


def test_one_that_was_deleted_unseen_is_reported_as_gone() -> None:
    """There was no warning; by its id EC2 does not know it."""
    scene = adopted(doomed=False)
    scene.ec2.put_state(INSTANCE, InstanceState.TERMINATED)
    scene.ec2.delete(INTERFACE)

    assert gone(scene).endswith(f"INSTANCE_STATE: {INTERFACE} exists no more.")


@pytest.mark.parametrize("doomed", [True, False])
def test_none_is_requeued_for_an_interface_that_is_no_more(*, doomed: bool) -> None:
    """There is nothing to have; what is free requeues the one that waits."""
    scene = adopted(doomed=doomed)
    scene.ec2.add(an_instance("i-02"))
    scene.request("i-02")
    scene.work_off()
    scene.ec2.put_state(INSTANCE, InstanceState.TERMINATED)

    scene.request(event="event-2")

    requeued = [] if doomed else ["i-02"]
    assert requeued == [request.instance for _, request in scene.queue.queued]
