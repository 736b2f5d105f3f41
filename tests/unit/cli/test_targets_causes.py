"""Where another interface would be ineligible, too, the cause is shown instead."""

import shlex
from dataclasses import replace
from typing import Any

import pytest

from dualhome.domain.identifiers import InterfaceId
from dualhome.domain.invariants.snapshot import Account
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State
from dualhome_cli.doctor.checks import pools, tags
from dualhome_cli.pools.capacity import pools_of
from dualhome_cli.pools.rows import rows
from dualhome_cli.pools.shortages import Lack, Shortage, shortages
from dualhome_cli.ui.output import plain
from tests.support.builders.accounts import an_account_of
from tests.support.builders.values import (
    APP_VPC,
    MGMT_VPC,
    OTHER_ACCOUNT,
    POLICY,
    a_record,
    a_vpc,
    an_app_vpc,
    an_instance,
    an_interface,
)

TWIN = "vpc-0d"


def found(account: Account, low_water: int = 2) -> dict[Lack, Shortage]:
    """Return the shortages, of which there is one of each kind at most."""
    lacks = list(shortages(account, pools_of(account), low_water))

    assert len(lacks) == len({it.lack for it in lacks})
    return {it.lack: it for it in lacks}


def serving(*pool: Any, asked: bool = True, **vpc: Any) -> Account:
    """Return an account whose VPC has ``pool``; one instance asks for the target, or none does."""
    things = [*pool, *([an_instance()] if asked else [])]
    return an_account_of(*things, vpcs=[an_app_vpc(), a_vpc(**vpc)])


@pytest.mark.parametrize(
    ("vpc", "key", "value"),
    [
        ({"allow_from": None}, "dualhome:allow-from", APP_VPC),
        ({"allow_from": "vpc-0e"}, "dualhome:allow-from", f"vpc-0e {APP_VPC}"),
        ({"allow_from": "everybody"}, "dualhome:allow-from", "SOURCE-VPC"),
        ({"tags": {"dualhome:device-index": "x"}}, "dualhome:device-index", "INDEX"),
    ],
)
def test_a_pool_that_no_asking_instance_could_use_is_opened_before_it_grows(
    vpc: dict[str, Any], key: str, value: str
) -> None:
    """One more interface would lie beside the others; whom the VPC lets in already stays in."""
    low = found(serving(an_interface(), **vpc))[Lack.LOW_WATER]

    assert ["--resources", MGMT_VPC, "--tags", f"Key={key},Value={value}"] == shlex.split(
        low.remedy
    )[-4:]
    assert "create-network-interface" not in low.remedy


def test_a_pool_that_no_instance_asks_for_is_judged_for_any() -> None:
    """Whom its VPC lets in is all that is known."""
    low = found(serving(an_interface(), asked=False, allow_from=None))[Lack.LOW_UNASKED]

    assert "Key=dualhome:allow-from,Value=SOURCE-VPC" == shlex.split(low.remedy)[-1]


def test_a_pool_in_a_vpc_without_a_target_is_served_before_it_grows() -> None:
    """The tag of the VPC was forgotten."""
    account = serving(an_interface(), asked=False, target=None)

    low = found(account)[Lack.LOW_UNASKED]

    assert f"aws ec2 create-tags --resources {MGMT_VPC} --tags Key=dualhome:target,Value=mgmt" == (
        low.remedy
    )


def test_a_pool_in_a_vpc_that_serves_another_target_has_the_wrong_name() -> None:
    """The VPC serves one target: its tag is not to be overwritten for three stray interfaces."""
    lost = [an_interface(f"eni-0{number}", pool="mgnt") for number in (1, 2)]
    account = serving(*lost, an_interface("eni-09"), asked=False)

    (of_mgnt,) = [it for it in shortages(account, pools_of(account), 1) if it.target == "mgnt"]

    assert Lack.LOW_UNASKED is of_mgnt.lack
    assert (
        "aws ec2 create-tags --resources eni-01 eni-02 --tags Key=dualhome:pool,Value=mgmt"
        == of_mgnt.remedy
    )


