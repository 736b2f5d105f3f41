"""What becomes of the records of an instance that goes away."""

from dataclasses import replace
from datetime import timedelta

import pytest

from dualhome.domain.ec2 import Instance, InstanceState
from dualhome.domain.planning.observe import IN_FLIGHT, VISIBLE_AFTER
from dualhome.domain.planning.plan import plan_instance
from dualhome.domain.planning.types import move_of
from dualhome.domain.reasons import Reason
from dualhome.domain.states import HOLDING, State
from tests.support.builders.decisions import after_of, attach_of, polls, release_of
from tests.support.builders.values import (
    NOW,
    PAUSED,
    POLICY,
    a_record,
    a_seen_attachment,
    an_instance,
    an_interface,
)
from tests.support.builders.views import a_view

GONE = [
    None,
    an_instance(state=InstanceState.SHUTTING_DOWN),
    an_instance(state=InstanceState.TERMINATED),
]
LONG_AGO = NOW - IN_FLIGHT


@pytest.mark.parametrize("instance", GONE, ids=["gone", "shutting-down", "terminated"])
@pytest.mark.parametrize("state", set(State) - {State.RELEASED, State.RELEASING})
def test_every_record_of_a_departed_instance_is_released(
    instance: Instance | None, state: State
) -> None:
    """Its interface goes back to the pool, where others wait for it."""
    record = a_record(state, since=LONG_AGO)

    (step,) = plan_instance(a_view(instance, records=[record], pool=[an_interface()]))

    assert attach_of(step) is None
    after = after_of(step)
    assert (after.state, after.reason) == (State.RELEASED, Reason.INSTANCE_STATE)


@pytest.mark.parametrize("state", HOLDING - {State.RELEASING})
def test_a_claim_is_kept_while_ec2_still_shows_the_interface_on_the_instance(state: State) -> None:
    """Given free too early, it would be claimed for an instance whose attach EC2 refuses."""
    record = a_record(state, since=LONG_AGO)
    pool = [an_interface(attachment=a_seen_attachment())]

    (step,) = plan_instance(a_view(None, records=[record], pool=pool))

    assert (move_of(step), attach_of(step), polls(step)) == (None, None, True)


@pytest.mark.parametrize("instance", GONE, ids=["gone", "shutting-down", "terminated"])
def test_a_release_under_way_is_left_to_its_rollback(instance: Instance | None) -> None:
    """It ends with the record's own reason and first error; a dead one is started again."""
    record = a_record(State.RELEASING)

    (step,) = plan_instance(a_view(instance, records=[record], pool=[an_interface()]))

    assert (move_of(step), release_of(step)) == (None, record)


def test_a_claim_is_kept_while_an_invocation_may_carry_it_out() -> None:
    """The attach may reach EC2 after our read, and the instance is not quite gone yet."""
    record = a_record(State.CLAIMED, since=LONG_AGO + timedelta(seconds=1))

    (step,) = plan_instance(a_view(None, records=[record], pool=[an_interface()]))

    assert (move_of(step), polls(step)) == (None, True)


def test_an_interface_that_went_to_another_instance_is_not_held_for_the_departed() -> None:
    """The record is ours, the interface no longer."""
    pool = [an_interface(attachment=a_seen_attachment(instance="i-02"))]
    record = a_record(State.ATTACHED, since=NOW - VISIBLE_AFTER)

    (step,) = plan_instance(a_view(None, records=[record], pool=pool))

    assert after_of(step).state == State.RELEASED


def test_an_instance_that_is_not_shown_yet_keeps_what_it_has_just_got() -> None:
    """One answer of EC2 may know of it, and the next one not: that proves no departure."""
    record = a_record(State.ATTACHED, since=NOW - VISIBLE_AFTER + timedelta(seconds=1))

    (step,) = plan_instance(a_view(None, records=[record], pool=[an_interface()]))

    assert (move_of(step), polls(step)) == (None, True)


def test_a_departed_instance_with_everything_released_needs_no_step() -> None:
    """Duplicates of the last event change nothing."""
    assert plan_instance(a_view(None, records=[a_record(State.RELEASED)])) == ()


def test_an_instance_that_ec2_does_not_know_needs_no_step() -> None:
    """Neither EC2 nor the ledger has heard of it."""
    assert plan_instance(a_view(None)) == ()


@pytest.mark.parametrize("instance", [*GONE, an_instance(), an_instance(targets=None)])
def test_a_release_under_way_waits_for_the_end_of_a_pause(instance: Instance | None) -> None:
    """Of an instance that is there as of one that is gone: a rollback could only end again."""
    policy = replace(POLICY, pause=PAUSED)
    view = a_view(instance, records=[a_record(State.RELEASING)], policy=policy)

    assert () == plan_instance(view)
    assert () != plan_instance(replace(view, policy=POLICY))
