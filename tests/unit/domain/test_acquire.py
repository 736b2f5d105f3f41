"""How an instance comes by an interface: which, where, when, and with what warnings."""

from datetime import timedelta

import pytest

from dualhome.domain.attachment import Origin
from dualhome.domain.ec2 import AttachmentStatus, DeviceSlot, InstanceState
from dualhome.domain.planning.plan import plan_instance
from dualhome.domain.planning.types import move_of
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State
from tests.support.builders.decisions import after_of, attach_of, attached_by, polls
from tests.support.builders.values import (
    DATA,
    INTERFACE,
    MGMT,
    NOW,
    SLOT,
    ZONE,
    a_cause,
    a_primary,
    a_record,
    a_seen_attachment,
    a_vpc,
    an_app_vpc,
    an_instance,
    an_interface,
)
from tests.support.builders.views import a_view
from tests.unit.domain.steps import only_step, outcome

SEEN = a_seen_attachment()


def test_a_free_interface_is_claimed_and_then_attached() -> None:
    """Claim first: EC2 is asked for nothing that the ledger does not hold already."""
    cause = a_cause(time=NOW - timedelta(seconds=3))

    step = only_step(a_view(an_instance(), pool=[an_interface()], cause=cause))

    assert attach_of(step)
    assert attach_of(step) == after_of(step)
    claim = after_of(step)
    assert (claim.state, claim.interface, claim.slot) == (State.CLAIMED, INTERFACE, SLOT)
    assert (claim.origin, claim.attempt, claim.version) == (Origin.POOL, 1, 1)
    assert (claim.since, claim.requested_at) == (NOW, cause.time)
    assert (claim.vpc, claim.subnet, claim.zone) == ("vpc-0b", "subnet-0b", ZONE)


def test_blanks_around_a_tags_value_do_not_matter() -> None:
    """The console does not show them. A pool's tag alone must be exact: EC2's filter is."""
    vpcs = [an_app_vpc(), a_vpc(target=" mgmt ", tags={"dualhome:device-index": " 2 "})]

    claim = outcome(a_view(an_instance(), pool=[an_interface()], vpcs=vpcs))

    assert claim.slot == DeviceSlot(0, 2)


def test_a_second_claim_counts_as_the_second_attempt() -> None:
    """The waits between failures grow with the attempts."""
    waiting = a_record(State.WAITING, attempt=1, version=4)

    claim = outcome(a_view(an_instance(), records=[waiting], pool=[an_interface()]))

    assert (claim.state, claim.attempt, claim.version) == (State.CLAIMED, 2, 5)


def test_a_claim_forgets_the_attachment_that_went_before() -> None:
    """An old attachment id in a new claim would be taken for EC2's answer."""
    released = a_record(State.RELEASED, attachment_id=SEEN.id, interface=INTERFACE)

    claim = outcome(a_view(an_instance(), records=[released], pool=[an_interface()]))

    assert (claim.state, claim.attachment_id) == (State.CLAIMED, None)


def test_an_interface_that_was_held_before_is_claimed_again() -> None:
    """Peers know its addresses."""
    pool = [an_interface(f"eni-{number:02}") for number in range(20)]
    for interface in pool:
        released = a_record(State.RELEASED, interface=interface.id)

        claim = outcome(a_view(an_instance(), records=[released], pool=pool))

        assert interface.id == claim.interface


def test_the_vpcs_preferred_index_is_taken_and_a_pin_wins_over_it() -> None:
    """The instance's owner knows the guest better than the VPC's."""
    vpcs = [an_app_vpc(), a_vpc(tags={"dualhome:device-index": "2"})]
    pool = [an_interface()]

    preferred = outcome(a_view(an_instance(), pool=pool, vpcs=vpcs))
    pinned = outcome(a_view(an_instance(targets="mgmt@1"), pool=pool, vpcs=vpcs))

    assert preferred.slot == DeviceSlot(0, 2)
    assert (pinned.slot, pinned.pin) == (DeviceSlot(0, 1), 1)


@pytest.mark.parametrize("minutes", [0, 1])
def test_a_failure_is_tried_again_when_its_time_has_come(minutes: int) -> None:
    """Repair should not hammer EC2; the wait is over at the very instant it names."""
    failed = a_record(State.FAILED, retry_at=NOW - timedelta(minutes=minutes))

    assert (
        outcome(a_view(an_instance(), records=[failed], pool=[an_interface()])).state == "claimed"
    )


def test_a_failure_is_left_alone_before_its_time() -> None:
    """Neither an event nor the sweep cuts the wait short."""
    failed = a_record(State.FAILED, retry_at=NOW + timedelta(seconds=1))

    assert plan_instance(a_view(an_instance(), records=[failed], pool=[an_interface()])) == ()


def test_a_failure_is_tried_at_once_when_the_tag_has_changed() -> None:
    """The person who edits the tag has perhaps cured the cause."""
    failed = a_record(State.FAILED, retry_at=NOW + timedelta(hours=1), pin=None)
    view = a_view(an_instance(targets="mgmt@2"), records=[failed], pool=[an_interface()])

    assert outcome(view).slot == DeviceSlot(0, 2)


def test_a_chosen_overlap_and_a_public_address_at_risk_are_warned_of() -> None:
    """The attachment goes ahead; what may break is on record before it does."""
    vpcs = [an_app_vpc(), a_vpc(cidrs=["10.10.0.0/24"])]
    instance = an_instance(automatic_public_ip=True)

    claim = outcome(a_view(instance, pool=[an_interface()], vpcs=vpcs))

    assert claim.warnings == (Reason.OVERLAPPING_CIDR, Reason.PUBLIC_IPV4)


def test_an_ordinary_claim_carries_no_warning() -> None:
    """A warning that is always there is not read."""
    assert outcome(a_view(an_instance(), pool=[an_interface()])).warnings == ()


def test_targets_get_slots_of_their_own_pinned_ones_first() -> None:
    """Written first, `mgmt` would take index 1, which `data` is pinned to."""
    instance = an_instance(targets="mgmt data@1")
    vpcs = [an_app_vpc(), a_vpc(), a_vpc("vpc-0c", target="data")]
    pool = [an_interface(), an_interface("eni-02", pool="data", vpc="vpc-0c")]

    steps = plan_instance(a_view(instance, pool=pool, vpcs=vpcs))

    slots = {it.target: it.slot.index for it in attached_by(steps) if it.slot}
    assert slots == {DATA: 1, MGMT: 2}


@pytest.mark.parametrize("state", [InstanceState.PENDING, InstanceState.STOPPING])
def test_nothing_is_claimed_for_an_instance_in_transit(state: InstanceState) -> None:
    """EC2 would refuse; a moment later it will not."""
    step = only_step(a_view(an_instance(state=state), pool=[an_interface()]))

    assert (move_of(step), attach_of(step), polls(step)) == (None, None, True)


@pytest.mark.parametrize("status", set(AttachmentStatus) - {AttachmentStatus.ATTACHED})
def test_an_interface_on_its_way_is_waited_for_before_another_is_claimed(
    status: AttachmentStatus,
) -> None:
    """An operator is attaching it this very moment: a second one would be too many."""
    seen = a_seen_attachment(status=status)
    instance = an_instance(attachments=(a_primary(), seen))
    pool = [an_interface(attachment=seen), an_interface("eni-02")]

    step = only_step(a_view(instance, pool=pool))

    assert (move_of(step), attach_of(step), polls(step)) == (None, None, True)
