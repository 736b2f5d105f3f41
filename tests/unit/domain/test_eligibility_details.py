"""The rules of eligibility that know more than one way to say no."""

from ipaddress import ip_network
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dualhome.domain.identifiers import AccountId, ZoneId
from dualhome.domain.planning.eligibility import (
    Candidate,
    Policy,
    overlapping_cidrs,
    why_ineligible,
)
from dualhome.domain.reasons import Reason
from dualhome.domain.tags import TagKeys
from tests.support.builders.values import (
    ACCOUNT,
    APP_VPC,
    OTHER_ACCOUNT,
    a_vpc,
    an_app_vpc,
    an_instance,
    an_interface,
)
from tests.support.builders.views import a_candidate
from tests.unit.domain.strategies import QUICK


def reason_of(candidate: Candidate) -> Reason | None:
    """Return why ``candidate`` is rejected, if it is."""
    rejection = why_ineligible(candidate)
    return rejection.reason if rejection else None


@pytest.mark.parametrize("allowed", ["*", "vpc-0a", "vpc-0f vpc-0a", "vpc-0f,*"])
def test_an_instance_joins_where_its_vpc_is_named(allowed: str) -> None:
    """The owner of the target's VPC consents by tag."""
    assert reason_of(a_candidate(vpcs=[an_app_vpc(), a_vpc(allow_from=allowed)])) is None


@pytest.mark.parametrize("allowed", [None, "", "vpc-0b", "vpc-0aa"])
def test_without_the_target_vpcs_consent_none_joins(allowed: str | None) -> None:
    """An owner who can tag an instance must not be able to bridge two networks alone."""
    candidate = a_candidate(vpcs=[an_app_vpc(), a_vpc(allow_from=allowed)])

    assert reason_of(candidate) is Reason.NOT_ALLOWED


def test_a_consent_that_cannot_be_read_is_a_bad_tag_of_that_vpc() -> None:
    """The owner of the VPC, not of the instance, has something to correct."""
    rejection = why_ineligible(a_candidate(vpcs=[an_app_vpc(), a_vpc(allow_from="everybody")]))

    assert rejection
    assert rejection.reason is Reason.BAD_TAG
    assert rejection.detail.startswith("vpc-0b: dualhome:allow-from='everybody': expected VPC ids")


@pytest.mark.parametrize("continued", [APP_VPC, "*", f"vpc-0f, {APP_VPC}"])
def test_a_consent_may_go_on_in_further_tags(continued: str) -> None:
    """A value ends at 256 characters, 11 VPCs."""
    vpc = a_vpc(allow_from="vpc-0c", tags={"dualhome:allow-from:2": continued})
    near = a_vpc(allow_from="vpc-0c", tags={"dualhome:allow-from-2": continued})

    assert reason_of(a_candidate(vpcs=[an_app_vpc(), vpc])) is None
    assert reason_of(a_candidate(vpcs=[an_app_vpc(), near])) is Reason.NOT_ALLOWED


def test_one_part_of_a_consent_that_cannot_be_read_spoils_all_of_it() -> None:
    """The slip of the pen may have been meant to end one consent."""
    vpc = a_vpc(allow_from=APP_VPC, tags={"dualhome:allow-from:2": "vpc-0c!"})

    rejection = why_ineligible(a_candidate(vpcs=[an_app_vpc(), vpc]))

    assert rejection
    assert rejection.reason is Reason.BAD_TAG
    assert rejection.detail.startswith("vpc-0b: dualhome:allow-from:2='vpc-0c!': expected VPC ids")


def test_where_the_consents_value_is_full_the_next_tag_is_named() -> None:
    """Its owner would be told to write what EC2 refuses."""
    full = " ".join(f"vpc-{number:017x}" for number in range(11))
    guest = an_app_vpc("vpc-0123456789abcdef0")

    rejection = why_ineligible(
        a_candidate(instance=an_instance(vpc=guest.id), vpcs=[guest, a_vpc(allow_from=full)])
    )

    assert rejection
    assert rejection.detail.endswith("ask its owner to add it to the tag dualhome:allow-from:2")


@pytest.mark.parametrize("value", ["mgmt data", "data,mgmt", "mgmt@1", "mgmt;data"])
def test_a_vpc_that_names_several_targets_is_reported_to_each_of_them(value: str) -> None:
    """Consent is the VPC's: for one target it would open all."""
    rejection = why_ineligible(a_candidate(vpcs=[an_app_vpc(), a_vpc(target=value)]))

    assert rejection
    assert rejection.reason is Reason.BAD_TAG
    expected = f"vpc-0b: dualhome:target={value!r}: expected the name of one target"
    assert rejection.detail.startswith(expected)


@pytest.mark.parametrize("value", ["data backup", "", "mgmt2 data", "!"])
def test_a_malformed_target_that_does_not_name_it_is_none_of_its_business(value: str) -> None:
    """The instance's owner would be sent to correct what another owner has."""
    assert reason_of(a_candidate(vpcs=[an_app_vpc(), a_vpc(target=value)])) is Reason.NO_TARGET


