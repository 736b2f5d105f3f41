"""Taking over an interface that was attached by hand where the reconciler would have."""

import pytest

from dualhome.domain.attachment import Origin
from dualhome.domain.ec2 import DeviceSlot
from dualhome.domain.planning.plan import plan_instance
from dualhome.domain.planning.types import Holder, InstanceView
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State
from tests.support.builders.decisions import after_of, attach_of
from tests.support.builders.values import (
    INTERFACE,
    MGMT,
    NOW,
    OTHER_ZONE,
    a_primary,
    a_record,
    a_seen_attachment,
    a_vpc,
    an_app_vpc,
    an_instance,
    an_interface,
)
from tests.support.builders.views import a_view
from tests.unit.domain.steps import outcome

SEEN = a_seen_attachment(index=2)
BY_HAND = an_interface(attachment=SEEN)


def an_adopter(targets: str = "mgmt") -> InstanceView:
    """Return an instance that already has an interface of the pool, at device index 2."""
    instance = an_instance(targets=targets, attachments=(a_primary(), SEEN))
    return a_view(instance, pool=[BY_HAND, an_interface("eni-02")])


def test_an_interface_attached_by_hand_is_adopted_as_it_is() -> None:
    """The tag is fulfilled already: a second interface would be one too many."""
    (step,) = plan_instance(an_adopter())

    assert attach_of(step) is None
    record = after_of(step)
    assert (record.state, record.origin) == (State.ATTACHED, Origin.ADOPTED)
    assert (record.interface, record.slot) == (INTERFACE, DeviceSlot(0, 2))
    assert (record.attachment_id, record.requested_at) == (SEEN.id, NOW)


@pytest.mark.parametrize("state", [State.WAITING, State.REFUSED, State.FAILED, State.RELEASED])
def test_adoption_fulfils_whatever_was_on_record(state: State) -> None:
    """An operator attached one while the record waited, refused or had failed."""
    view = an_adopter()
    records = {MGMT: a_record(state)}

    record = outcome(a_view(view.instance, pool=view.pool.values(), records=records.values()))

    assert (record.state, record.version) == (State.ATTACHED, 2)


def test_the_adopted_index_must_be_the_pinned_one() -> None:
    """The pin says where the guest expects it."""
    assert outcome(an_adopter("mgmt@2")).state == State.ATTACHED
    assert outcome(an_adopter("mgmt@1")).interface == "eni-02"


def test_an_interface_that_the_rules_forbid_is_not_adopted() -> None:
    """An operator who can attach by hand cannot consent for the VPC."""
    view = an_adopter()
    vpcs = [an_app_vpc(), a_vpc(allow_from=None)]

    record = outcome(a_view(view.instance, pool=view.pool.values(), vpcs=vpcs))

    assert (record.state, record.reason) == (State.REFUSED, Reason.NOT_ALLOWED)


def test_an_interface_outside_the_pool_is_not_adopted() -> None:
    """An interface without the pool's tag is never touched."""
    seen = a_seen_attachment("eni-private")
    instance = an_instance(attachments=(a_primary(), seen))
    private = an_interface("eni-private", pool=None, attachment=seen)

    record = outcome(a_view(instance, pool=[private, an_interface()]))

    assert (record.state, record.interface) == (State.CLAIMED, INTERFACE)


def test_an_interface_that_another_attachment_has_claimed_is_not_adopted() -> None:
    """One claim for an interface, whatever EC2 shows meanwhile."""
    view = an_adopter()
    claims = {INTERFACE: Holder(an_instance("i-02").id, MGMT)}

    record = outcome(a_view(view.instance, pool=view.pool.values(), claims=claims))

    assert record.interface == "eni-02"


def test_of_two_the_lowest_slot_is_adopted_and_the_other_left_alone() -> None:
    """A target is one attachment; the plan is the same whatever order EC2 lists them in."""
    low, high = a_seen_attachment("eni-02", index=1), SEEN
    pool = [BY_HAND, an_interface("eni-02", attachment=low)]
    for attachments in ((low, high), (high, low)):
        instance = an_instance(attachments=(a_primary(), *attachments))

        assert outcome(a_view(instance, pool=pool)).interface == "eni-02"


def test_an_adopted_interface_is_warned_of_like_a_chosen_one() -> None:
    """Overlap harms routes no matter who attached it."""
    view = an_adopter()
    vpcs = [an_app_vpc(), a_vpc(cidrs=["10.10.0.0/24"])]

    record = outcome(a_view(view.instance, pool=view.pool.values(), vpcs=vpcs))

    assert record.warnings == (Reason.OVERLAPPING_CIDR,)


def test_adoption_needs_no_room() -> None:
    """It is attached: that the type is full because of it is no reason to refuse."""
    view = an_adopter()

    record = outcome(a_view(view.instance, pool=view.pool.values(), capacity=2))

    assert record.state == State.ATTACHED


def test_an_interface_in_another_zone_cannot_be_adopted() -> None:
    """It cannot happen in EC2; if a view says so, the view is wrong and nothing is changed."""
    instance = an_instance(attachments=(a_primary(), SEEN))
    elsewhere = an_interface(attachment=SEEN, zone=OTHER_ZONE)

    record = outcome(a_view(instance, pool=[elsewhere]))

    assert (record.state, record.reason) == (State.REFUSED, Reason.NO_INTERFACE_IN_ZONE)