@pytest.mark.parametrize(
    ("account", "advice"),
    [
        (
            replace(
                serving(an_interface(), cidrs=["10.10.0.0/16"]),
                policy=replace(POLICY, refuse_overlap=True),
            ),
            Reason.OVERLAPPING_CIDR,
        ),
        (an_account_of(an_instance(owner=OTHER_ACCOUNT), an_interface()), Reason.ACCOUNT_MISMATCH),
        (
            an_account_of(an_instance(operator_managed=True), an_interface()),
            Reason.INSTANCE_UNUSABLE,
        ),
        (an_account_of(an_instance(vpc=MGMT_VPC), an_interface()), Reason.SAME_VPC),
    ],
)
def test_what_no_command_ends_is_answered_with_advice(account: Account, advice: Reason) -> None:
    """Better none than one that does not help."""
    assert advice.advice == found(account)[Lack.LOW_WATER].remedy


def test_unusable_interfaces_are_named_and_ordinary_ones_added() -> None:
    """A service manages them: the pool looks full, and is empty. Another one does help."""
    managed = [an_interface(f"eni-0{number}", requester_managed=True) for number in (1, 2)]
    account = an_account_of(
        an_instance(),
        *managed,
        records=[a_record(State.REFUSED, reason=Reason.INTERFACE_UNUSABLE)],
    )

    low = found(account)[Lack.LOW_WATER]

    assert ("eni-01", "eni-02") == low.interfaces
    assert "create-network-interface --subnet-id subnet-0b" in low.remedy


def test_no_interface_is_added_in_a_subnet_on_an_outpost() -> None:
    """It would be on the Outpost, too."""
    low = found(an_account_of(an_instance(), an_interface(outpost=True)))[Lack.LOW_WATER]

    assert f"--subnet-id SUBNET-OF-{MGMT_VPC}-IN-us-east-1a" in low.remedy


def test_an_interface_is_added_where_it_helps_not_where_most_are() -> None:
    """Of two VPCs that serve the target, one allows no other."""
    vpcs = [an_app_vpc(), a_vpc(allow_from=None), a_vpc(TWIN)]
    full = [an_interface(f"eni-0{number}", status="in-use") for number in range(3)]

    low = found(an_account_of(an_instance(), *full, vpcs=vpcs))[Lack.LOW_WATER]

    assert f"SUBNET-OF-{TWIN}-IN-us-east-1a" in low.remedy


@pytest.mark.parametrize("value", ["mgmt data", "mgmt@1", "x" * 33])
def test_a_vpc_whose_tag_names_no_target_is_not_stocked_for_it(value: str) -> None:
    """An interface with the same text in its tag would be in no pool at all."""
    alone = an_account_of(vpcs=[a_vpc(target=value)])
    both = an_account_of(an_interface(pool=value), vpcs=[a_vpc(target=value)])

    (lack,) = shortages(alone, pools_of(alone), 0)

    assert Lack.BAD_NAME is lack.lack
    assert f"{MGMT_VPC} serves no target: its tag dualhome:target={value!r} is not" in lack.text
    assert f"aws ec2 create-tags --resources {MGMT_VPC} --tags Key=dualhome:target,Value=NAME" == (
        lack.remedy
    )
    assert {Lack.BAD_NAME} == {it.lack for it in shortages(both, pools_of(both), 0)}


def test_who_waits_for_a_target_that_a_malformed_tag_names_is_led_to_that_tag() -> None:
    """Not to a VPC that is still to be chosen."""
    account = an_account_of(an_instance(), vpcs=[an_app_vpc(), a_vpc(target="mgmt, data")])

    lack = found(account, 0)[Lack.NO_VPC]

    assert lack.text.endswith(f"no VPC serves it: see the tag dualhome:target of {MGMT_VPC}")
    assert f"--resources {MGMT_VPC} --tags Key=dualhome:target,Value=mgmt" in lack.remedy


