"""What a plan says of releases, which rest on two readings, and of interfaces that come last."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from dualhome.domain.ec2 import InstanceState
from dualhome.domain.errors import UnexpectedAwsError
from dualhome.domain.reasons import Reason
from dualhome_cli.plan.outcome import Confirmation, Outcome
from dualhome_cli.plan.rows import rows
from dualhome_cli.plan.text import lines_of
from tests.support.builders.values import INSTANCE, INTERFACE, POLICY, an_instance, an_interface
from tests.support.fakes.sqs import a_deployment
from tests.support.scenarios.plan_driver import outcome, outcomes, simulated
from tests.support.scenarios.scene import Scene, a_scene
from tests.support.scenarios.stack import run

TEN = timedelta(seconds=10)
REFUSED = UnexpectedAwsError("Not this one.", code="UnheardOf")


def attached(*, delay: timedelta = TEN, pool: int = 1) -> Scene:
    """Return a deployment in which the instance has what it asks for."""
    pools = (an_interface(f"eni-0{number}") for number in range(1, pool + 1))
    scene = a_scene(an_instance(), *pools, policy=replace(POLICY, release_delay=delay))
    scene.request()
    scene.work_off()
    return scene


def said(scene: Scene) -> str:
    """Return what a person reads of the plan."""
    (planned,) = simulated(scene, [INSTANCE])
    return "\n".join(line.text for line in lines_of(planned, verbose=False))


@pytest.mark.parametrize("delay", [TEN, timedelta(0)])
def test_a_release_is_simulated_with_its_delay(delay: timedelta) -> None:
    """No single reading takes an interface away, and the plan is a single reading."""
    scene = attached(delay=delay)
    scene.ec2.tag(INSTANCE, {"dualhome:targets": ""})

    found = outcome(scene)

    assert (Outcome.RELEASE, Confirmation(delay)) == (found.outcome, found.confirmation)


def test_what_is_pending_is_shown_with_its_time_and_not_as_kept() -> None:
    """It was noted by a first reading; the second is on its way."""
    scene = attached()
    scene.ec2.tag(INSTANCE, {"dualhome:targets": ""})
    scene.request(event="event-2")
    due = scene.clock() + TEN
    scene.clock.advance(3)

    found = outcome(scene)

    assert (Outcome.RELEASE, Confirmation(TEN, due)) == (found.outcome, found.confirmation)


def test_a_pending_release_of_an_instance_between_two_states_is_no_keeping() -> None:
    """It waits for the instance, too."""
    scene = attached()
    scene.ec2.tag(INSTANCE, {"dualhome:targets": ""})
    scene.request(event="event-2")
    due = scene.clock() + TEN
    scene.ec2.put_state(INSTANCE, InstanceState.STOPPING)

    found = outcome(scene)

    assert (Outcome.RELEASE, Confirmation(TEN, due)) == (found.outcome, found.confirmation)
    assert "NOT_WANTED" == found.detail


def test_a_pending_release_that_the_tag_has_ended_is_attached() -> None:
    """A second reading will disagree."""
    scene = attached()
    scene.ec2.tag(INSTANCE, {"dualhome:targets": ""})
    scene.request(event="event-2")
    scene.ec2.tag(INSTANCE, {"dualhome:targets": "mgmt"})

    found = outcome(scene)

    assert (Outcome.ATTACHED, None) == (found.outcome, found.confirmation)


def test_what_goes_with_its_instance_is_confirmed_too() -> None:
    """An instance that a list does not show may be there all the same."""
    scene = attached()
    scene.ec2.put_state(INSTANCE, InstanceState.TERMINATED)

    _, record = outcomes(scene)

    assert (Outcome.CLOSE, Confirmation(TEN)) == (record.outcome, record.confirmation)


def test_what_others_have_detached_ends_without_a_delay() -> None:
    """There is nothing left to lose."""
    scene = attached()
    scene.clock.advance(60)
    scene.ec2.tag(INSTANCE, {"dualhome:targets": ""})
    scene.ec2.detach(INTERFACE)

    found = outcome(scene)

    assert (Outcome.CLOSE, None) == (found.outcome, found.confirmation)


def test_programs_read_when_by_numbers_and_times() -> None:
    """Of the stack's own delay."""
    scene, stack, _ = a_deployment(ReleaseDelaySeconds="30")
    scene.policy = replace(POLICY, release_delay=timedelta(seconds=30))
    scene.request()
    scene.work_off()
    scene.ec2.tag(INSTANCE, {"dualhome:targets": ""})

    (first,) = json.loads(run(stack, "plan", INSTANCE, "-o", "json").stdout)
    scene.request(event="event-2")
    (second,) = json.loads(run(stack, "plan", INSTANCE, "-o", "json").stdout)

    pending = scene.record().pending
    assert pending
    assert ["release", "release"] == [row["prospect"] for row in (first, second)]
    assert [30, 30] == [row["release_after_seconds"] for row in (first, second)]
    assert first["release_at"] is None
    assert second["release_at"].startswith(f"{pending.due:%Y-%m-%dT%H:%M:%S}")


def refused_once(pool: int) -> Scene:
    """Return a deployment in which EC2 refuses the first interface that is tried."""
    scene = a_scene(an_instance(), *(an_interface(f"eni-0{it}") for it in range(1, pool + 1)))
    scene.calls.fail_next("attach", REFUSED, times=3)
    scene.request()
    return scene


def test_what_ec2_has_refused_is_said_to_come_last_and_why() -> None:
    """Otherwise it is unclear why the interface that was meant is skipped."""
    scene = refused_once(pool=4)
    scene.clock.advance(1)

    (planned,) = simulated(scene, [INSTANCE])
    (row,) = rows(planned)
    bad = {it.interface for it in row.refusals}

    assert Outcome.ATTACH is row.outcome
    assert row.interface not in bad
    assert 3 == len(bad)
    assert all(f"{it} (UnheardOf; tried last until 2026-" in said(scene) for it in bad)


def test_what_is_refused_and_alone_is_tried_again_when_its_time_comes() -> None:
    """Last is not never."""
    scene = a_scene(an_instance(), an_interface("eni-01"))
    scene.calls.fail_next("attach", REFUSED)
    scene.request()

    assert (Outcome.RETRY, Reason.EC2_REFUSED) == (
        outcome(scene).outcome,
        outcome(scene).reason,
    )
    retry_at = scene.record().retry_at
    assert retry_at
    scene.clock.advance((retry_at - scene.clock()).total_seconds())
    assert Outcome.ATTACH is outcome(scene).outcome
