"""What keeps a target from being had, and what to type about it."""

import shlex
from dataclasses import replace

from dualhome.domain.identifiers import InterfaceId
from dualhome.domain.invariants.snapshot import Account
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State
from dualhome_cli.pools.capacity import pools_of, served_by
from dualhome_cli.pools.rows import also, rows
from dualhome_cli.pools.shortages import Lack, Shortage, shortages
from tests.support.builders.accounts import an_account_of
from tests.support.builders.values import (
    MGMT_VPC,
    OTHER_ACCOUNT,
    OTHER_ZONE,
    ZONE,
    a_record,
    a_vpc,
    an_app_vpc,
    an_instance,
    an_interface,
)
from tests.support.scenarios.stack import InMemoryStack, a_stack
from tests.unit.cli.transcript import Transcript

SHARED = a_vpc(owner=OTHER_ACCOUNT)


def found(account: Account, low_water: int = 2) -> list[Shortage]:
    """Return every shortage."""
    return list(shortages(account, pools_of(account), low_water))


def test_an_account_in_which_all_can_be_had_lacks_nothing() -> None:
    """Silence is the commonest answer."""
    account = an_account_of(an_instance(), an_interface("eni-01"), an_interface("eni-02"))

    assert [] == found(account)


def test_a_name_that_no_vpc_serves_is_shown_with_who_asks_for_it() -> None:
    """A slip in a launch template: fifty instances wait for a target that will never be."""
    (lack,) = found(an_account_of(an_instance(targets="mgnt"), an_interface()), low_water=0)

    assert (Lack.NO_VPC, "mgnt") == (lack.lack, lack.target)
    assert (
        "aws ec2 create-tags --resources VPC --tags Key=dualhome:target,Value=mgnt" == lack.remedy
    )


def test_a_pool_that_runs_low_says_how_to_add_to_it() -> None:
    """In the very subnet in which its interfaces lie already."""
    (lack,) = found(an_account_of(an_instance(), an_interface()))

    assert (Lack.LOW_WATER, ZONE) == (lack.lack, lack.zone)
    assert [
        *("aws", "ec2", "create-network-interface", "--subnet-id", "subnet-0b"),
        "--tag-specifications",
        "ResourceType=network-interface,Tags=[{Key=dualhome:pool,Value=mgmt}]",
    ] == shlex.split(lack.remedy)


def test_a_low_pool_that_no_instance_asks_for_is_worth_a_note() -> None:
    """The alarm is raised for it, and its description leads here."""
    (lack,) = found(an_account_of(an_interface()))

    assert Lack.LOW_UNASKED is lack.lack


def test_in_a_zone_without_any_the_subnet_is_left_to_be_filled_in() -> None:
    """Which of a VPC's subnets suits, its owner knows."""
    there = [an_interface(f"eni-{number}", zone=OTHER_ZONE) for number in range(3)]

    (lack,) = found(an_account_of(an_instance(), *there))

    assert f"--subnet-id SUBNET-OF-{MGMT_VPC}-IN-{ZONE} " in lack.remedy


def test_a_vpc_that_serves_a_target_without_an_interface_is_shown() -> None:
    """It was tagged, and the pool was forgotten."""
    (lack,) = found(an_account_of())

    assert (Lack.NO_INTERFACES, MGMT_VPC) == (lack.lack, lack.vpc)


def test_an_interface_in_another_pool_does_not_stock_the_vpc() -> None:
    """Two names, one of them misspelt: each half looks right by itself."""
    lacks = [it.lack for it in found(an_account_of(an_interface(pool="mgnt")), low_water=0)]

    assert [Lack.NO_INTERFACES] == lacks


def test_a_vpc_that_allows_no_other_is_shown() -> None:
    """Both sides must consent, and only one has."""
    closed = a_vpc(allow_from=None)

    (lack,) = found(an_account_of(an_interface(), vpcs=[an_app_vpc(), closed]), low_water=0)

    assert (Lack.NONE_ALLOWED, MGMT_VPC) == (lack.lack, lack.vpc)
    assert "Key=dualhome:allow-from,Value=SOURCE-VPC" in lack.remedy


