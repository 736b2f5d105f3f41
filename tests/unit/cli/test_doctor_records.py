"""Records that need attention are named, grouped by why, each with its advice."""

from collections.abc import Callable, Iterable
from datetime import timedelta

import pytest

from dualhome.domain.attachment import Failure
from dualhome.domain.ec2 import ACTING, InstanceState
from dualhome.domain.identifiers import InstanceId
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State
from dualhome_cli.doctor.check import Finding, Remark, Severity, remedy_in_table, what_in_table
from dualhome_cli.doctor.checks import records
from dualhome_cli.doctor.checks.records import Records
from tests.support.builders.accounts import a_fit_account, an_account, an_attached_interface
from tests.support.builders.values import (
    INSTANCE,
    INTERFACE,
    MGMT,
    NOW,
    a_record,
    a_seen_attachment,
    an_instance,
)

HOUR = timedelta(hours=1)


@pytest.mark.parametrize("check", [records.stuck, records.unsettled, records.overdue])
def test_settled_records_are_well(check: Callable[[Records], Iterable[Remark]]) -> None:
    """What is attached needs no attention, however long ago it was attached."""
    assert [] == list(check(Records(a_fit_account(), NOW + timedelta(days=99))))


def test_what_is_stuck_is_an_error_with_the_record_s_own_advice() -> None:
    """Nothing goes on without a person."""
    stuck = a_record(State.STUCK, reason=Reason.DETACH_TIMEOUT, detail="after 25 looks")

    (remark,) = records.stuck(Records(an_account(stuck), NOW))

    assert Severity.ERROR is remark.severity
    for words in (INSTANCE, INTERFACE, "DETACH_TIMEOUT", "after 25 looks"):
        assert words in remark.what
    assert Reason.DETACH_TIMEOUT.advice in remark.remedy
    assert f"dualhome retry {INSTANCE}" in remark.remedy


@pytest.mark.parametrize(
    ("state", "reason", "severity"),
    [
        (State.WAITING, Reason.POOL_EMPTY, Severity.NOTE),
        (State.REFUSED, Reason.NOT_ALLOWED, Severity.WARNING),
        (State.FAILED, Reason.EC2_REFUSED, Severity.WARNING),
        (State.ATTACHED, Reason.RELEASE_HELD, Severity.WARNING),
    ],
)
def test_what_is_not_as_wanted_is_grouped_by_its_reason(
    state: State, reason: Reason, severity: Severity
) -> None:
    """A thousand instances that lack one tag are one finding."""
    failure = Failure("OperationNotPermitted", "not yours")
    found = [
        a_record(state, instance=f"i-{n:02}", reason=reason, failure=failure) for n in range(12)
    ]

    (remark,) = records.unsettled(Records(an_account(*found), NOW))

    assert severity is remark.severity
    assert f"{state} for {reason}: i-00/mgmt" in remark.what
    shown = Finding.of("unsettled", remark)
    assert "i-09/mgmt and 2 more" in what_in_table(shown)
    assert [it.instance for it in found] == list(shown.instances)
    assert shown.subjects == tuple(f"{it.instance}/mgmt" for it in found)
    assert all(name in shown.what for name in shown.subjects)
    assert "more" not in shown.what
    assert reason.advice == remark.remedy
    assert (state == State.FAILED) == ("OperationNotPermitted: not yours" in remark.what)


def test_what_is_asked_for_and_not_recorded_is_named() -> None:
    """Its event was lost: without a record nothing else in the account tells of it."""
    account = an_account(
        a_record(instance="i-02"),
        instances={
            InstanceId(id_): an_instance(id_, targets=targets)
            for id_, targets in {"i-01": "mgmt", "i-02": "mgmt data", "i-03": None}.items()
        },
    )

    (remark,) = records.unsettled(Records(account, NOW))

    assert Severity.WARNING is remark.severity
    assert "asked for, and not recorded: i-01, i-02" == remark.what
    assert "dualhome retry i-01 i-02" == remark.remedy


@pytest.mark.parametrize("state", sorted(set(InstanceState) - ACTING))
def test_an_instance_between_two_states_is_not_named(state: InstanceState) -> None:
    """It is left alone until it runs or has stopped; nothing is recorded of it before."""
    account = an_account(instances={INSTANCE: an_instance(state=state)})

    assert [] == list(records.unsettled(Records(account, NOW)))


def test_what_is_on_its_way_is_not_called_attached() -> None:
    """It may end otherwise."""
    (remark,) = records.unsettled(Records(an_account(a_record(State.ATTACHING)), NOW))

    assert (Severity.NOTE, f"moving: {INSTANCE}/mgmt") == (remark.severity, remark.what)


@pytest.mark.parametrize(
    "record",
    [a_record(State.RELEASING), a_record(State.FAILED, retry_at=NOW)],
    ids=["moving", "not tried again"],
)
def test_what_no_sweep_has_moved_on_for_long_is_an_error(record: object) -> None:
    """The sweep should have found it; so something is wrong with that, too."""
    account = an_account(record)  # type: ignore[arg-type]

    assert [] == list(records.overdue(Records(account, NOW + HOUR)))
    (remark,) = records.overdue(Records(account, NOW + 2 * HOUR))
    assert (Severity.ERROR, True) == (remark.severity, INSTANCE in remark.what)


def test_an_interface_of_a_pool_that_others_use_is_a_warning() -> None:
    """An instance that waits for it waits in vain."""
    theirs = an_attached_interface(a_seen_attachment(instance=InstanceId("i-09")))

    (remark,) = records.others(an_account(interfaces={INTERFACE: theirs}))

    assert Severity.WARNING is remark.severity
    assert f"attached it to {theirs.attachment and theirs.attachment.instance}" in remark.what


def test_programs_see_of_every_record_what_is_known_of_it() -> None:
    """Of fifty that failed, the first error need not be everybody's."""
    codes = [Failure(f"Code{n}", "no") for n in range(2)]
    found = [
        a_record(State.FAILED, instance=f"i-{n:02}", reason=Reason.EC2_REFUSED, failure=failure)
        for n, failure in enumerate(codes)
    ]

    (remark,) = records.unsettled(Records(an_account(*found), NOW))

    assert {"i-00/mgmt": "Code0: no", "i-01/mgmt": "Code1: no"} == remark.details
    assert (MGMT,) == remark.targets


def test_a_command_about_many_is_whole_for_programs_and_short_for_people() -> None:
    """A line of a thousand ids helps no reader; a list that ends at ten helps no program."""
    ids = [f"i-{n:02}" for n in range(12)]
    account = an_account(instances={InstanceId(it): an_instance(it) for it in ids})

    (remark,) = records.unsettled(Records(account, NOW))

    finding = Finding.of("unsettled", remark)
    assert f"dualhome retry {' '.join(ids)}" == finding.remedy
    assert f"dualhome retry {' '.join(ids[:10])}" == remedy_in_table(finding)
    assert what_in_table(finding).endswith("i-09 and 2 more")


def test_what_another_version_wrote_is_listed_item_by_item() -> None:
    """The text names the first alone."""
    items = ("the item INSTANCE#i-0a TARGET#mgmt", "the item INSTANCE#i-0b TARGET#mgmt")

    (remark,) = records.left_out(Records(an_account(), NOW, f"2 items. {items[0]}.", items))

    finding = Finding.of("versions", remark)
    assert (items, ("i-0a", "i-0b")) == (finding.subjects, finding.instances)
