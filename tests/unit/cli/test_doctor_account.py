"""Each check of the account is silent about what is well, and names what is not."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta

import pytest

from dualhome.domain.invariants.snapshot import Account
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State
from dualhome.domain.status import StatusScope
from dualhome_cli.doctor.check import Remark, Severity
from dualhome_cli.doctor.checks import networks, pools, records, tags
from dualhome_cli.doctor.checks.tags import MOST_TAGS
from tests.support.builders.accounts import a_fit_account, an_account, an_attached_instance
from tests.support.builders.values import (
    APP_VPC,
    INSTANCE,
    INTERFACE,
    MGMT_VPC,
    OTHER_ACCOUNT,
    POLICY,
    a_record,
    a_seen_attachment,
    a_vpc,
    an_app_vpc,
    an_instance,
    an_interface,
)

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    "check",
    [
        tags.malformed_tags,
        networks.overlaps,
        networks.withdrawn,
        networks.public_addresses,
        networks.deletions,
        records.others,
    ],
)
def test_a_fit_account_is_well(check: Callable[[Account], Iterable[Remark]]) -> None:
    """Else the operator learns to look away."""
    assert [] == list(check(a_fit_account()))


@pytest.mark.parametrize(
    ("key", "value"),
    [("dualhome:targets", "mgmt@0"), ("dualhome:targets", "a b a"), ("dualhome:policy", "some")],
)
def test_a_malformed_tag_of_an_instance_is_named_with_what_was_expected(
    key: str, value: str
) -> None:
    """The instance's own owner corrects it."""
    instance = an_instance(tags={key: value})

    (remark,) = tags.malformed_tags(an_account(instances={INSTANCE: instance}, interfaces={}))

    assert Severity.WARNING is remark.severity
    assert f"{INSTANCE}: {key}={value!r}: expected" in remark.what


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("dualhome:allow-from", "everybody"),
        ("dualhome:allow-from:2", "everybody"),
        ("dualhome:device-index", "first"),
        ("dualhome:target", "mgmt data"),
        ("dualhome:target", "mgmt@1"),
        ("dualhome:target", ""),
    ],
)
def test_a_malformed_tag_of_a_vpc_is_named(key: str, value: str) -> None:
    """A VPC serves one target; no instance can ask for anything else that is written there."""
    vpc = a_vpc(tags={key: value})

    (remark,) = tags.malformed_tags(a_fit_account(vpcs={MGMT_VPC: vpc}))

    assert f"{MGMT_VPC}: {key}={value!r}" in remark.what


def test_a_target_that_a_shared_vpc_is_tagged_for_serves_no_instance() -> None:
    """The user who tagged it believes that it does; its other tags do not count."""
    shared = a_vpc(owner=OTHER_ACCOUNT, allow_from="everybody")
    silent = a_vpc("vpc-0d", owner=OTHER_ACCOUNT, target=None)

    (remark,) = tags.malformed_tags(a_fit_account(vpcs={it.id: it for it in (shared, silent)}))

    said = f"{MGMT_VPC}: dualhome:target='mgmt' serves no instance:"
    assert remark.what.startswith(said)


def test_withdrawn_consent_is_shown_with_both_remedies() -> None:
    """The VPC's owner restores it, or an operator releases what is attached."""
    shut = a_vpc(allow_from="vpc-0c")

    (remark,) = networks.withdrawn(a_fit_account(vpcs={APP_VPC: an_app_vpc(), shut.id: shut}))

    assert Severity.WARNING is remark.severity
    assert f"{MGMT_VPC} no longer allows {APP_VPC}, and is attached to {INSTANCE}" == remark.what
    assert f"Key=dualhome:allow-from,Value=vpc-0c {APP_VPC}" in remark.remedy
    assert remark.remedy.endswith(f"dualhome release {INSTANCE} --target mgmt")


def test_what_is_not_attached_has_no_consent_to_lose() -> None:
    """It is told as refused, or not at all."""
    shut = a_vpc(allow_from=None)
    waiting = a_record(State.WAITING, vpc=MGMT_VPC)

    assert [] == list(networks.withdrawn(an_account(waiting, vpcs={shut.id: shut})))
    assert [] == list(networks.withdrawn(a_fit_account(instances={}, vpcs={shut.id: shut})))


@pytest.mark.parametrize("value", ["a b", "mgmt ", ""])
def test_a_pool_that_has_no_name_is_named(value: str) -> None:
    """The interface lies idle, and the pool looks full."""
    (remark,) = tags.malformed_tags(an_account(interfaces={INTERFACE: an_interface(pool=value)}))

    assert INTERFACE in remark.what


