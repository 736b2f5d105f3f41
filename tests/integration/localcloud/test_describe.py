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
def test_an_interface_can_be_made_to_seem_unusable(lab: Lab, fields: dict[str, Any]) -> None:
    """No API call makes such interfaces, but refusing them must be tested."""
    interface = lab.interface(lab.subnet())

    lab.cloud.control("POST", f"interfaces/{interface}", fields)

    assert lab.shown(interface).items() >= fields.items()


def test_a_vpc_can_be_made_to_seem_shared(lab: Lab) -> None:
    """No VPC is shared with an account of the local cloud, but refusing one must be tested."""
    own, shared = (lab.ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"] for _ in range(2))

    lab.cloud.control("POST", f"vpcs/{shared}", {"OwnerId": "999999999999"})

    owners = {it["VpcId"]: it["OwnerId"] for it in lab.ec2.describe_vpcs()["Vpcs"]}
    assert "999999999999" == owners[shared] != owners[own]


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
    """A client that asks about more must ask twice."""
    filters: list[Any] = [{"Name": "tag:pool", "Values": [f"t{number}" for number in range(201)]}]

    code, _ = refusal(lab.ec2.describe_network_interfaces, Filters=filters)

    assert code == "FilterLimitExceeded"
