"""What each pool has to give, by the rules that a plan applies."""

from dataclasses import replace

import pytest

from dualhome.domain.ec2 import Instance, InstanceState, Interface, Vpc
from dualhome.domain.invariants.snapshot import Account
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State
from dualhome_cli.pools.capacity import Use, pools_of
from tests.support.builders.accounts import an_account_of, only_pool
from tests.support.builders.values import (
    INTERFACE,
    MGMT_VPC,
    OTHER_ACCOUNT,
    OTHER_ZONE,
    POLICY,
    ZONE,
    a_record,
    a_seen_attachment,
    a_vpc,
    an_app_vpc,
    an_instance,
    an_interface,
)

DB_1 = {"dualhome:reserved-for": "db-1"}


def use_of(account: Account) -> Use:
    """Return what the one interface is good for."""
    ((use,),) = [stock.uses.values() for stock in only_pool(account).stocks]
    return use


def test_an_interface_that_anybody_allowed_may_have_is_free() -> None:
    """The count that matters when the next instance is launched."""
    assert Use.FREE is use_of(an_account_of(an_interface()))


def test_a_reserved_interface_is_not_free_for_others() -> None:
    """Ten free addresses are none, if all are kept for one database."""
    assert Use.RESERVED is use_of(an_account_of(an_interface(tags=DB_1)))


@pytest.mark.parametrize("state", [State.CLAIMED, State.STUCK])
def test_a_claim_keeps_an_interface_that_ec2_shows_free(state: State) -> None:
    """It is on its way, or kept back for a person: the console shows it as available."""
    assert Use.CLAIMED is use_of(an_account_of(an_interface(), records=[a_record(state)]))


def test_an_attached_interface_is_used() -> None:
    """By us."""
    attached = an_interface(attachment=a_seen_attachment())

    assert Use.USED is use_of(an_account_of(attached, records=[a_record()]))


def test_an_interface_that_another_user_attached_is_used() -> None:
    """No instance can have it, whichever user did it."""
    assert Use.USED is use_of(an_account_of(an_interface(attachment=a_seen_attachment())))


@pytest.mark.parametrize(
    ("interface", "vpc", "reason"),
    [
        (an_interface(requester_managed=True), a_vpc(), Reason.INTERFACE_UNUSABLE),
        (an_interface(type="efa"), a_vpc(), Reason.INTERFACE_UNUSABLE),
        (an_interface(owner=OTHER_ACCOUNT), a_vpc(), Reason.ACCOUNT_MISMATCH),
        (an_interface(), a_vpc(target="data"), Reason.NO_TARGET),
        (an_interface(vpc="vpc-0f"), a_vpc(), Reason.NO_TARGET),
        (an_interface(), a_vpc(allow_from=None), Reason.NOT_ALLOWED),
        (an_interface(), a_vpc(allow_from=MGMT_VPC), Reason.NOT_ALLOWED),
        (an_interface(), a_vpc(allow_from="anybody"), Reason.BAD_TAG),
        (an_interface(), a_vpc(tags={"dualhome:device-index": "x"}), Reason.BAD_TAG),
    ],
)
def test_an_interface_that_no_instance_may_have_is_unusable_and_says_why(
    interface: Interface, vpc: Vpc, reason: Reason
) -> None:
    """A pool of fifty that no instance can use must not look like one of fifty."""
    pool = only_pool(an_account_of(interface, vpcs=[an_app_vpc(), vpc]))

    (stock,) = [it for it in pool.stocks if it.uses]
    assert (0, 1) == (pool.free, stock.count(Use.UNUSABLE))
    assert [(INTERFACE, reason)] == [(it.interface, it.reason) for it in stock.faults]


def test_a_vpc_that_lets_one_other_in_has_usable_interfaces() -> None:
    """Who that is, the plan for an instance says."""
    closed = a_vpc(allow_from="vpc-0c")

    assert Use.FREE is use_of(an_account_of(an_interface(), vpcs=[an_app_vpc(), closed]))


