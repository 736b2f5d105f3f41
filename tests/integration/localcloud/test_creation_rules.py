"""Creating and changing interfaces: tokens, security groups, addresses; launches with several."""

from typing import Any

import pytest

from tests.integration.localcloud.cloud import Lab, refusal, tag

DIFFERENT_NETWORKS = (
    "InvalidGroup.NotFound",
    "You have specified two resources that belong to different networks.",
)


def group_of_another_vpc(lab: Lab) -> str:
    """Return a security group of a new VPC."""
    vpc = lab.ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    made = lab.ec2.create_security_group(GroupName="g", Description="g", VpcId=vpc)
    return made["GroupId"]


def launch_refusal(lab: Lab, **more: Any) -> tuple[str, str]:
    """Return how EC2 refuses a launch."""
    fixed = {"ImageId": "ami-12345678", "InstanceType": "t3.medium", "MinCount": 1, "MaxCount": 1}
    return refusal(lab.ec2.run_instances, **fixed, **more)


def test_a_repeated_client_token_makes_one_interface(lab: Lab) -> None:
    """A client that lost the reply asks again and gets the same interface."""
    subnet = lab.subnet()

    first = lab.interface(subnet, ClientToken="token")

    assert first == lab.interface(subnet, ClientToken="token")


def test_a_client_token_with_other_parameters_is_refused(lab: Lab) -> None:
    """It is a bug in the caller, and must not look like success."""
    subnet = lab.subnet()
    lab.interface(subnet, ClientToken="token")

    code, _ = refusal(
        lab.ec2.create_network_interface, SubnetId=subnet, ClientToken="token", Description="other"
    )

    assert code == "IdempotentParameterMismatch"


def test_a_repeated_launch_with_one_token_is_one_launch(lab: Lab) -> None:
    """RunInstances is on EC2's list of idempotent calls, too."""
    subnet = lab.subnet()

    first = lab.instance(subnet, ClientToken="launch")

    assert first == lab.instance(subnet, ClientToken="launch")


def test_a_security_group_of_another_vpc_is_refused_at_creation(lab: Lab) -> None:
    """Plain moto accepts any group, and invents unknown ones."""
    group = group_of_another_vpc(lab)

    assert (
        refusal(lab.ec2.create_network_interface, SubnetId=lab.subnet(), Groups=[group])
        == DIFFERENT_NETWORKS
    )


def test_a_security_group_of_another_vpc_is_refused_later(lab: Lab) -> None:
    """ModifyNetworkInterfaceAttribute replaces the groups."""
    group, interface = group_of_another_vpc(lab), lab.interface(lab.subnet())

    refused = refusal(
        lab.ec2.modify_network_interface_attribute, NetworkInterfaceId=interface, Groups=[group]
    )

    assert refused == DIFFERENT_NETWORKS


def test_a_security_group_of_another_vpc_is_refused_at_launch(lab: Lab) -> None:
    """With a code and a text of RunInstances' own."""
    group, subnet = group_of_another_vpc(lab), lab.subnet()

    assert launch_refusal(lab, SubnetId=subnet, SecurityGroupIds=[group]) == (
        "InvalidParameter",
        f"Security group {group} and subnet {subnet} belong to different networks.",
    )


def test_an_unknown_security_group_is_refused(lab: Lab) -> None:
    """So that a typing error in a template does not pass here and fail in an account."""
    code, _ = refusal(
        lab.ec2.create_network_interface, SubnetId=lab.subnet(), Groups=["sg-00000000000000000"]
    )

    assert code == "InvalidGroup.NotFound"


@pytest.mark.parametrize(
    ("missing", "code"),
    [
        ("i-00000000000000000", "InvalidInstanceID.NotFound"),
        ("eni-00000000000000000", "InvalidNetworkInterfaceID.NotFound"),
    ],
)
def test_what_does_not_exist_cannot_be_tagged(lab: Lab, missing: str, code: str) -> None:
    """A status is often written after its instance has gone."""
    assert code == refusal(lab.ec2.create_tags, Resources=[missing], Tags=[tag("a")])[0]


def test_addresses_are_unique_within_a_subnet(lab: Lab) -> None:
    """Plain moto draws them at random."""
    subnet = lab.subnet(cidr="10.0.0.0/28")
    addresses = {lab.shown(lab.interface(subnet))["PrivateIpAddress"] for _ in range(8)}

    assert len(addresses) == 8


def test_a_taken_address_is_refused(lab: Lab) -> None:
    """Fixed addresses are how peers know an interface."""
    subnet = lab.subnet()
    lab.interface(subnet, PrivateIpAddress="10.0.0.9")

    code, _ = refusal(
        lab.ec2.create_network_interface, SubnetId=subnet, PrivateIpAddress="10.0.0.9"
    )

    assert code == "InvalidIPAddress.InUse"


def test_a_launch_may_bring_interfaces_of_two_vpcs(lab: Lab) -> None:
    """AWS's own way to dual-home, in one zone and at launch only."""
    pool = lab.interface(lab.subnet(cidr="10.1.0.0/20"))
    launched = lab.ec2.run_instances(
        ImageId="ami-12345678",
        InstanceType="t3.medium",
        MinCount=1,
        MaxCount=1,
        NetworkInterfaces=[
            {"DeviceIndex": 0, "SubnetId": lab.subnet()},
            {"DeviceIndex": 1, "NetworkInterfaceId": pool},
        ],
    )["Instances"][0]

    shown = lab.shown_instance(launched["InstanceId"])["NetworkInterfaces"]
    kept = {n["Attachment"]["DeviceIndex"]: n["Attachment"]["DeleteOnTermination"] for n in shown}
    assert kept == {0: True, 1: False}


def test_a_launch_across_zones_is_refused(lab: Lab) -> None:
    """A launch template names subnets of one zone only."""
    here, there = lab.subnet("us-east-1a"), lab.subnet("us-east-1b")
    interfaces = [{"DeviceIndex": 0, "SubnetId": here}, {"DeviceIndex": 1, "SubnetId": there}]

    assert launch_refusal(lab, NetworkInterfaces=interfaces)[0] == "InvalidParameterCombination"


def test_a_launch_with_an_interface_in_use_is_refused(lab: Lab) -> None:
    """Plain moto would take it away from the other instance."""
    instance, interface = lab.pair()
    lab.attach(instance, interface)

    interfaces = [{"DeviceIndex": 0, "NetworkInterfaceId": interface}]

    assert launch_refusal(lab, NetworkInterfaces=interfaces)[0] == "InvalidNetworkInterface.InUse"