@pytest.mark.parametrize(
    ("interface", "instance", "policy"),
    [
        (OTHER_ACCOUNT, ACCOUNT, ACCOUNT),
        (ACCOUNT, OTHER_ACCOUNT, ACCOUNT),
        (ACCOUNT, ACCOUNT, OTHER_ACCOUNT),
        (OTHER_ACCOUNT, OTHER_ACCOUNT, ACCOUNT),
    ],
)
def test_interface_instance_and_caller_are_of_one_account(
    interface: AccountId, instance: AccountId, policy: AccountId
) -> None:
    """EC2 attaches no other; in a shared subnet, other accounts' interfaces are near."""
    candidate = a_candidate(
        an_interface(owner=interface), an_instance(owner=instance), policy=Policy(policy)
    )

    assert reason_of(candidate) is Reason.ACCOUNT_MISMATCH


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"requester_managed": True}, "it is managed by the service that requested it"),
        ({"operator_managed": True}, "it is managed by an operator"),
        ({"type": "nat_gateway"}, "it is of type nat_gateway"),
        ({"outpost": True}, "it is on an Outpost"),
    ],
)
def test_an_interface_that_is_not_ordinary_is_unusable(fields: dict[str, Any], said: str) -> None:
    """It belongs to a service, which would break; or it is nowhere near."""
    rejection = why_ineligible(a_candidate(an_interface(**fields)))

    assert rejection
    assert (rejection.reason, rejection.detail) == (Reason.INTERFACE_UNUSABLE, said)


def test_a_zone_of_the_same_name_but_another_id_is_another_zone() -> None:
    """Zone names are shuffled between accounts; the id names the place."""
    candidate = a_candidate(an_interface(zone_id=ZoneId("use1-az6")))

    assert reason_of(candidate) is Reason.NO_INTERFACE_IN_ZONE


def test_where_a_zone_id_is_not_shown_the_zones_name_decides() -> None:
    """Within one account, and no other is eligible, the name is as good as the id."""
    unknown = ZoneId("")

    assert reason_of(a_candidate(an_interface(zone_id=unknown))) is None
    assert reason_of(a_candidate(instance=an_instance(zone_id=unknown))) is None


@pytest.mark.parametrize("status", ["in-use", "pending", "attaching", "associated", ""])
def test_an_interface_that_is_not_available_is_not_free(status: str) -> None:
    """A status that we do not know is no invitation."""
    rejection = why_ineligible(a_candidate(an_interface(status=status)))

    assert rejection
    assert (rejection.reason, rejection.detail) == (Reason.POOL_EMPTY, f"it is {status}")


@pytest.mark.parametrize(
    ("reserved", "mine"),
    [("i-01", True), (" i-01 ", True), ("web", True), ("", True), ("i-02", False), ("w", False)],
)
def test_a_reserved_interface_is_for_that_instance_by_id_or_name(
    reserved: str, *, mine: bool
) -> None:
    """Fixed addresses: no other instance may take them, not even while their owner is away."""
    interface = an_interface(tags={"dualhome:reserved-for": reserved})

    reason = reason_of(a_candidate(interface, an_instance(tags={"Name": "web"})))

    assert reason is (None if mine else Reason.RESERVED)


def test_an_instance_without_a_name_has_no_claim_to_a_reservation() -> None:
    """An absent name must not equal anything."""
    interface = an_interface(tags={"dualhome:reserved-for": "web"})

    assert reason_of(a_candidate(interface, an_instance())) is Reason.RESERVED


def test_rules_read_the_keys_of_the_deployments_own_prefix() -> None:
    """Two deployments in one account leave each other alone."""
    policy = Policy(ACCOUNT, TagKeys("net"))

    rejection = why_ineligible(a_candidate(policy=policy))

    assert rejection
    assert rejection.detail == "it is not tagged net:pool=mgmt"


OVERLAPS = {
    "the same block": (["10.0.0.0/16"], ["10.0.0.0/16"], True),
    "one inside the other": (["10.0.0.0/16"], ["10.0.255.0/24"], True),
    "neighbours": (["10.0.0.0/16"], ["10.1.0.0/16"], False),
    "secondary blocks": (["10.0.0.0/16", "100.64.0.0/16"], ["10.1.0.0/16", "100.64.8.0/21"], True),
    "IPv6": (["10.0.0.0/16", "fd00:1::/56"], ["10.1.0.0/16", "fd00:1::/60"], True),
    "IPv6 neighbours": (["10.0.0.0/16", "fd00:1::/56"], ["10.1.0.0/16", "fd00:2::/56"], False),
    "IPv4 against IPv6": (["0.0.0.0/0"], ["::/0"], False),
}


@pytest.mark.parametrize(("ours", "theirs", "overlap"), OVERLAPS.values(), ids=OVERLAPS.keys())
def test_blocks_of_both_vpcs_overlap_as_networks_do(
    ours: list[str], theirs: list[str], *, overlap: bool
) -> None:
    """All blocks count, IPv6 and secondary ones too: routes in the guest are per VPC."""
    vpcs = [an_app_vpc(cidrs=ours), a_vpc(cidrs=theirs)]

    strict = a_candidate(vpcs=vpcs, policy=Policy(ACCOUNT, refuse_overlap=True))

    assert reason_of(strict) is (Reason.OVERLAPPING_CIDR if overlap else None)
    assert reason_of(a_candidate(vpcs=vpcs)) is None


def test_nothing_overlaps_a_vpc_that_is_not_known() -> None:
    """A VPC shared from another account may be invisible to us."""
    assert overlapping_cidrs(a_candidate(vpcs=[a_vpc()])) == ""


BLOCKS = st.builds(
    lambda address, length: str(ip_network((address, length), strict=False)),
    st.ip_addresses(v=4, network="10.0.0.0/14"),
    st.integers(16, 28),
)


@QUICK
@given(BLOCKS, BLOCKS)
def test_overlap_does_not_depend_on_which_vpc_is_the_instances(ours: str, theirs: str) -> None:
    """Two networks collide or they do not."""
    there = a_candidate(vpcs=[an_app_vpc(cidrs=[ours]), a_vpc(cidrs=[theirs])])
    back = a_candidate(vpcs=[an_app_vpc(cidrs=[theirs]), a_vpc(cidrs=[ours])])

    assert bool(overlapping_cidrs(there)) is bool(overlapping_cidrs(back))
