"""What DescribeNetworkInterfaces and DescribeInstances show, and how they are narrowed."""

from typing import Any

import pytest

from tests.integration.localcloud.cloud import Lab, refusal


def found(lab: Lab, name: str, value: str) -> set[str]:
    """Return the ids of the interfaces that a filter lets pass."""
    listed = lab.ec2.describe_network_interfaces(Filters=[{"Name": name, "Values": [value]}])
    return {shown["NetworkInterfaceId"] for shown in listed["NetworkInterfaces"]}


def test_an_interface_shows_all_that_a_decision_needs(lab: Lab) -> None:
    """Each of these fields decides about an attachment somewhere."""
    instance, interface = lab.pair()
    lab.ec2.create_tags(Resources=[interface], Tags=[{"Key": "pool", "Value": "mgmt"}])
    attachment = lab.attach(instance, interface, 2)

    shown = lab.shown(interface)

    assert (
        shown.pop("Attachment").items()
        >= {
            "AttachmentId": attachment,
            "DeleteOnTermination": False,
            "DeviceIndex": 2,
            "InstanceId": instance,
            "InstanceOwnerId": lab.account,
            "NetworkCardIndex": 0,
            "Status": "attached",
        }.items()
    )
    assert (shown["AvailabilityZone"], shown["AvailabilityZoneId"]) == ("us-east-1a", "use1-az6")
    assert shown["InterfaceType"] == "interface"
    assert shown["OwnerId"] == lab.account
    assert not shown["RequesterManaged"]
    assert shown["TagSet"] == [{"Key": "pool", "Value": "mgmt"}]
    assert [group["GroupName"] for group in shown["Groups"]] == ["default"]


def test_an_instance_shows_its_zone_by_name_and_id(lab: Lab) -> None:
    """The name alone means another zone in each account."""
    placement = lab.shown_instance(lab.instance(lab.subnet()))["Placement"]

    assert ("us-east-1a", "use1-az6") == (
        placement["AvailabilityZone"],
        placement["AvailabilityZoneId"],
    )


def test_an_interface_keeps_its_own_security_groups(lab: Lab) -> None:
    """Plain moto adds those of the instance, which are of another VPC."""
    instance, interface = lab.pair()
    before = lab.shown(interface)["Groups"]

    lab.attach(instance, interface)

    assert before == lab.shown(interface)["Groups"]


@pytest.mark.parametrize(
    ("name", "value", "other"),
    [
        ("attachment.device-index", "2", "1"),
        ("attachment.status", "attached", "detaching"),
        ("attachment.delete-on-termination", "false", "true"),
        ("attachment.network-card-index", "0", "1"),
        ("availability-zone-id", "use1-az6", "use1-az1"),
        ("interface-type", "interface", "lambda"),
        ("operator.managed", "false", "true"),
        ("owner-id", "1000*", "2*"),
        ("requester-managed", "false", "true"),
        ("status", "in-use", "available"),
        ("tag-key", "pool", "dool"),
        ("tag:pool", "mg*", "data"),
    ],
)
def test_a_filter_lets_pass_what_matches_only(lab: Lab, name: str, value: str, other: str) -> None:
    """A filter that is ignored shows too much; one that is misread shows nothing."""
    instance, interface = lab.pair()
    lab.ec2.create_tags(Resources=[interface], Tags=[{"Key": "pool", "Value": "mgmt"}])
    lab.attach(instance, interface, 2)

    assert interface in found(lab, name, value)
    assert interface not in found(lab, name, other)


def test_a_filter_with_several_values_takes_any(lab: Lab) -> None:
    """Plain moto wants all of a list filter's values."""
    interface = lab.interface(lab.subnet())
    lab.ec2.create_tags(Resources=[interface], Tags=[{"Key": "a", "Value": ""}])

    listed = lab.ec2.describe_network_interfaces(
        Filters=[{"Name": "tag-key", "Values": ["a", "b"]}]
    )

    assert [shown["NetworkInterfaceId"] for shown in listed["NetworkInterfaces"]] == [interface]


@pytest.mark.parametrize(
    "fields",
    [
        {"Operator": {"Managed": True, "Principal": "eks.amazonaws.com"}},
        {"InterfaceType": "lambda"},
        {"OutpostArn": "arn:aws:outposts:us-east-1:1:outpost/op-1"},
        {"OwnerId": "999999999999"},
        {"RequesterManaged": True},
    ],
)
def test_an_interface_can_be_made_to_look_unusable(lab: Lab, fields: dict[str, Any]) -> None:
    """No API call makes such interfaces, but refusing them must be tested."""
    interface = lab.interface(lab.subnet())

    lab.cloud.control("POST", f"interfaces/{interface}", fields)

    assert lab.shown(interface).items() >= fields.items()


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


def test_an_unknown_instance_is_named(lab: Lab) -> None:
    """Right after a launch this error is normal on EC2."""
    missing = "i-00000000000000000"

    assert refusal(lab.ec2.describe_instances, InstanceIds=[missing]) == (
        "InvalidInstanceID.NotFound",
        f"The instance ID '{missing}' does not exist",
    )


def test_every_reply_has_a_request_id_of_its_own(lab: Lab) -> None:
    """Records quote it; moto's is always the same."""
    replies = [lab.ec2.describe_vpcs()["ResponseMetadata"] for _ in range(2)]

    assert len({reply["RequestId"] for reply in replies}) == 2


def test_a_filter_that_the_local_ec2_lacks_is_an_error(lab: Lab) -> None:
    """Better than a list that was not filtered."""
    lab.instance(lab.subnet())
    filters = [{"Name": "no-such-filter", "Values": ["x"]}]

    assert "UnsupportedOperation" == refusal(lab.ec2.describe_instances, Filters=filters)[0]


def test_a_calls_filters_take_two_hundred_values(lab: Lab) -> None:
    """Whoever asks about more must ask twice."""
    filters: list[Any] = [{"Name": "tag:pool", "Values": [f"t{number}" for number in range(201)]}]

    code, _ = refusal(lab.ec2.describe_network_interfaces, Filters=filters)

    assert code == "FilterLimitExceeded"
