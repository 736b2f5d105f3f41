"""Consent that is withdrawn while attached: the sweep finds it, the reconciler notes it."""

from dataclasses import replace

import pytest

from dualhome.domain.drift import Drift
from dualhome.domain.errors import AccessDeniedError, ThrottledError
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State
from tests.support.builders.values import (
    APP_VPC,
    INSTANCE,
    MGMT_VPC,
    OTHER_ACCOUNT,
    an_instance,
    an_interface,
)
from tests.support.fakes.ec2_scan import Sweeper
from tests.support.scenarios.attached import attached, holder, paused
from tests.support.scenarios.scene import Scene, a_scene

ALLOW_FROM = "dualhome:allow-from"
WITHDRAWN = (Reason.CONSENT_WITHDRAWN,)


@pytest.fixture
def scene() -> Scene:
    """Return a deployment with one instance that has what it wants."""
    return attached()


def test_it_is_found_by_the_sweep_and_noted_once(scene: Scene) -> None:
    """The event requeues those that wait, and none waits."""
    scene.ec2.tag(MGMT_VPC, {ALLOW_FROM: "vpc-0c"})
    sweeper = Sweeper(scene)

    first = sweeper.tick()
    moves = len(scene.states())
    later = [sweeper.tick() for _ in range(3)]

    assert {Drift.CONSENT: 1} == first.drifts
    assert [{}] * 3 == [report.drifts for report in later]
    record = scene.record()
    assert (State.ATTACHED, None, WITHDRAWN) == (record.state, record.reason, record.warnings)
    assert "Sweep" == record.cause.detail_type
    assert (INSTANCE, moves) == (holder(scene), len(scene.states()))


def test_the_warning_goes_when_consent_is_back(scene: Scene) -> None:
    """In whatever tag of the list it is given."""
    scene.ec2.tag(MGMT_VPC, {ALLOW_FROM: None})
    sweeper = Sweeper(scene)
    sweeper.tick()
    scene.ec2.tag(MGMT_VPC, {ALLOW_FROM: "vpc-0c", f"{ALLOW_FROM}:2": APP_VPC})

    report = sweeper.tick()

    assert {Drift.CONSENT: 1} == report.drifts
    assert () == scene.record().warnings
    assert {} == sweeper.tick().drifts


def test_the_warnings_that_came_with_the_attachment_stay() -> None:
    """They are about the attachment, which is the same."""
    scene = a_scene(an_instance(automatic_public_ip=True), an_interface())
    scene.request()
    scene.work_off()
    sweeper = Sweeper(scene)

    noted = []
    for allowed in ("", "*"):
        scene.ec2.tag(MGMT_VPC, {ALLOW_FROM: allowed})
        sweeper.tick()
        noted.append(scene.record().warnings)

    assert [(Reason.PUBLIC_IPV4, *WITHDRAWN), (Reason.PUBLIC_IPV4,)] == noted


def test_what_is_kept_for_another_reason_carries_the_warning_too(scene: Scene) -> None:
    """A person who puts the tag back must see that consent is gone besides."""
    scene.ec2.tag(INSTANCE, {"dualhome:targets": None})
    scene.ec2.tag(MGMT_VPC, {ALLOW_FROM: None})
    scene.breaker.open()

    scene.request()
    held = scene.record()
    scene.ec2.tag(INSTANCE, {"dualhome:targets": "mgmt"})
    Sweeper(scene).tick()

    assert (Reason.RELEASE_HELD, WITHDRAWN) == (held.reason, held.warnings)
    assert (None, WITHDRAWN) == (scene.record().reason, scene.record().warnings)


@pytest.mark.parametrize("value", ["everybody", f"{APP_VPC}; vpc-0c"])
def test_a_tag_that_cannot_be_read_withdraws_nothing(scene: Scene, value: str) -> None:
    """It admits no other VPC; what is attached already is another matter."""
    scene.ec2.tag(MGMT_VPC, {ALLOW_FROM: value})

    report = Sweeper(scene).tick()

    assert ({}, ()) == (report.drifts, scene.record().warnings)


def test_a_vpc_that_a_read_does_not_show_withdraws_nothing(scene: Scene) -> None:
    """EC2's answers may lag."""
    del scene.ec2.vpcs[MGMT_VPC]

    report = Sweeper(scene).tick()

    assert ({}, ()) == (report.drifts, scene.record().warnings)


def test_a_vpc_that_is_only_shared_with_us_withdraws_nothing(scene: Scene) -> None:
    """It was attached by a version that believed our own account's tags on it."""
    scene.ec2.add(replace(scene.ec2.vpcs[MGMT_VPC], owner=OTHER_ACCOUNT, tags={}))

    report = Sweeper(scene).tick()

    assert ({}, ()) == (report.drifts, scene.record().warnings)


def test_it_is_noted_while_the_stack_is_paused(scene: Scene) -> None:
    """Reads and records go on."""
    scene.ec2.tag(MGMT_VPC, {ALLOW_FROM: None})

    Sweeper(paused(scene)).tick()

    assert WITHDRAWN == scene.record().warnings


def test_what_is_released_then_is_refused(scene: Scene) -> None:
    """The operator's way to end it: without consent nothing comes back."""
    scene.ec2.tag(MGMT_VPC, {ALLOW_FROM: None})
    Sweeper(scene).tick()
    scene.ec2.detach(scene.record().interface or an_interface().id)

    Sweeper(scene).tick()

    record = scene.record()
    assert (State.REFUSED, Reason.NOT_ALLOWED) == (record.state, record.reason)
    assert () == record.warnings


@pytest.mark.parametrize("pages", [1, 3])
def test_the_vpcs_are_read_once_for_all_pages_of_a_sweep(scene: Scene, pages: int) -> None:
    """An account has few VPCs, and may have many pages of what is attached."""
    for number in range(2, pages + 1):
        scene.ec2.add(an_instance(f"i-0{number}"), an_interface(f"eni-0{number}"))
        scene.request(f"i-0{number}")
        scene.work_off()
    sweeper = Sweeper(scene, page=1)
    scene.calls.forget()

    sweeper.sweep()
    first = scene.calls.count("describe_vpcs")
    sweeper.sweep()

    assert pages <= scene.calls.count("attached")
    assert (1, 2) == (first, scene.calls.count("describe_vpcs"))


def test_where_nothing_is_attached_no_vpc_is_read() -> None:
    """There is no consent to withdraw."""
    scene = a_scene(an_instance())
    scene.request()
    scene.work_off()
    scene.calls.forget()

    Sweeper(scene).sweep()

    assert 0 == scene.calls.count("describe_vpcs")


def test_a_read_that_fails_leaves_the_page_to_the_next_sweep(scene: Scene) -> None:
    """Nothing is judged by half of what there is."""
    scene.ec2.tag(MGMT_VPC, {ALLOW_FROM: None})
    scene.calls.fail_next("describe_vpcs", ThrottledError("later", code="RequestLimitExceeded"))
    sweeper = Sweeper(scene)

    cut_off = sweeper.sweep()
    again = sweeper.tick()

    assert (False, True) == (cut_off.swept, again.swept)
    assert {Drift.CONSENT: 1} == again.drifts
    scene.calls.fail_next("describe_vpcs", AccessDeniedError("no", code="UnauthorizedOperation"))
    with pytest.raises(AccessDeniedError):
        sweeper.sweep()
