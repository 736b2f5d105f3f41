"""A rollback that is killed, lost or not answered is carried through all the same."""

from contextlib import suppress

import pytest

from dualhome.adapters.sfn_rollbacks import TRIES
from dualhome.domain.errors import DualhomeError, ThrottledError, UnavailableError
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State
from tests.support.builders.values import INSTANCE, INTERFACE, an_instance, an_interface
from tests.support.fakes.call_log import Killed
from tests.support.scenarios.scene import Scene, a_scene

CALLS = 42
"""Calls of all ports from the request that finds the tag gone until another instance has it."""


@pytest.mark.parametrize("after_execution", [False, True], ids=["before it", "after it"])
@pytest.mark.parametrize("call", range(CALLS))
def test_a_process_killed_at_any_call_of_a_release_hinders_nothing_but_its_speed(
    call: int,
    after_execution: bool,  # noqa: FBT001 - a parameter of pytest
) -> None:
    """Reconciler or step: the queue, or Step Functions, begins it again."""
    scene = _unwanted_and_awaited()
    scene.calls.die_at(call, after_execution=after_execution)

    with suppress(Killed):
        _reconcile_once(scene)
    scene.work_off()

    _check_that_another_instance_has_it(scene)


def test_the_calls_that_a_release_is_killed_at_are_all_that_it_makes() -> None:
    """Else the test above would leave some of them out."""
    scene = _unwanted_and_awaited()
    scene.calls.forget()

    _reconcile_once(scene)

    assert CALLS == len(scene.calls.made)


@pytest.mark.parametrize("after_execution", [False, True], ids=["lost", "reply lost"])
@pytest.mark.parametrize("method", ["records", "find", "detach", "commit", "put"])
@pytest.mark.parametrize("error", [ThrottledError("slow down"), UnavailableError("timed out")])
def test_a_call_that_is_not_answered_is_made_again(
    method: str,
    error: DualhomeError,
    after_execution: bool,  # noqa: FBT001 - a parameter of pytest
) -> None:
    """Patience is all it takes; the record does not become `stuck` for it."""
    scene = _unwanted_and_awaited()
    scene.request()
    scene.calls.fail_next(method, error, after_execution=after_execution, times=3)

    with suppress(DualhomeError):
        scene.work_off()
    scene.work_off()

    assert State.STUCK not in scene.states()
    _check_that_another_instance_has_it(scene)


@pytest.mark.parametrize("after_execution", [False, True], ids=["lost", "reply lost"])
def test_a_rollback_whose_start_is_not_confirmed_is_started_again(
    after_execution: bool,  # noqa: FBT001 - a parameter of pytest
) -> None:
    """The record already says `releasing`: it would say so for ever."""
    scene = _unwanted_and_awaited()
    lost = UnavailableError("timed out")
    scene.calls.fail_next("start", lost, after_execution=after_execution)

    _reconcile_once(scene)

    _check_that_another_instance_has_it(scene)


def test_a_rollback_that_is_ended_by_hand_is_begun_again() -> None:
    """An execution can die of its own, too: no Catch is told of that."""
    scene = _unwanted_and_awaited()
    scene.request()
    scene.rollbacks.abort()

    _reconcile_once(scene)

    _check_that_another_instance_has_it(scene)


def test_a_rollback_that_dies_again_and_again_is_left_to_a_person() -> None:
    """Its first error, if it has one, and its claim are kept."""
    scene = _unwanted_and_awaited()
    for _ in range(TRIES):
        scene.request()
        scene.rollbacks.abort()

    _reconcile_once(scene)

    stuck = scene.record()
    assert (State.STUCK, Reason.UNDO_FAILED) == (stuck.state, stuck.reason)
    assert [INTERFACE] == list(scene.ledger.claimed())


def test_a_second_start_finds_the_first() -> None:
    """Two executions of one rollback would race each other."""
    scene = _unwanted_and_awaited()
    scene.ec2.detach_seconds = 60
    scene.request()
    scene.work_off(10)

    scene.request()

    assert 2 == scene.calls.count("start")
    assert 1 == len(scene.rollbacks.executions)


def _unwanted_and_awaited() -> Scene:
    scene = a_scene(an_instance(), an_instance("i-02"), an_interface())
    for instance in (INSTANCE, "i-02"):
        scene.request(instance)
        scene.work_off()
    scene.ec2.tag(INSTANCE, {"dualhome:targets": None})
    return scene


def _reconcile_once(scene: Scene) -> None:
    scene.request()
    scene.work_off()


def _check_that_another_instance_has_it(scene: Scene) -> None:
    assert State.RELEASED == scene.record().state
    assert State.ATTACHED == scene.record(instance="i-02").state
    assert [INTERFACE] == list(scene.ledger.claimed())
    shown = scene.ec2.interface(INTERFACE)
    assert shown is not None
    assert shown.attachment is not None
    assert "i-02" == shown.attachment.instance
    assert scene.queue.seconds_to_next() is None
    assert scene.rollbacks.seconds_to_next() is None
