"""What several records suffer from is one finding, with the command that ends it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from dualhome.domain.attachment import Attachment, Failure, PendingRelease
from dualhome.domain.ec2 import Instance, Interface
from dualhome.domain.identifiers import InstanceId
from dualhome.domain.invariants.snapshot import Account
from dualhome.domain.reasons import Reason
from dualhome.domain.refusals import Refusal
from dualhome.domain.states import State
from dualhome_cli.doctor.check import Finding, Severity
from dualhome_cli.doctor.checks import causes, records
from dualhome_cli.doctor.checks.records import Records
from tests.support.builders.accounts import an_account
from tests.support.builders.values import (
    INTERFACE,
    NOW,
    OTHER_ZONE,
    ZONE,
    a_record,
    an_instance,
    an_interface,
)

HOUR = timedelta(hours=1)
DUE = NOW + timedelta(seconds=10)
CODE = "AddressLimitExceeded"


def refused(instance: str, *, until: timedelta = HOUR, **fields: Any) -> Attachment:
    """Return a record of an instance for which EC2 has refused the ordinary interface."""
    ordinary: dict[str, Any] = {
        "state": State.FAILED,
        "interface": INTERFACE,
        "reason": Reason.EC2_REFUSED,
        "failure": Failure(CODE, "no"),
        "refusals": (Refusal(INTERFACE, CODE, 1, NOW + until),),
    }
    return a_record(**(ordinary | fields), instance=instance)


def of(*found: Attachment, **fields: Any) -> Records:
    """Return ``found`` beside one free interface."""
    ordinary: dict[str, Any] = {"interfaces": {INTERFACE: an_interface()}, "instances": {}}
    return Records(an_account(*found, **(ordinary | fields)), NOW)


def test_an_interface_that_ec2_refuses_for_two_instances_is_taken_out_of_its_pool() -> None:
    """Named once, with the code and all that have tried it in vain."""
    it = of(refused("i-0a"), refused("i-0b"), refused("i-0c"))

    (remark,) = causes.refused_for_many(it)

    assert Severity.WARNING is remark.severity
    finding = Finding.of("refused-interfaces", remark)
    assert (INTERFACE,) == finding.interfaces
    assert ("i-0a", "i-0b", "i-0c") == finding.instances
    assert CODE in remark.what
    assert f"aws ec2 delete-tags --resources {INTERFACE} --tags Key=dualhome:pool" == remark.remedy
    assert [] == list(records.unsettled(it))


def test_out_of_its_pool_it_is_no_finding_any_more() -> None:
    """The remedy ends it, though the records remember for a day."""
    it = of(refused("i-0a"), refused("i-0b"), interfaces={})

    assert [] == list(causes.refused_for_many(it))
    assert [Severity.WARNING] == [remark.severity for remark in records.unsettled(it)]


@pytest.mark.parametrize(
    "found",
    [
        (refused("i-0a"),),
        (refused("i-0a"), refused("i-0a", target="data")),
        (refused("i-0a"), refused("i-0b", until=timedelta(0))),
    ],
    ids=["one instance", "two targets of one", "one is over"],
)
def test_what_one_instance_is_refused_may_be_the_instance_s_own_doing(
    found: tuple[Attachment, ...],
) -> None:
    """Another may have it."""
    assert [] == list(causes.refused_for_many(of(*found)))


def test_one_that_has_another_interface_meanwhile_counts() -> None:
    """It is attached, and has tried the bad one before."""
    well = a_record(instance="i-0a", interface="eni-02", refusals=refused("i-0a").refusals)

    (remark,) = causes.refused_for_many(of(well, refused("i-0b")))

    assert ("i-0a", "i-0b") == remark.subjects


def web(*ids: str, **fields: Any) -> dict[InstanceId, Instance]:
    """Return instances of the Name ``web``."""
    return {InstanceId(it): an_instance(it, tags={"Name": "web"}, **fields) for it in ids}


def kept(*ids: str, whom: str = "web", **fields: Any) -> dict[str, Interface]:
    """Return interfaces that are reserved for ``whom``."""
    tags = {"dualhome:reserved-for": whom}
    return {it: an_interface(it, tags=tags, **fields) for it in ids}


def test_more_instances_of_a_name_than_interfaces_are_shown_with_the_command_for_another() -> None:
    """The last of them takes no other one, and waits."""
    late = a_record(
        State.WAITING, instance="i-0b", reason=Reason.RESERVED_IN_USE, reservation="web", sharing=2
    )
    early = a_record(instance="i-0a", interface="eni-0a", reservation="web", sharing=1)
    it = of(early, late, instances=web("i-0a", "i-0b"), interfaces=kept("eni-0a"))

    (remark,) = causes.namesakes(it)

    assert Severity.WARNING is remark.severity
    assert "2 instances of the Name web ask for mgmt in" in remark.what
    assert "1 interface is reserved for it there: i-0a, i-0b" in remark.what
    assert remark.remedy.startswith("aws ec2 create-network-interface --subnet-id subnet-")
    assert "{Key=dualhome:pool,Value=mgmt},{Key=dualhome:reserved-for,Value=web}" in remark.remedy
    assert ("eni-0a",) == Finding.of("namesakes", remark).interfaces
    assert [] == list(records.unsettled(it))


def test_the_command_says_how_often_and_takes_any_name() -> None:
    """A Name may hold what the AWS CLI's shorthand and a shell read otherwise."""
    name = "it's web, 2"
    instances = {
        it: replace(one, tags={**one.tags, "Name": name})
        for it, one in web("i-0a", "i-0b", "i-0c").items()
    }
    it = of(instances=instances, interfaces=kept("eni-0a", whom=name))

    (remark,) = causes.namesakes(it)

    assert remark.remedy.startswith("2 times: aws ec2 create-network-interface")
    assert remark.remedy.endswith("""Value="it'"'"'s web, 2"}]'""")