@pytest.mark.parametrize(
    ("resource", "scope", "named"),
    [
        (INSTANCE, StatusScope.BOTH, True),
        (INTERFACE, StatusScope.INTERFACE, True),
        (INSTANCE, StatusScope.INTERFACE, False),
        (INTERFACE, StatusScope.NONE, False),
    ],
)
def test_a_resource_without_room_for_its_status_is_named(
    resource: str, scope: StatusScope, *, named: bool
) -> None:
    """EC2 allows fifty tags, those of AWS left out; no other check says so."""
    own = {f"tag-{number}": "" for number in range(MOST_TAGS - 1)}
    theirs = {f"aws:tag-{number}": "" for number in range(5)}
    instance, interface = an_instance(), an_interface()
    full = {
        INSTANCE: replace(instance, tags=own | theirs | {POLICY.keys.targets: "mgmt"}),
        INTERFACE: replace(interface, tags=own | theirs | {POLICY.keys.pool: "mgmt"}),
    }
    account = an_account(
        instances={INSTANCE: full[resource] if resource == INSTANCE else instance},
        interfaces={INTERFACE: full[resource] if resource == INTERFACE else interface},
    )

    found = list(tags.full(tags.TagRoom(account, scope)))

    assert named == bool(found)
    assert all(resource in it.what and "50 tags" in it.what for it in found)


def test_a_resource_that_shows_its_status_needs_no_room() -> None:
    """It has fifty tags, and one of them is ours."""
    own = {f"tag-{number}": "" for number in range(MOST_TAGS - 2)}
    keys = {POLICY.keys.targets: "mgmt", POLICY.keys.status: "mgmt=waiting"}
    account = an_account(
        instances={INSTANCE: replace(an_instance(), tags=own | keys)}, interfaces={}
    )

    assert [] == list(tags.full(tags.TagRoom(account, StatusScope.BOTH)))


def test_what_is_missing_of_a_target_is_a_warning_with_its_remedy() -> None:
    """A name that no VPC serves, a VPC without interfaces, and one that allows no other."""
    shut = a_vpc("vpc-0c", target="data", allow_from=None)
    account = an_account(
        instances={INSTANCE: an_instance(targets="nowhere")},
        interfaces={},
        vpcs={APP_VPC: an_app_vpc(), shut.id: shut},
    )

    remarks = list(pools.shortages_of(pools.Pools(account, low_water=0)))

    assert {Severity.WARNING} == {it.severity for it in remarks}
    assert all(it.remedy for it in remarks)
    for words in ("nowhere", "no interface", "allows no other VPC"):
        assert any(words in it.what for it in remarks), words


def test_overlapping_ranges_are_a_note_and_where_they_are_refused_a_warning() -> None:
    """By default the attachment goes ahead, and its owner has to add routes."""
    wide = a_vpc(cidrs=("10.10.128.0/20",))
    account = a_fit_account(vpcs={APP_VPC: an_app_vpc(), MGMT_VPC: wide})
    strict = replace(account, policy=replace(POLICY, refuse_overlap=True))

    (said,) = networks.overlaps(account)
    (refused,) = networks.overlaps(strict)

    assert [Severity.NOTE, Severity.WARNING] == [said.severity, refused.severity]
    for words in ("10.10.0.0/16", "10.10.128.0/20", APP_VPC, MGMT_VPC, INSTANCE):
        assert words in said.what


def test_ranges_of_vpcs_that_cannot_be_joined_anyway_may_overlap() -> None:
    """The consent is missing; the ranges do not matter."""
    shut = a_vpc(cidrs=("10.10.0.0/16",), allow_from=None)

    assert [] == list(networks.overlaps(a_fit_account(vpcs={APP_VPC: an_app_vpc(), shut.id: shut})))


def test_an_automatic_public_address_is_lost_at_the_next_stop() -> None:
    """It goes unnoticed until the instance comes back without it."""
    instance = an_attached_instance(automatic_public_ip=True)

    (remark,) = networks.public_addresses(a_fit_account(instances={INSTANCE: instance}))

    assert (Severity.WARNING, True) == (remark.severity, INSTANCE in remark.what)


def test_an_instance_with_one_interface_keeps_its_public_address() -> None:
    """It is replaced at the next start."""
    instance = an_instance(automatic_public_ip=True)
    waiting = a_record(State.WAITING, reason=Reason.POOL_EMPTY)

    assert [] == list(
        networks.public_addresses(an_account(waiting, instances={INSTANCE: instance}))
    )


def test_an_interface_that_will_be_deleted_with_its_instance_is_warned_of_with_the_command() -> (
    None
):
    """As EC2 shows it now, whatever the record knew; the command keeps the interface."""
    seen = a_seen_attachment(delete_on_termination=True)
    doomed = an_interface(attachment=seen)

    (remark,) = networks.deletions(a_fit_account(interfaces={INTERFACE: doomed}))

    assert Severity.WARNING is remark.severity
    assert remark.what.startswith(f"{INTERFACE} will be deleted with {INSTANCE}: ")
    assert remark.remedy.endswith(
        f"aws ec2 modify-network-interface-attribute --network-interface-id {INTERFACE}"
        f" --attachment AttachmentId={seen.id},DeleteOnTermination=false"
    )


def test_what_is_not_ours_is_none_of_our_warnings() -> None:
    """Another user has attached it anew, on purpose."""
    seen = a_seen_attachment(id_="eni-attach-99", delete_on_termination=True)
    account = a_fit_account(interfaces={INTERFACE: an_interface(attachment=seen)})

    assert [] == list(networks.deletions(account))
