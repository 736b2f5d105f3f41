"""The invariants of an account in use: what is on its way is no finding."""

from collections.abc import Callable

from dualhome.domain.attachment import PendingRelease
from dualhome.domain.identifiers import InstanceId, InterfaceId
from dualhome.domain.invariants.snapshot import Account
from dualhome.domain.planning.types import Holder
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State
from dualhome_cli.doctor.check import Severity
from dualhome_cli.doctor.checks.ledger import Broken, broken, confirmed, invariants
from tests.support.builders.accounts import a_fit_account, an_account, an_attached_instance
from tests.support.builders.values import (
    INSTANCE,
    INTERFACE,
    MGMT,
    NOW,
    a_record,
    a_seen_attachment,
    an_instance,
    an_interface,
)

INCONSISTENT = {INTERFACE: Holder(INSTANCE, MGMT), InterfaceId("eni-09"): Holder(INSTANCE, MGMT)}


def readings(*accounts: Account) -> Callable[[], Account]:
    """Return a reader that reads one after the other, and nothing after the last."""
    return iter(accounts).__next__


def no_pause() -> None:
    """Wait for nothing."""


def test_a_fit_account_is_read_once() -> None:
    """A second reading costs as much as the first."""
    assert Broken() == confirmed(readings(a_fit_account()), no_pause)


def test_what_only_one_reading_shows_was_on_its_way() -> None:
    """The reads are not one moment's."""
    inconsistent_claims = a_fit_account(claims=INCONSISTENT)

    assert Broken() == confirmed(readings(inconsistent_claims, a_fit_account()), no_pause)


def test_what_both_readings_show_is_an_error() -> None:
    """No sweep corrects a claim without a record."""
    inconsistent_claims = a_fit_account(claims=INCONSISTENT)

    (remark,) = invariants(confirmed(readings(inconsistent_claims, inconsistent_claims), no_pause))

    assert Severity.ERROR is remark.severity
    assert "eni-09" in remark.what
    assert "delete the item" in remark.remedy


def test_what_a_sweep_will_mend_is_a_warning() -> None:
    """A user has detached it a moment ago."""
    detached = a_fit_account(
        instances={INSTANCE: an_instance()}, interfaces={INTERFACE: an_interface()}
    )

    remarks = list(invariants(broken(detached)))

    assert {Severity.WARNING} == {it.severity for it in remarks}
    assert any("what_is_recorded_as_attached_is" in it.what for it in remarks)


def test_an_instance_of_which_something_moves_is_left_out_of_what_sweeps_mend() -> None:
    """Its interface may be free already, and the record is about to say so."""
    free = {INTERFACE: an_interface()}

    assert Broken() == broken(an_account(a_record(State.RELEASING), interfaces=free))


def test_an_instance_that_is_gone_moves_until_a_second_reading_closes_its_record() -> None:
    """EC2 has given the interface back already; one reading ends nothing."""
    pending = PendingRelease(Reason.INSTANCE_STATE, NOW)
    going = a_record(reason=Reason.RELEASE_PENDING, pending=pending)
    free = {INTERFACE: an_interface()}

    assert Broken() == broken(an_account(going, instances={}, interfaces=free))
    assert Broken() != broken(an_account(a_record(), instances={}, interfaces=free))


def test_what_is_to_be_released_stays_attached_until_a_second_reading_agrees() -> None:
    """No tag asks for it any more, and nothing is wrong."""
    pending = PendingRelease(Reason.NOT_WANTED, NOW)
    going = a_record(reason=Reason.RELEASE_PENDING, pending=pending)
    instances = {INSTANCE: an_attached_instance(targets=None)}

    assert Broken() == broken(an_account(going, instances=instances))
    assert Broken() != broken(an_account(a_record(), instances=instances))


def test_a_foreign_attachment_is_the_business_of_another_check() -> None:
    """It would be told twice."""
    theirs = an_interface(attachment=a_seen_attachment(instance=InstanceId("i-09")))

    assert Broken() == broken(an_account(instances={}, interfaces={INTERFACE: theirs}))
