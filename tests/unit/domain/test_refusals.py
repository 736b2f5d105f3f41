"""Why an instance does not get an interface, and whether it waits for one."""

import pytest

from dualhome.domain.planning.types import Holder, move_of, rejections_of
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State
from tests.support.builders.decisions import after_of, attach_of, polls
from tests.support.builders.values import (
    INTERFACE,
    MGMT,
    OTHER_ACCOUNT,
    OTHER_ZONE,
    a_primary,
    a_seen_attachment,
    a_vpc,
    an_instance,
    an_interface,
)
from tests.support.builders.views import a_view
from tests.unit.domain.steps import only_step, outcome

SEEN = a_seen_attachment()


def test_a_pinned_index_that_is_taken_is_refused() -> None:
    """Another index than the one asked for would be a surprise inside the guest."""
    other = a_seen_attachment("eni-other", index=1)
    instance = an_instance(targets="mgmt@1", attachments=(a_primary(), other))

    record = outcome(a_view(instance, pool=[an_interface()]))

    assert (record.state, record.reason) == (State.REFUSED, Reason.INDEX_TAKEN)
    assert record.detail == "device index 1 is pinned, but occupied"


@pytest.mark.parametrize(("targets", "capacity"), [("mgmt", 1), ("mgmt@3", 3), ("mgmt", 0)])
def test_an_instance_type_without_room_is_refused_with_its_name(
    targets: str, capacity: int
) -> None:
    """The way out is another type, so the type is named."""
    view = a_view(an_instance(targets=targets), pool=[an_interface()], capacity=capacity)

    record = outcome(view)

    assert (record.state, record.reason) == (State.REFUSED, Reason.INSTANCE_LIMIT)
    assert record.detail.startswith("t3.medium: ")


def test_a_pin_beyond_the_type_names_the_highest_index() -> None:
    """The next pin should be right."""
    record = outcome(a_view(an_instance(targets="mgmt@3"), pool=[an_interface()], capacity=3))

    assert record.detail == ("t3.medium: device index 3 is pinned, but the type's highest is 2")


def test_an_instance_that_a_service_operates_is_refused() -> None:
    """EC2 lets only the operator attach to it."""
    record = outcome(a_view(an_instance(operator_managed=True), pool=[an_interface()]))

    assert (record.state, record.reason) == (State.REFUSED, Reason.INSTANCE_UNUSABLE)


def test_a_target_that_no_vpc_serves_is_refused() -> None:
    """Most often a typing error in the instance's tag."""
    record = outcome(a_view(an_instance(targets="mgmnt")))

    assert (record.state, record.reason) == (State.REFUSED, Reason.NO_TARGET)
    assert record.detail == "no VPC is tagged dualhome:target=mgmnt"


def test_a_target_without_any_interface_is_refused_as_such() -> None:
    """The VPC is there and consents; what is missing are interfaces."""
    record = outcome(a_view(an_instance(), vpcs=[a_vpc(target=" mgmt ")]))

    assert (record.state, record.reason) == (State.REFUSED, Reason.NO_INTERFACE_IN_ZONE)
    assert record.detail == "no interface is tagged dualhome:pool=mgmt"


def test_a_vpc_that_names_several_targets_comes_before_all_other_reasons() -> None:
    """Its pool has not been made yet, and would be made in vain."""
    vpcs = [a_vpc("vpc-0e", owner=OTHER_ACCOUNT), a_vpc(target="mgmt data")]

    record = outcome(a_view(an_instance(), vpcs=vpcs))

    assert (record.state, record.reason) == (State.REFUSED, Reason.BAD_TAG)
    expected = "vpc-0b: dualhome:target='mgmt data': expected the name of one target"
    assert record.detail.startswith(expected)


def test_a_target_that_only_a_shared_vpc_is_tagged_for_is_refused_with_its_owner() -> None:
    """More interfaces there would not help."""
    record = outcome(a_view(an_instance(), vpcs=[a_vpc(owner=OTHER_ACCOUNT)]))

    assert (record.state, record.reason) == (State.REFUSED, Reason.ACCOUNT_MISMATCH)
    assert record.detail.startswith(f"vpc-0b belongs to account {OTHER_ACCOUNT}: its tags are")


def test_one_vpc_that_serves_the_target_is_enough() -> None:
    """What is wrong with others is none of this instance's business."""
    vpcs = [a_vpc("vpc-0c", target="mgmt data"), a_vpc("vpc-0e", owner=OTHER_ACCOUNT), a_vpc()]

    record = outcome(a_view(an_instance(), vpcs=vpcs))

    assert (record.reason, record.detail) == (
        Reason.NO_INTERFACE_IN_ZONE,
        "no interface is tagged dualhome:pool=mgmt",
    )


def test_interfaces_in_other_zones_only_are_refused_with_these_zones() -> None:
    """The operator sees at once where the pool is, and where it is not."""
    pool = [an_interface(f"eni-{number}", zone=OTHER_ZONE) for number in range(2)]

    record = outcome(a_view(an_instance(), pool=pool))

    assert (record.state, record.reason) == (State.REFUSED, Reason.NO_INTERFACE_IN_ZONE)
    assert record.detail == (
        "no interface for mgmt in us-east-1a; zones that have some: us-east-1b"
    )


def test_a_pool_that_is_all_in_use_is_waited_for() -> None:
    """Another's release will cure it, and requeues the instance."""
    pool = [
        an_interface(id_, attachment=a_seen_attachment(id_, "i-02")) for id_ in ("eni-01", "eni-02")
    ]
    pool.append(an_interface("eni-03", zone=OTHER_ZONE))

    step = only_step(a_view(an_instance(), pool=pool))

    record = after_of(step)
    assert (record.state, record.reason) == (State.WAITING, Reason.POOL_EMPTY)
    assert record.detail == (
        "2 interfaces of mgmt in us-east-1a (for example eni-02: it is in-use, on i-02)"
    )
    assert {it.interface for it in rejections_of(step)} == {"eni-01", "eni-02", "eni-03"}


def test_an_interface_that_another_instance_has_claimed_is_left_to_it() -> None:
    """EC2 shows it free until the other's attach is carried out."""
    claims = {INTERFACE: Holder(an_instance("i-02").id, MGMT)}

    record = outcome(a_view(an_instance(), pool=[an_interface()], claims=claims))

    assert (record.state, record.reason) == (State.WAITING, Reason.POOL_EMPTY)
    assert record.detail == "eni-01: it is claimed by another attachment"


def test_interfaces_of_other_pools_are_no_candidates() -> None:
    """The pool's tag is the owner's consent to attach this interface for this target."""
    pool = [an_interface("eni-02", pool="data"), an_interface("eni-03", pool=None)]

    step = only_step(a_view(an_instance(), pool=pool))

    assert attach_of(step) is None
    assert rejections_of(step) == ()


def test_a_decline_that_is_on_record_already_is_not_recorded_again() -> None:
    """A sweep over a thousand waiting instances writes nothing."""
    view = a_view(an_instance())
    declined = outcome(view)

    step = only_step(a_view(an_instance(), records=[declined]))

    assert (move_of(step), attach_of(step), polls(step)) == (None, None, False)


def test_a_decline_is_recorded_anew_when_the_pin_has_changed() -> None:
    """The owner who edits the tag sees that it has been read."""
    declined = outcome(a_view(an_instance()))

    record = outcome(a_view(an_instance(targets="mgmt@2"), records=[declined]))

    assert (record.state, record.pin) == (State.REFUSED, 2)