@pytest.mark.parametrize(
    "fields",
    [
        {"instances": web("i-0a"), "interfaces": kept("eni-0a")},
        {"instances": web("i-0a", "i-0b"), "interfaces": kept("eni-0a", "eni-0b")},
        {"instances": web("i-0a", "i-0b"), "interfaces": kept("eni-0a", zone=OTHER_ZONE)},
        {"instances": web("i-0a", "i-0b", targets="data"), "interfaces": kept("eni-0a")},
        {
            "instances": web("i-0a", "i-0b"),
            "interfaces": kept("eni-0a") | kept("eni-0b", whom="i-0b"),
        },
        {"instances": web("i-0a", "i-0b"), "interfaces": kept("eni-0a", requester_managed=True)},
    ],
    ids=["one each", "enough", "elsewhere", "another target", "one by its id", "of no use"],
)
def test_a_name_with_enough_interfaces_is_well(fields: dict[str, Any]) -> None:
    """Counted by target, zone and Name, among what can be had."""
    assert [] == list(causes.namesakes(of(**fields)))


def contested(instance: str) -> Attachment:
    """Return a record that waits because others detach its interface."""
    return a_record(
        State.WAITING,
        instance=instance,
        reason=Reason.CONTESTED,
        detail=f"{INTERFACE} was detached by others at 11:58:00Z, 11:59:00Z, 12:00:00Z",
        retry_at=NOW + HOUR,
    )


def test_a_contest_says_which_when_and_where_to_see_by_whom() -> None:
    """CloudTrail alone knows; one controller is one finding."""
    it = of(contested("i-0b"), contested("i-0a"))

    (remark,) = causes.contests(it)

    assert Severity.WARNING is remark.severity
    assert remark.what.endswith("i-0a/mgmt, i-0b/mgmt")
    assert "11:58:00Z" in remark.details["i-0a/mgmt"]
    assert (INTERFACE,) == Finding.of("contests", remark).interfaces
    assert (
        "AttributeValue=DetachNetworkInterface --start-time 2026-03-01T11:50:00Z" in remark.remedy
    )
    assert remark.remedy.endswith("dualhome retry i-0a i-0b")
    assert [] == list(records.unsettled(it))


def pending(reason: Reason = Reason.NOT_WANTED) -> Attachment:
    """Return a record whose release is pending."""
    return a_record(
        reason=Reason.RELEASE_PENDING, pending=PendingRelease(reason, DUE), detail="NOT_WANTED"
    )


def at(account: Account, seconds: int) -> Records:
    """Return the account so many seconds after the release is due."""
    return Records(account, DUE + timedelta(seconds=seconds))


def test_a_pending_release_is_worth_a_note_until_its_second_reading_is_late() -> None:
    """Then it is a warning, once, and a retry reads again."""
    account = an_account(pending())

    (remark,) = records.unsettled(at(account, 60))
    assert (Severity.NOTE, True) == (remark.severity, "to be released" in remark.what)
    assert [] == list(records.unconfirmed(at(account, 60)))

    (late,) = records.unconfirmed(at(account, 120))
    assert (Severity.WARNING, "dualhome retry i-01") == (late.severity, late.remedy)
    assert [] == list(records.unsettled(at(account, 120)))


def test_what_goes_for_want_of_consent_is_shown_by_its_own_check() -> None:
    """Whose owner must act is said there."""
    assert [] == list(records.unsettled(at(an_account(pending(Reason.CONSENT_WITHDRAWN)), 0)))


def test_what_waits_beside_a_cause_is_still_shown() -> None:
    """Only what the cause explains is left to it."""
    empty = a_record(State.WAITING, instance="i-0d", reason=Reason.POOL_EMPTY, zone=ZONE)
    it = of(refused("i-0a"), refused("i-0b"), contested("i-0c"), empty)

    assert ["waiting for POOL_EMPTY: i-0d/mgmt"] == [r.what for r in records.unsettled(it)]
