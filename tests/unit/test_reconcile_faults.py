"""AWS does not answer, or the process dies: nothing is lost, nothing is half done unrecorded."""

import pytest

from dualhome.domain.ec2 import AttachmentStatus, InstanceState
from dualhome.domain.errors import ThrottledError, TransientError, UnavailableError
from dualhome.domain.planning.types import Holder
from dualhome.domain.states import State
from tests.support.builders.values import (
    DATA,
    INSTANCE,
    INTERFACE,
    MGMT,
    a_vpc,
    an_instance,
    an_interface,
)
from tests.support.fakes.call_log import READS, Killed
from tests.support.scenarios.scene import Scene, a_scene

CALLS = 23
"""Calls of all ports on the way from the first request to two attachments seen."""


@pytest.mark.parametrize("after_execution", [False, True], ids=["before it", "after it"])
@pytest.mark.parametrize("call", range(CALLS))
def test_a_process_killed_at_any_call_leaves_nothing_unrecorded_and_its_successor_finishes(
    call: int,
    after_execution: bool,  # noqa: FBT001 - a parameter of pytest
) -> None:
    """The queue delivers the message again; the ledger says how far the first one got."""
    scene = _two_targets()
    scene.calls.die_at(call, after_execution=after_execution)

    with pytest.raises(Killed):
        _reconcile_and_work_off(scene)

    _check_that_all_is_recorded(scene)
    scene.work_off()
    _check_that_all_is_attached(scene)


def test_the_calls_that_a_process_is_killed_at_are_all_that_it_makes() -> None:
    """Else the test above would leave some of them out."""
    scene = _two_targets()

    _reconcile_and_work_off(scene)

    assert CALLS == len(scene.calls.made)


@pytest.mark.parametrize("method", [*READS, "records", "claims"])
def test_a_reading_that_fails_changes_nothing_and_fails_the_batch(method: str) -> None:
    """A plan that rests on half a reading would be a guess: the messages come back."""
    scene = _two_targets()
    scene.calls.fail_next(method, ThrottledError("slow down"))

    with pytest.raises(TransientError):
        scene.request()

    assert [] == scene.ledger.audit
    scene.work_off()
    _check_that_all_is_attached(scene)


@pytest.mark.parametrize("after_execution", [False, True], ids=["lost", "reply lost"])
@pytest.mark.parametrize("number", range(6))
def test_a_write_that_the_ledger_does_not_confirm_is_found_out_by_the_next_pass(
    number: int,
    after_execution: bool,  # noqa: FBT001 - a parameter of pytest
) -> None:
    """It may have been written or not: planning anew from the ledger is right in both cases."""
    scene = _two_targets()
    error = UnavailableError("?")
    scene.calls.fail_nth("commit", number, error, after_execution=after_execution)

    scene.request()
    scene.work_off()

    _check_that_all_is_attached(scene)


def test_requests_that_the_queue_does_not_take_fail_the_batch() -> None:
    """The messages that led to them come back, and lead to them again."""
    scene = _two_targets()
    scene.calls.fail_next("put", UnavailableError("no queue"))

    with pytest.raises(UnavailableError):
        scene.request()
    scene.work_off()

    _check_that_all_is_attached(scene)


def test_an_attachment_whose_process_died_is_recorded_while_it_is_on_its_way() -> None:
    """The successor finds it by its claim, long before it is complete."""
    scene = a_scene(an_instance(), an_interface())
    scene.ec2.attach_seconds = 60
    scene.calls.fail_next("attach", Killed(), after_execution=True)
    with pytest.raises(Killed):
        scene.request()

    scene.request()

    record, interface = scene.record(), scene.ec2.interface(INTERFACE)
    assert [State.CLAIMED, State.ATTACHING] == scene.states()
    assert interface is not None
    assert interface.attachment is not None
    assert interface.attachment.id == record.attachment_id


def test_one_instance_that_fails_does_not_hold_up_the_others_of_its_batch() -> None:
    """Fifty instances share an invocation."""
    scene = a_scene(an_instance(), an_instance("i-02"), an_interface(), an_interface("eni-02"))
    scene.calls.fail_next("commit", UnavailableError("?"))

    scene.request(INSTANCE, "i-02")

    assert {} == scene.ledger.of(INSTANCE)
    assert State.ATTACHING == scene.record(instance="i-02").state
    scene.work_off()
    assert State.ATTACHED == scene.record().state


def test_a_reading_after_a_refusal_that_fails_keeps_the_claim() -> None:
    """Without EC2's account of the interface it is unknown whether the refusal was an echo."""
    scene = a_scene(an_instance(), an_interface())
    scene.calls.before_next("attach", lambda: scene.ec2.put_state(INSTANCE, InstanceState.STOPPING))
    scene.calls.fail_next("find", ThrottledError("slow down"))

    scene.request()

    assert {INTERFACE: Holder(INSTANCE, MGMT)} == scene.ledger.claimed()


def _two_targets() -> Scene:
    data_vpc = a_vpc("vpc-0c", target="data", cidrs=("10.30.0.0/16",))
    scene = a_scene(an_instance(targets="mgmt data"), data_vpc, an_interface())
    scene.ec2.add(an_interface("eni-02", pool="data", vpc="vpc-0c"))
    return scene


def _reconcile_and_work_off(scene: Scene) -> None:
    scene.request()
    scene.work_off()


def _check_that_all_is_recorded(scene: Scene) -> None:
    attached = {it.id for it in scene.ec2.interfaces() if it.attachment}
    assert attached <= set(scene.ledger.claimed())


def _check_that_all_is_attached(scene: Scene) -> None:
    for target in (MGMT, DATA):
        record = scene.record(target)
        assert State.ATTACHED == record.state
        assert record.interface is not None
        seen = scene.ec2.interface(record.interface)
        assert seen is not None
        assert seen.attachment is not None
        assert (INSTANCE, AttachmentStatus.ATTACHED, record.slot) == (
            seen.attachment.instance,
            seen.attachment.status,
            seen.attachment.slot,
        )
    held = [Holder(INSTANCE, target) for target in (MGMT, DATA)]
    assert sorted(held, key=str) == sorted(scene.ledger.claimed().values(), key=str)
    assert sorted(held, key=str) == sorted(scene.ledger.slots().values(), key=str)
    assert scene.queue.seconds_to_next() is None
