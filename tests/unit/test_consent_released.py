"""Consent that is withdrawn releases, where the deployment says so: confirmed, and counted."""

from dataclasses import replace
from datetime import timedelta

from dualhome.domain.planning.eligibility import Policy
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State
from tests.support.builders.values import (
    INSTANCE,
    MGMT_VPC,
    POLICY,
    a_vpc,
    an_instance,
    an_interface,
)
from tests.support.fakes.call_log import BY_ID
from tests.support.fakes.ec2_scan import Sweeper
from tests.support.scenarios.scene import Scene, a_scene

ALLOW_FROM = POLICY.keys.allow_from
RELEASES = replace(POLICY, release_without_consent=True, release_delay=timedelta(seconds=10))


def test_withdrawn_consent_releases_after_two_readings() -> None:
    """The sweep finds it; the second reading asks for the tags of the VPC by its id."""
    scene = _attached()
    scene.ec2.tag(MGMT_VPC, {ALLOW_FROM: None})
    Sweeper(scene).sweep()

    sweeper = Sweeper(scene)
    sweeper.sweep()
    sweeper.send()
    scene.work_off(seconds=1)
    noted = scene.record()
    scene.work_off()

    assert (State.ATTACHED, Reason.RELEASE_PENDING) == (noted.state, noted.reason)
    assert Reason.CONSENT_WITHDRAWN in {
        entry.after.reason for entry in scene.ledger.audit if entry.after.state is State.RELEASED
    }
    assert (State.REFUSED, Reason.NOT_ALLOWED) == (scene.record().state, scene.record().reason)
    assert {"describe_tags": 1} == {it: n for it in BY_ID if (n := scene.calls.count(it))}
    assert {INSTANCE} == scene.breaker.admitted


def test_a_vpc_that_lists_show_without_its_tags_releases_nothing() -> None:
    """By its id it has them."""
    scene = _attached()
    scene.ec2.untagged.add(MGMT_VPC)

    for number in range(4):
        scene.request(event=f"event-{number}")
        scene.work_off(seconds=30)

    assert State.ATTACHED == scene.record().state
    assert 0 == scene.calls.count("detach")
    assert set() == scene.breaker.admitted


def test_consent_that_comes_back_in_time_keeps_it_attached() -> None:
    """A list of consent that is written anew by Terraform is absent for a moment."""
    scene = _attached()
    scene.ec2.tag(MGMT_VPC, {ALLOW_FROM: None})
    scene.request(event="gone")
    scene.work_off(seconds=5)
    scene.ec2.tag(MGMT_VPC, {ALLOW_FROM: "*"})

    scene.work_off()

    record = scene.record()
    assert (State.ATTACHED, None, None) == (record.state, record.reason, record.pending)
    assert 0 == scene.calls.count("detach")


def test_the_breaker_holds_back_what_goes_for_want_of_consent() -> None:
    """One slip in a VPC's tag must not cut off a thousand instances."""
    scene = _attached()
    scene.breaker.most = 0
    scene.ec2.tag(MGMT_VPC, {ALLOW_FROM: None})

    scene.request(event="gone")
    scene.work_off()

    assert (State.ATTACHED, Reason.RELEASE_HELD) == (scene.record().state, scene.record().reason)


def test_by_default_it_is_noted_and_kept() -> None:
    """The other side's traffic depends on it."""
    scene = _attached(replace(RELEASES, release_without_consent=False))
    scene.ec2.tag(MGMT_VPC, {ALLOW_FROM: None})

    scene.request(event="gone")
    scene.work_off()

    assert State.ATTACHED == scene.record().state
    assert Reason.CONSENT_WITHDRAWN in scene.record().warnings


def test_consent_is_not_confirmed_by_what_the_instance_shows() -> None:
    """Another target of it was detached by hand: its end is confirmed first, by other questions."""
    scene = a_scene(
        an_instance(targets="mgmt data"),
        a_vpc("vpc-0c", target="data", cidrs=("10.30.0.0/16",)),
        an_interface(),
        an_interface("eni-02", pool="data", vpc="vpc-0c"),
        policy=replace(RELEASES, release_delay=timedelta()),
    )
    scene.request()
    scene.work_off()
    scene.clock.advance(600)
    scene.ec2.untagged.add(MGMT_VPC)
    scene.ec2.detach(an_interface("eni-02").id)

    scene.request(event="detached")
    scene.work_off(seconds=60)

    assert [State.ATTACHED] * 2 == [scene.record(it).state for it in ("mgmt", "data")]
    assert 0 == scene.calls.count("detach")


def _attached(policy: Policy = RELEASES) -> Scene:
    scene = a_scene(an_instance(), an_interface(), policy=policy)
    scene.request()
    scene.work_off()
    scene.clock.advance(600)
    scene.calls.forget()
    return scene
