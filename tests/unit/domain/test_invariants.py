"""Each invariant lets a fit account pass, and names what breaks it."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from dualhome.domain.attachment import Failure
from dualhome.domain.ec2 import AttachmentStatus, DeviceSlot
from dualhome.domain.identifiers import InstanceId, InterfaceId
from dualhome.domain.invariants.always import INVARIANTS, broken_invariants
from dualhome.domain.invariants.snapshot import Account
from dualhome.domain.planning.types import Holder
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State
from tests.support.builders.accounts import (
    a_fit_account,
    a_past,
    an_account,
    an_attached_instance,
    an_attached_interface,
)
from tests.support.builders.values import (
    INSTANCE,
    INTERFACE,
    MGMT,
    SLOT,
    a_record,
    a_seen_attachment,
    an_instance,
    an_interface,
)

OTHER = InstanceId("i-02")
FAILURE = Failure("OperationNotPermitted", "no")


def rules_broken(account: Account) -> set[str]:
    """Return the names of the rules that ``account`` breaks."""
    return {line.partition(":")[0] for line in broken_invariants(account)}


def test_a_fit_account_breaks_no_rule() -> None:
    """Else the operator learns to look away."""
    entries = a_past(State.CLAIMED, State.ATTACHING, State.ATTACHED)
    record = entries[-1].after

    assert [] == broken_invariants(an_account(record, audit=entries, whole_past=True))


def test_an_interface_that_two_records_hold_is_reported() -> None:
    """The worst that can happen: two instances believe that it is theirs."""
    account = an_account(a_record(), a_record(instance=OTHER))

    assert "nothing_is_held_twice" in rules_broken(account)


def test_a_slot_that_ec2_shows_twice_is_reported() -> None:
    """EC2's own books are read, not only ours."""
    twice = (a_seen_attachment(), a_seen_attachment("eni-02"))
    account = a_fit_account(instances={INSTANCE: an_instance(attachments=twice)})

    assert "nothing_is_held_twice" in rules_broken(account)


@pytest.mark.parametrize(
    "seen",
    [
        a_seen_attachment(index=2),
        a_seen_attachment(id_="eni-attach-another"),
        a_seen_attachment(status=AttachmentStatus.DETACHING),
        a_seen_attachment("eni-02"),
    ],
    ids=["another slot", "another attachment", "detaching", "another interface"],
)
def test_a_record_that_ec2_does_not_bear_out_is_reported(seen: object) -> None:
    """Attached means: this interface, this slot, this attachment id."""
    account = a_fit_account(instances={INSTANCE: an_instance(attachments=(seen,))})

    assert "what_is_recorded_as_attached_is" in rules_broken(account)


def test_an_attached_record_without_its_attachment_is_reported() -> None:
    """Nothing could ever be detached by it."""
    account = an_account(a_record(attachment_id=None))

    assert "what_is_recorded_as_attached_is" in rules_broken(account)


@pytest.mark.parametrize("desired", ["data", "mgmt@2", None])
def test_what_is_attached_and_unwanted_is_reported(desired: str | None) -> None:
    """It should have been released long ago."""
    account = a_fit_account(instances={INSTANCE: an_attached_instance(targets=desired)})

    assert "what_is_recorded_as_attached_is" in rules_broken(account)


@pytest.mark.parametrize("reason", [Reason.PAUSED, Reason.RELEASE_HELD])
def test_what_is_unwanted_but_held_back_is_as_it_should_be(reason: Reason) -> None:
    """The record says why it stays."""
    kept = a_record(reason=reason)
    account = an_account(kept, instances={INSTANCE: an_attached_instance(targets=None)})

    assert [] == broken_invariants(account)


@pytest.mark.parametrize("tags", [{"dualhome:ignore": ""}, {"dualhome:policy": "some"}])
def test_what_no_one_may_touch_is_not_asked_for_its_tags(tags: dict[str, str]) -> None:
    """Excluded: what is attached stays, whatever the other tags say."""
    instance = an_attached_instance(targets=None, tags=tags)

    assert [] == broken_invariants(a_fit_account(instances={INSTANCE: instance}))


def test_an_interface_attached_by_hand_and_wanted_must_be_adopted() -> None:
    """Else a second one would be attached beside it."""
    account = an_account(a_record(State.WAITING, reason=Reason.POOL_EMPTY))

    assert "what_is_attached_and_wanted_is_recorded" in rules_broken(account)


def test_a_claim_without_its_record_is_reported_and_its_record_without_a_claim() -> None:
    """The first locks an interface away for ever, the second lets two have it."""
    stray = {InterfaceId("eni-09"): Holder(OTHER, MGMT)}
    account = a_fit_account(claims=stray)

    lines = [it for it in broken_invariants(account) if it.startswith("claims_and_slots")]
    assert any("by no record" in it and "eni-09" in it for it in lines)
    assert any("not claimed" in it and INTERFACE in it for it in lines)


def test_a_slot_without_its_record_is_reported_and_its_record_without_a_slot() -> None:
    """As for claims."""
    account = a_fit_account(slots={(INSTANCE, DeviceSlot(0, 7)): Holder(INSTANCE, MGMT)})

    lines = [it for it in broken_invariants(account) if it.startswith("claims_and_slots")]
    assert 2 == len(lines)


def test_a_pool_interface_that_no_record_accounts_for_is_reported_unless_it_is_by_hand() -> None:
    """What another user attached is no leak, if it is known."""
    seen = a_seen_attachment(instance=OTHER)
    account = an_account(instances={}, interfaces={INTERFACE: an_attached_interface(seen)})

    assert {"every_pool_interface_is_accounted_for"} == rules_broken(account)
    assert [] == broken_invariants(replace(account, by_hand=frozenset({seen.id})))


def test_an_available_interface_that_a_record_holds_is_reported() -> None:
    """It is lost to the pool; only what an operator must act on may keep one."""
    free = {INTERFACE: an_interface()}
    stuck = a_record(State.STUCK, reason=Reason.DETACH_TIMEOUT)

    assert "every_pool_interface_is_accounted_for" in rules_broken(a_fit_account(interfaces=free))
    assert "every_pool_interface_is_accounted_for" not in rules_broken(
        an_account(stuck, interfaces=free)
    )


@pytest.mark.parametrize(
    "interface",
    [an_interface(status="pending"), an_attached_interface(a_seen_attachment(instance=OTHER))],
    ids=["neither available nor attached", "on another instance"],
)
def test_an_interface_that_is_elsewhere_is_reported(interface: object) -> None:
    """Neither free nor where the ledger says."""
    account = a_fit_account(interfaces={INTERFACE: interface})

    assert "every_pool_interface_is_accounted_for" in rules_broken(account)


@pytest.mark.parametrize("rule", INVARIANTS, ids=lambda rule: rule.__name__)
def test_an_empty_account_breaks_no_rule(rule: Callable[[Account], object]) -> None:
    """The first run is before the first instance."""
    empty = an_account(instances={}, interfaces={})

    assert [] == list(rule(empty))  # type: ignore[call-overload]


def test_the_slot_of_the_record_is_the_one_that_is_pinned() -> None:
    """A pin that the record's slot fulfils is a tag fulfilled."""
    pinned = an_attached_instance(targets=f"mgmt@{SLOT.index}")

    assert [] == broken_invariants(a_fit_account(instances={INSTANCE: pinned}))