def test_a_list_that_is_full_goes_on_in_another_tag() -> None:
    """EC2 refuses a value of more than 256 characters."""
    own = MGMT_VPC
    closed = a_vpc(allow_from=" ".join([own] * 36), tags={"dualhome:allow-from:2": own})

    (lack,) = found(an_account_of(an_interface(), vpcs=[an_app_vpc(), closed]), low_water=0)

    expected = f"Key=dualhome:allow-from:2,Value={own} SOURCE-VPC"
    assert expected == shlex.split(lack.remedy)[-1]


def test_a_part_of_the_list_that_cannot_be_read_is_replaced() -> None:
    """While it stands there, no other part counts."""
    tags = {"dualhome:allow-from:2": "everybody"}
    closed = a_vpc(allow_from="vpc-0c", tags=tags)

    (lack,) = found(an_account_of(an_interface(), vpcs=[an_app_vpc(), closed]), low_water=0)

    assert "Key=dualhome:allow-from:2,Value=SOURCE-VPC" == shlex.split(lack.remedy)[-1]


def test_a_vpc_that_is_only_shared_with_us_serves_nothing() -> None:
    """Its tags are ours, and no consent of its owner's."""
    account = an_account_of(an_instance(), an_interface(), vpcs=[an_app_vpc(), SHARED])

    (lack,) = found(account)
    assert Lack.NO_VPC is lack.lack
    assert f"{SHARED.id} of account {OTHER_ACCOUNT}" in lack.text
    assert SHARED.id not in lack.remedy
    assert {} == served_by(account)
    (fault,) = pools_of(account)[0].stocks[0].faults
    assert Reason.ACCOUNT_MISMATCH is fault.reason


def test_what_others_wrote_into_a_tag_is_no_command() -> None:
    """The remedy is made to be pasted into a shell."""
    text = "x; reboot $(id)"
    account = an_account_of(an_interface(pool=text), vpcs=[a_vpc(target=text)])

    for lack in found(account):
        assert text in lack.text
        assert "reboot" not in lack.remedy


def test_keys_that_others_wrote_are_no_command_either() -> None:
    """The list of consent goes on in tags whose keys end as their owner likes."""
    key = "dualhome:allow-from:$(id)"
    shut = a_vpc(allow_from=None, tags={key: "; reboot"})

    (lack,) = found(an_account_of(an_interface(), vpcs=[an_app_vpc(), shut]), low_water=0)

    assert f"Key={key},Value=SOURCE-VPC" == shlex.split(lack.remedy)[-1]


def test_a_row_has_the_shortages_that_are_about_it() -> None:
    """Programs read rows: what is said to people must be found there too."""
    account = an_account_of(an_instance(targets="mgmt x"), vpcs=[a_vpc(allow_from=None)])

    mgmt, unserved = rows(pools_of(account), found(account))

    assert (Lack.LOW_WATER, Lack.NO_INTERFACES, Lack.NONE_ALLOWED) == mgmt.lacks
    assert (MGMT_VPC, ZONE) == (mgmt.vpc, mgmt.zone)
    assert (None, (Lack.NO_VPC,)) == (unserved.vpc, unserved.lacks)
    assert {"NOT_LOOKED_AT": 1} == unserved.waiting_because


def test_a_row_has_no_shortage_of_another_zone_or_vpc() -> None:
    """An operator who reads `low-water` in a row adds capacity there."""
    elsewhere = [an_interface(f"eni-{number}", zone=OTHER_ZONE) for number in range(3)]
    twin = a_vpc("vpc-0d", allow_from=None)
    account = an_account_of(
        an_instance(),
        an_instance("i-02", zone=OTHER_ZONE),
        an_interface(vpc=twin.id),
        *elsewhere,
        vpcs=[an_app_vpc(), a_vpc(), twin],
    )

    lacks = {(it.zone, it.vpc): it.lacks for it in rows(pools_of(account), found(account))}

    assert {
        (ZONE, MGMT_VPC): (Lack.LOW_WATER,),
        (ZONE, twin.id): (Lack.LOW_WATER, Lack.NONE_ALLOWED),
        (OTHER_ZONE, MGMT_VPC): (),
        (OTHER_ZONE, twin.id): (Lack.NONE_ALLOWED,),
    } == lacks


