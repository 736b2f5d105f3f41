"""What a plan says of instances and records that are not as they should be."""

from typing import Any

import pytest

from dualhome.domain.ec2 import InstanceState
from dualhome.domain.errors import UnexpectedAwsError
from dualhome.domain.identifiers import InstanceId
from dualhome.domain.reasons import Reason
from dualhome_cli.plan.outcome import Outcome
from tests.support.builders.values import INSTANCE, OTHER_ZONE, an_instance, an_interface
from tests.support.scenarios.attached import paused
from tests.support.scenarios.plan_driver import outcome, outcomes
from tests.support.scenarios.scene import a_scene

POOL = tuple(an_interface(f"eni-{number:02}") for number in range(5))


@pytest.mark.parametrize("state", [InstanceState.PENDING, InstanceState.STOPPING])
def test_an_instance_between_two_states_is_reconciled_later(state: InstanceState) -> None:
    """EC2 attaches to running and to stopped instances alone."""
    found = outcome(a_scene(an_instance(state=state), *POOL))

    assert (Outcome.LATER, f"the instance is {state}") == (found.outcome, found.detail)
    assert not found.good


def test_an_ignored_instance_gets_nothing() -> None:
    """Its tag asks for a target, and the tag beside it forbids to touch it."""
    found = outcome(a_scene(an_instance(tags={"dualhome:ignore": ""}), *POOL))

    assert (Outcome.IGNORE, False) == (found.outcome, found.good)
    assert "its tag dualhome:ignore is set" == found.detail


@pytest.mark.parametrize(
    "change", [{"tags": {"dualhome:ignore": ""}}, {"state": InstanceState.STOPPING}]
)
def test_what_is_attached_is_said_to_be_whatever_the_instance_does(change: dict[str, Any]) -> None:
    """Neither the tag nor a stop takes it away."""
    scene = a_scene(an_instance(), *POOL)
    scene.request()
    scene.work_off()
    shown = scene.ec2.instance(INSTANCE)
    scene.ec2.add(an_instance(**change, attachments=shown.attachments if shown else ()))

    found = outcome(scene)

    assert (Outcome.ATTACHED, True) == (found.outcome, found.good)


def test_an_instance_that_asks_for_nothing_is_no_reason_to_worry() -> None:
    """Most instances of an account want nothing."""
    found = outcome(a_scene(an_instance(targets=None), *POOL))

    assert (Outcome.NOTHING, True) == (found.outcome, found.good)


def test_an_unknown_instance_is_named_as_one() -> None:
    """A typing error must not look like an instance that asks for nothing."""
    found = outcome(a_scene(*POOL), "mgmt")

    assert (Outcome.GONE, False) == (found.outcome, found.good)
    assert found.detail.startswith("EC2 shows no such instance in this account and Region")


def test_a_terminated_instance_gives_back_what_it_holds() -> None:
    """The record is closed, and so it says."""
    scene = a_scene(an_instance(), *POOL)
    scene.request()
    scene.work_off()
    scene.ec2.put_state(InstanceId(INSTANCE), InstanceState.TERMINATED)

    gone, record = outcomes(scene)

    assert (Outcome.GONE, "it is terminated") == (gone.outcome, gone.detail)
    assert (Outcome.CLOSE, "mgmt") == (record.outcome, record.target)


def test_what_failed_is_tried_again_later_and_ec2s_own_words_are_shown() -> None:
    """The record keeps the first error; nothing is to be had before its time."""
    scene = a_scene(an_instance(), POOL[0])
    scene.ec2.calls.fail_next("attach", UnexpectedAwsError("said", code="Odd", verbatim="No."))
    scene.request()

    found = outcome(scene)

    assert (Outcome.RETRY, Reason.EC2_REFUSED, False) == (found.outcome, found.reason, found.good)
    assert "No." == found.detail


def test_one_at_another_index_than_is_pinned_now_is_released_first() -> None:
    """Whether it can be attached again is no promise: another instance may wait for it."""
    scene = a_scene(an_instance(), *POOL)
    scene.request()
    scene.work_off()

    found = outcome(scene, "mgmt@2")

    assert (Outcome.RELEASE, True, False) == (found.outcome, found.wanted, found.good)
    assert "" == found.advice


def test_a_stack_that_is_paused_attaches_nothing() -> None:
    """The answer is about now."""
    found = outcome(paused(a_scene(an_instance(), *POOL)))

    assert (Outcome.WAIT, Reason.PAUSED, False) == (found.outcome, found.reason, found.good)


def test_a_stack_that_is_paused_keeps_what_nobody_wants_any_more() -> None:
    """And so it says, rather than calling it attached."""
    scene = a_scene(an_instance(), *POOL)
    scene.request()
    scene.work_off()

    found = outcome(paused(scene), "")

    assert (Outcome.KEEP, Reason.PAUSED, True) == (found.outcome, found.reason, found.good)


def test_a_type_that_ec2_does_not_describe_is_named_however_long_it_has_waited() -> None:
    """Not an interface that was skipped for another reason."""
    scene = a_scene(an_instance(type="z9.large"), *POOL, an_interface("eni-09", zone=OTHER_ZONE))
    first = outcome(scene)
    scene.request()

    again = outcome(scene)

    for found in (first, again):
        assert (Outcome.WAIT, Reason.TYPE_UNKNOWN) == (found.outcome, found.reason)
        assert "EC2 does not describe z9.large" == found.detail
        assert Reason.TYPE_UNKNOWN.advice == found.advice


def test_targets_that_are_one_unit_are_all_to_be_had_or_none() -> None:
    """The one that lacks is named, and the other is not promised."""
    scene = a_scene(an_instance(targets="mgmt data", tags={"dualhome:policy": "all"}), *POOL)

    mgmt, data = outcomes(scene)

    assert (Outcome.WAIT, Reason.UNIT_INCOMPLETE) == (mgmt.outcome, mgmt.reason)
    assert "data: NO_TARGET" == mgmt.detail
    assert (Outcome.REFUSE, Reason.NO_TARGET) == (data.outcome, data.reason)


def test_of_a_unit_that_lost_one_and_cannot_have_the_other_nothing_is_released() -> None:
    """Two moves are planned for one record, and the ledger takes the first."""
    scene = a_scene(an_instance(tags={"dualhome:policy": "all"}), *POOL)
    scene.request()
    scene.work_off()
    scene.ec2.detach(scene.record().interface or POOL[0].id)
    scene.clock.advance(60)

    mgmt, _ = outcomes(scene, "mgmt data")

    assert (Outcome.WAIT, Reason.UNIT_INCOMPLETE) == (mgmt.outcome, mgmt.reason)