def test_who_waits_for_a_pool_in_a_vpc_without_a_tag_is_led_to_that_vpc() -> None:
    """And is not to add to a pool that serves no target."""
    lacks = found(serving(an_interface(), target=None))

    assert {Lack.NO_VPC} == lacks.keys()
    assert f"--resources {MGMT_VPC} " in lacks[Lack.NO_VPC].remedy


def test_who_waits_for_a_pool_in_a_vpc_of_another_target_is_named_so() -> None:
    """One of the two tags is wrong."""
    account = serving(an_interface(), target="data")

    lack = found(account)[Lack.NO_VPC]

    assert lack.text.endswith(f"its pool lies in {MGMT_VPC}, which serves data")


def test_interfaces_whose_tag_names_no_target_are_shown_together_with_the_name_that_fits() -> None:
    """The pool was filled, with a blank too much: no more interfaces are needed."""
    wrong = [an_interface(f"eni-0{number}", pool="mgmt ") for number in (1, 2)]

    lacks = found(an_account_of(*wrong), 0)

    assert {Lack.BAD_NAME} == lacks.keys()
    lack = lacks[Lack.BAD_NAME]
    assert ("mgmt", ("eni-01", "eni-02")) == (lack.target, lack.interfaces)
    assert lack.text.startswith(f"eni-01 and 1 more in {MGMT_VPC}: dualhome:pool='mgmt ' is not")
    assert "--resources eni-01 eni-02 --tags Key=dualhome:pool,Value=mgmt" in lack.remedy


def test_a_misnamed_tag_has_its_row_for_programs() -> None:
    """What is said to people must be found there too."""
    wrong = [an_interface("eni-01", pool="a b"), an_interface("eni-02")]
    account = an_account_of(*wrong, vpcs=[a_vpc(target="mgmt data"), a_vpc(TWIN, target="data")])

    lacks = list(shortages(account, pools_of(account), 0))
    shown = {remedy for row in rows(pools_of(account), lacks) for remedy in row.remedies}

    assert shown == {it.remedy for it in lacks}


def test_the_doctor_tells_of_a_misnamed_tag_once_and_with_the_same_command() -> None:
    """Under `tags`, where every other malformed tag is."""
    account = an_account_of(an_interface(pool="mgmt "), vpcs=[a_vpc(), a_vpc(TWIN, target="a b")])

    of_tags = {it.remedy for it in tags.malformed_tags(account)}

    assert [] == list(pools.shortages_of(pools.Pools(account, low_water=0)))
    assert of_tags == {it.remedy for it in shortages(account, pools_of(account), 0)}


def test_what_a_row_counts_it_also_names() -> None:
    """An operator who reads that two are unusable asks which, and why."""
    account = an_account_of(
        an_instance(),
        an_instance("i-02"),
        an_interface("eni-01"),
        an_interface("eni-02", requester_managed=True),
        records=[a_record(State.WAITING, instance="i-02", reason=Reason.POOL_EMPTY)],
    )
    lacks = list(shortages(account, pools_of(account), 2))

    (row,) = rows(pools_of(account), lacks)

    assert {"eni-01": "free", "eni-02": "unusable"} == row.interfaces
    assert ["eni-02"] == list(row.unusable_details)
    assert row.unusable_details[InterfaceId("eni-02")].startswith("INTERFACE_UNUSABLE: it is ")
    assert ("i-01", "i-02") == row.wanting_instances
    assert {"i-01": "NOT_LOOKED_AT", "i-02": "POOL_EMPTY"} == row.waiting_instances
    assert lacks == list(row.shortages)
    (shortage,) = plain(row)["shortages"]
    assert ["eni-02"] == list(shortage["interfaces"])