def test_a_vpc_without_interfaces_has_a_row_though_no_instance_asks_for_it() -> None:
    """It would otherwise be missing from the list of what there is."""
    account = an_account_of()

    (row,) = rows(pools_of(account), found(account))

    assert (MGMT_VPC, None, 0, (Lack.NO_INTERFACES,)) == (row.vpc, row.zone, row.free, row.lacks)


def test_a_row_counts_each_use_by_itself() -> None:
    """Free is free for anybody, and nothing is counted twice."""
    claimed = an_interface("eni-01")
    account = an_account_of(
        claimed,
        an_interface("eni-02", tags={"dualhome:reserved-for": "db-1"}),
        an_interface("eni-03", status="in-use"),
        an_interface("eni-04", requester_managed=True),
        an_interface("eni-05"),
        records=[a_record(State.CLAIMED)],
    )

    (row,) = rows(pools_of(account), [])

    assert [1, 1, 1, 1, 1] == [row.free, row.reserved, row.claimed, row.used, row.unusable]
    assert {"INTERFACE_UNUSABLE": 1} == row.unusable_because
    assert "1 reserved; 1 claimed; unusable: 1 INTERFACE_UNUSABLE" == also(row)


def test_a_row_says_only_what_there_is() -> None:
    """Zeros in five columns hide the one number that matters."""
    (row,) = rows(pools_of(an_account_of(an_interface())), [])

    assert "" == also(row)


def accounts() -> dict[str, Account]:
    """Return an account for each kind of shortage."""
    free = an_interface("eni-0a")
    managed = [an_interface(f"eni-0{number}", requester_managed=True) for number in (1, 2)]
    refused = a_record(State.REFUSED, reason=Reason.INTERFACE_UNUSABLE)
    closed, malformed = a_vpc(allow_from=None), a_vpc(tags={"dualhome:device-index": "x"})
    wrong = an_interface("eni-0b", pool="mgmt ")
    apps = an_app_vpc()
    return {
        "nothing lacks": an_account_of(an_instance(), free, an_interface("eni-0b")),
        "a low pool": an_account_of(an_instance(), free),
        "a low pool that no instance asks for": an_account_of(free),
        "unusable interfaces": an_account_of(an_instance(), *managed, records=[refused]),
        "a target that no VPC serves": an_account_of(an_instance(targets="mgnt"), free),
        "a VPC that allows no other": an_account_of(an_instance(), free, vpcs=[apps, closed]),
        "the same, unasked": an_account_of(free, vpcs=[apps, closed]),
        "a malformed index": an_account_of(an_instance(), free, vpcs=[apps, malformed]),
        "a VPC without interfaces": an_account_of(),
        "a shared VPC": an_account_of(an_instance(), free, vpcs=[apps, SHARED]),
        "a VPC of another target": an_account_of(
            an_instance(), free, vpcs=[apps, a_vpc(target="data")]
        ),
        "a malformed target": an_account_of(an_instance(), vpcs=[apps, a_vpc(target="mgmt, x")]),
        "a malformed pool": an_account_of(wrong, replace(wrong, id=InterfaceId("eni-0c"))),
    }


def test_a_shortage_is_a_sentence_and_a_command() -> None:
    """What to type is beside what is wrong."""
    said = Transcript("targets")
    for title, account in accounts().items():
        lines = [
            line for it in found(account) for line in (f"{it.lack}: {it.text}", f"  {it.remedy}")
        ]
        said.note(title, *lines)
    stack = a_stack(an_instance(), an_interface(), an_interface("eni-02", status="in-use"))
    said.run("the command", stack, "targets")
    said.run("enough", stack, "targets", "--low-water", "1")
    said.run("nothing tagged", InMemoryStack(), "targets")
    said.check()
