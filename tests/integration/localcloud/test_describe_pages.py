"""How DescribeNetworkInterfaces and DescribeInstances are cut into pages."""

import pytest

from tests.integration.localcloud.cloud import Lab, refusal


def test_interfaces_come_in_pages(lab: Lab) -> None:
    """Plain moto ignores MaxResults."""
    subnet = lab.subnet()
    made = {lab.interface(subnet) for _ in range(12)}
    pages = lab.ec2.get_paginator("describe_network_interfaces").paginate(
        Filters=[{"Name": "subnet-id", "Values": [subnet]}], PaginationConfig={"PageSize": 5}
    )

    listed = [[n["NetworkInterfaceId"] for n in page["NetworkInterfaces"]] for page in pages]

    assert [len(page) for page in listed] == [5, 5, 2]
    assert made == {name for page in listed for name in page}


def test_a_page_counts_instances_not_reservations(lab: Lab) -> None:
    """One reservation may be spread over pages."""
    launched = lab.ec2.run_instances(
        ImageId="ami-12345678", InstanceType="t3.nano", MinCount=7, MaxCount=7
    )["Instances"]
    pages = lab.ec2.get_paginator("describe_instances").paginate(PaginationConfig={"PageSize": 5})

    listed = [[i["InstanceId"] for r in p["Reservations"] for i in r["Instances"]] for p in pages]

    assert [len(page) for page in listed] == [5, 2]
    assert {one["InstanceId"] for one in launched} == {name for page in listed for name in page}


def test_all_instances_are_listed_without_pages(lab: Lab) -> None:
    """Plain moto stops at 100 reservations."""
    subnet = lab.subnet()
    launched = [lab.instance(subnet) for _ in range(3)]

    listed = lab.ec2.describe_instances(InstanceIds=launched)

    assert len(listed["Reservations"]) == 3
    assert "NextToken" not in listed


def test_ids_and_pages_exclude_each_other(lab: Lab) -> None:
    """As EC2 says: a list of ids has one page."""
    instance = lab.instance(lab.subnet())

    code, _ = refusal(lab.ec2.describe_instances, InstanceIds=[instance], MaxResults=5)

    assert code == "InvalidParameterCombination"


@pytest.mark.parametrize("listing", ["describe_instances", "describe_network_interfaces"])
def test_a_token_that_was_never_given_is_refused(lab: Lab, listing: str) -> None:
    """So that a program that keeps tokens is tried with one that has expired."""
    code, _ = refusal(getattr(lab.ec2, listing), MaxResults=5, NextToken="expired")

    assert code == "InvalidPaginationToken"