def test_an_interface_that_one_of_the_vpcs_let_in_may_have_is_usable() -> None:
    """The other one's addresses overlap, and the stack refuses that."""
    strict = replace(POLICY, refuse_overlap=True)
    vpcs = [a_vpc(allow_from="vpc-0c vpc-0e"), an_app_vpc("vpc-0c", cidrs=["10.20.0.0/16"])]

    both = an_account_of(an_interface(), vpcs=[*vpcs, an_app_vpc("vpc-0e")])
    one = an_account_of(an_interface(), vpcs=[*vpcs, an_app_vpc("vpc-0e", cidrs=["10.20.1.0/24"])])

    assert Use.FREE is use_of(replace(both, policy=strict))
    assert Use.UNUSABLE is use_of(replace(one, policy=strict))


def test_a_pool_is_what_all_vpcs_of_a_target_have_in_one_zone() -> None:
    """An instance gets from any of them, but never from another zone."""
    twin = a_vpc("vpc-0d")
    here, there = pools_of(
        an_account_of(
            an_interface("eni-01"),
            an_interface("eni-02", vpc=twin.id),
            an_interface("eni-03", zone=OTHER_ZONE),
            vpcs=[a_vpc(), twin],
        )
    )

    assert (ZONE, 2) == (here.zone, here.free)
    assert (OTHER_ZONE, 1) == (there.zone, there.free)
    assert {"vpc-0b": 1, "vpc-0d": 0} == {it.vpc: len(it.uses) for it in there.stocks}


def test_who_wants_a_target_in_a_zone_and_who_waits_for_it_is_counted() -> None:
    """Demand is what the tags ask for; the records say who has it, and why others have not."""
    having, waiting, new = (an_instance(f"i-0{number}") for number in (1, 2, 3))
    elsewhere = an_instance("i-04", zone=OTHER_ZONE)
    other = an_instance("i-05", targets="data")
    records = [
        a_record(instance=having.id),
        a_record(State.WAITING, instance=waiting.id, reason=Reason.POOL_EMPTY),
    ]

    data, here, there = pools_of(
        an_account_of(having, waiting, new, elsewhere, other, records=records)
    )

    assert {having.id, waiting.id, new.id} == here.wanting
    assert {waiting.id: Reason.POOL_EMPTY, new.id: None} == here.waiting
    assert {elsewhere.id} == there.wanting
    assert "data" == data.target
    assert {other.id} == data.wanting


@pytest.mark.parametrize(
    "instance",
    [
        an_instance(tags={"dualhome:ignore": ""}),
        an_instance(state=InstanceState.TERMINATED),
        an_instance(targets="mgmt@0"),
        an_instance(targets=None),
    ],
)
def test_an_instance_that_gets_nothing_is_no_demand(instance: Instance) -> None:
    """Capacity added for it would not be used."""
    assert () == pools_of(an_account_of(instance))


def test_an_empty_account_has_no_pools() -> None:
    """The day of the deployment."""
    assert () == pools_of(an_account_of(vpcs=[]))


def test_an_interface_whose_tag_is_empty_is_in_no_pool() -> None:
    """Its owner took it out by emptying the tag."""
    assert () == pools_of(an_account_of(an_interface(pool=" ")))
    assert () == pools_of(an_account_of(an_interface(pool="mgmt ")))


def test_every_interface_is_counted_once() -> None:
    """The columns of a row add up to what is tagged."""
    numbered = [an_interface(f"eni-{number:02}") for number in range(23)]
    kept = [an_interface(f"eni-{number}", tags=DB_1) for number in range(50, 57)]

    pool = only_pool(an_account_of(*numbered, *kept))

    (stock,) = pool.stocks
    assert 30 == sum(stock.count(use) for use in Use)
    assert (7, 23) == (stock.count(Use.RESERVED), stock.count(Use.FREE))
