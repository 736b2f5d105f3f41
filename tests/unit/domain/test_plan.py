"""What to do about one instance as a whole."""

import pytest

from dualhome.domain.ec2 import InstanceState
from dualhome.domain.planning.plan import plan_instance, targets_to_read
from dualhome.domain.planning.types import move_of
from dualhome.domain.reasons import Reason
from dualhome.domain.states import HOLDING, State
from dualhome.domain.tags import WHOLE_TAG, TagKeys
from tests.support.builders.decisions import after_of, attach_of, attached_by
from tests.support.builders.values import (
    DATA,
    MGMT,
    NOW,
    a_primary,
    a_record,
    a_seen_attachment,
    an_instance,
    an_interface,
)
from tests.support.builders.views import a_view, observed

KEYS = TagKeys()
SEEN = a_seen_attachment()
IGNORE = {"dualhome:ignore": ""}


def test_an_instance_that_is_as_wanted_needs_no_step() -> None:
    """A duplicate of an event, and every sweep, ends here."""
    instance = an_instance(attachments=(a_primary(), SEEN))
    view = a_view(instance, records=[a_record()], pool=[an_interface(attachment=SEEN)])

    assert plan_instance(view) == ()


@pytest.mark.parametrize("targets", [None, "", " , "])
def test_an_instance_that_wants_nothing_and_has_nothing_needs_no_step(targets: str | None) -> None:
    """Every instance of the account may come by; most are none of our business."""
    assert plan_instance(a_view(an_instance(targets=targets), pool=[an_interface()])) == ()


def test_the_ignore_tag_keeps_anything_from_being_attached() -> None:
    """Excluded, whatever its value, and whatever the other tag says."""
    view = a_view(an_instance(tags=IGNORE), pool=[an_interface()])

    assert plan_instance(view) == ()


def test_the_ignore_tag_silences_a_malformed_one() -> None:
    """The owner who sets it wants no change, and may be in the middle of editing."""
    assert plan_instance(a_view(an_instance(targets="mgmt@0", tags=IGNORE))) == ()


def test_a_malformed_tag_is_refused_once_and_attaches_nothing() -> None:
    """The record says what is wrong; looking again does not say it again."""
    instance = an_instance(targets="mgmt@0")
    pool = [an_interface()]

    (step,) = plan_instance(a_view(instance, pool=pool))

    assert attach_of(step) is None
    record = after_of(step)
    assert (record.target, record.state, record.reason) == ("*", State.REFUSED, Reason.BAD_TAG)
    assert record.detail.startswith("dualhome:targets='mgmt@0': expected NAME or NAME@INDEX")
    assert plan_instance(a_view(instance, records=[record], pool=pool)) == ()


def test_another_malformed_value_is_refused_anew() -> None:
    """The record must show the value that is there now."""
    (first,) = plan_instance(a_view(an_instance(targets="mgmt@0")))
    assert move_of(first)

    (second,) = plan_instance(a_view(an_instance(targets="@"), records=[after_of(first)]))

    assert after_of(second).version == 2
    assert "'@'" in after_of(second).detail


def test_a_malformed_tag_releases_nothing() -> None:
    """A typing error must not detach what is in use, nor close what is waiting."""
    instance = an_instance(targets="mgmt@0", attachments=(a_primary(), SEEN))
    records = [a_record(), a_record(State.WAITING, target=DATA)]

    steps = plan_instance(a_view(instance, records=records, pool=[an_interface(attachment=SEEN)]))

    assert [step.target for step in steps] == [WHOLE_TAG]


def test_a_corrected_tag_closes_the_record_of_the_malformed_one() -> None:
    """Nothing is refused any longer."""
    refused = a_record(State.REFUSED, target=WHOLE_TAG, reason=Reason.BAD_TAG)

    steps = plan_instance(a_view(an_instance(), records=[refused], pool=[an_interface()]))

    states = {step.target: after_of(step).state for step in steps if move_of(step)}
    assert states == {WHOLE_TAG: State.RELEASED, MGMT: State.CLAIMED}


@pytest.mark.parametrize("state", set(State) - HOLDING - {State.RELEASED})
def test_a_target_that_is_no_longer_wanted_and_holds_nothing_is_closed(state: State) -> None:
    """None waits for it, so none should be requeued for it."""
    view = a_view(an_instance(targets=None), records=[a_record(state)], pool=[an_interface()])

    (step,) = plan_instance(view)

    assert (after_of(step).state, after_of(step).reason) == (
        "released",
        Reason.NOT_WANTED,
    )


def test_a_closed_target_stays_closed() -> None:
    """Closing it again in each pass would fill the audit table."""
    assert (
        plan_instance(a_view(an_instance(targets=None), records=[a_record(State.RELEASED)])) == ()
    )


@pytest.mark.parametrize("state", [InstanceState.PENDING, InstanceState.STOPPING])
def test_an_instance_in_transit_that_lacks_nothing_needs_no_step(state: InstanceState) -> None:
    """To come back is for those who want something."""
    instance = an_instance(state=state, attachments=(a_primary(), SEEN))
    view = a_view(instance, records=[a_record()], pool=[an_interface(attachment=SEEN)])

    assert plan_instance(view) == ()


def test_slots_that_the_ledger_holds_are_taken_although_ec2_does_not_show_them() -> None:
    """Another target's claim on index 1 has not reached EC2 yet."""
    held = a_record(State.CLAIMED, target=DATA, interface="eni-02")
    view = a_view(an_instance(targets="mgmt data"), records=[held], pool=[an_interface()])

    slots = {it.target: it.slot for it in attached_by(plan_instance(view))}

    assert {target: slot.index for target, slot in slots.items() if slot} == {MGMT: 2}


def test_the_pools_to_read_are_those_wanted_or_held() -> None:
    """A plan sees what it needs; each further pool would cost reading."""
    instance = an_instance(targets="mgmt@2")
    records = [
        a_record(State.ATTACHED, target=DATA, since=NOW),
        a_record(State.RELEASED, target="backup"),
    ]

    assert targets_to_read(observed(instance), records) == {MGMT, DATA}
    assert targets_to_read(observed(an_instance(targets="@")), records) == {DATA}
    assert targets_to_read(None, records) == {DATA}
