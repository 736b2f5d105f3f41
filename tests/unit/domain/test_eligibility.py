"""Which interfaces an instance may have, and why not."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dualhome.domain.identifiers import TargetName, VpcId
from dualhome.domain.planning.eligibility import (
    PAIR_RULES,
    RULES,
    Candidate,
    Policy,
    why_ineligible,
)
from dualhome.domain.reasons import Reason
from tests.support.builders.values import (
    ACCOUNT,
    APP_VPC,
    MGMT_VPC,
    OTHER_ACCOUNT,
    OTHER_ZONE,
    a_seen_attachment,
    a_vpc,
    an_app_vpc,
    an_instance,
    an_interface,
)
from tests.support.builders.views import a_candidate
from tests.unit.domain.strategies import QUICK

STRICT = Policy(account=ACCOUNT, refuse_overlap=True)


@dataclass(frozen=True)
class Fault:
    """What is wrong with an otherwise eligible candidate, and what is said about it."""

    reason: Reason
    detail: str
    interface: dict[str, Any] = field(default_factory=dict)
    instance: dict[str, Any] = field(default_factory=dict)
    vpc: dict[str, Any] = field(default_factory=dict)
    candidate: dict[str, Any] = field(default_factory=dict)


FAULTS = (
    Fault(
        Reason.NO_TARGET,
        "it is not tagged dualhome:pool=mgmt",
        interface={"pool": "data"},
    ),
    Fault(
        Reason.ACCOUNT_MISMATCH,
        "vpc-0b belongs to account 444455556666: its tags are 111122223333's own",
        vpc={"owner": OTHER_ACCOUNT},
    ),
    Fault(Reason.NO_TARGET, "vpc-0b is not tagged dualhome:target=mgmt", vpc={"target": "data"}),
    Fault(Reason.SAME_VPC, "vpc-0b is the instance's own VPC", instance={"vpc": VpcId("vpc-0b")}),
    Fault(
        Reason.NOT_ALLOWED, "add it to the tag dualhome:allow-from", vpc={"allow_from": "vpc-0c"}
    ),
    Fault(
        Reason.BAD_TAG,
        "vpc-0b: dualhome:device-index='0': expected a device index",
        vpc={"tags": {"dualhome:device-index": "0"}},
    ),
    Fault(
        Reason.ACCOUNT_MISMATCH,
        "interface of 444455556666, instance of 111122223333, and we run in 111122223333",
        interface={"owner": OTHER_ACCOUNT},
    ),
    Fault(Reason.INTERFACE_UNUSABLE, "it is of type efa", interface={"type": "efa"}),
    Fault(
        Reason.NO_INTERFACE_IN_ZONE,
        "it is in us-east-1b, the instance in us-east-1a",
        interface={"zone": OTHER_ZONE},
    ),
    Fault(
        Reason.OVERLAPPING_CIDR,
        "10.10.0.0/16 of vpc-0a overlaps 10.10.128.0/17",
        vpc={"cidrs": ["10.10.128.0/17"]},
        candidate={"policy": STRICT},
    ),
    Fault(
        Reason.RESERVED,
        "it is reserved for i-02",
        interface={"tags": {"dualhome:reserved-for": "i-02"}},
    ),
    Fault(
        Reason.POOL_EMPTY,
        "it is in-use, on i-02",
        interface={"attachment": a_seen_attachment(instance="i-02")},
    ),
    Fault(Reason.POOL_EMPTY, "it is claimed by another attachment", candidate={"claimed": True}),
)
"""One fault for each rule, in the order of the rules; each is only what it says."""


def a_faulty_candidate(*faults: Fault) -> Candidate:
    """Return a candidate that would be eligible but for ``faults``."""
    parts: dict[str, dict[str, Any]] = {
        part: {key: value for it in faults for key, value in getattr(it, part).items()}
        for part in ("interface", "instance", "vpc", "candidate")
    }
    return a_candidate(
        an_interface(**parts["interface"]),
        an_instance(**parts["instance"]),
        vpcs=[an_app_vpc(), a_vpc(**parts["vpc"])],
        **parts["candidate"],
    )


def test_a_candidate_without_a_fault_is_eligible() -> None:
    """Without this, every test below could pass for the wrong reason."""
    assert why_ineligible(a_faulty_candidate()) is None


@pytest.mark.parametrize("fault", FAULTS, ids=lambda it: f"{it.reason}: {it.detail}")
def test_each_rule_alone_rejects_with_its_reason_and_detail(fault: Fault) -> None:
    """The operator is told which fact to change, with its value."""
    rejection = why_ineligible(a_faulty_candidate(fault))

    assert rejection
    assert rejection.interface == "eni-01"
    assert rejection.reason is fault.reason
    assert fault.detail in rejection.detail


@QUICK
@given(st.sets(st.sampled_from(range(len(FAULTS))), min_size=1))
def test_of_several_faults_the_first_rule_speaks_and_ranks_by_its_place(faults: set[int]) -> None:
    """Rules go from what never changes to what changes by the minute: the rank says how near."""
    rejection = why_ineligible(a_faulty_candidate(*(FAULTS[number] for number in faults)))

    assert rejection
    assert rejection.rank == min(faults)
    assert rejection.reason is FAULTS[min(faults)].reason


def test_there_is_one_fault_here_for_each_rule() -> None:
    """A new rule comes with its test."""
    assert len(RULES) == len(FAULTS)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda it: it.detail)
def test_an_adopted_interface_needs_to_be_neither_free_nor_unclaimed(fault: Fault) -> None:
    """It is attached to this very instance already; all that joins the two must still hold."""
    rejection = why_ineligible(a_faulty_candidate(fault), PAIR_RULES)

    assert (rejection is None) is (fault.reason is Reason.POOL_EMPTY)


def test_an_interface_whose_vpc_is_not_known_serves_nothing() -> None:
    """No VPC, no tags: neither a target nor a consent may be assumed."""
    rejection = why_ineligible(a_candidate(vpcs=[]))

    assert rejection
    assert rejection.reason is Reason.NO_TARGET


def test_a_vpc_serves_the_target_that_is_asked_for_only() -> None:
    """An interface tagged for a target that its VPC does not serve is never attached."""
    data = a_candidate(an_interface(pool="data"), target=TargetName("data"))

    rejection = why_ineligible(data)

    assert rejection
    assert rejection.detail == "vpc-0b is not tagged dualhome:target=data"
    assert rejection.reason is Reason.NO_TARGET


@pytest.mark.parametrize("vpc", [APP_VPC, MGMT_VPC])
def test_an_eligible_interface_lies_in_another_vpc(vpc: VpcId) -> None:
    """Joining two VPCs is the purpose."""
    candidate = a_candidate(instance=an_instance(vpc=vpc))

    assert (why_ineligible(candidate) is None) is (vpc == APP_VPC)
