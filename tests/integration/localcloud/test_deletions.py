"""Networks are deleted when they are empty, and leave nothing behind."""

from typing import Any

from tests.integration.localcloud.cloud import Lab, refusal, tag


def depends(kind: str, resource: str) -> tuple[str, str]:
    """Return EC2's refusal to delete what is not empty."""
    message = f"The {kind} '{resource}' has dependencies and cannot be deleted."
    return "DependencyViolation", message


def tags_of(lab: Lab, resource: str) -> list[Any]:
    """Return what DescribeTags shows of a resource."""
    found = lab.ec2.describe_tags(Filters=[{"Name": "resource-id", "Values": [resource]}])
    return list(found["Tags"])


def test_a_subnet_with_an_interface_in_it_stays(lab: Lab) -> None:
    """A pool that is cleared away in the wrong order is refused, as on AWS."""
    subnet = lab.subnet()
    interface = lab.interface(subnet)

    refused = refusal(lab.ec2.delete_subnet, SubnetId=subnet)
    lab.ec2.delete_network_interface(NetworkInterfaceId=interface)
    lab.ec2.delete_subnet(SubnetId=subnet)

    assert depends("subnet", subnet) == refused
    assert "InvalidSubnetID.NotFound" == refusal(lab.ec2.delete_subnet, SubnetId=subnet)[0]


def test_a_subnet_with_an_instance_in_it_stays_until_that_has_terminated(lab: Lab) -> None:
    """Its primary interface is in the subnet, too."""
    subnet = lab.subnet()
    instance = lab.instance(subnet)

    refused = refusal(lab.ec2.delete_subnet, SubnetId=subnet)
    lab.ec2.terminate_instances(InstanceIds=[instance])
    lab.ec2.delete_subnet(SubnetId=subnet)

    assert depends("subnet", subnet) == refused


def test_a_vpc_with_a_subnet_a_group_or_a_gateway_stays(lab: Lab) -> None:
    """Plain moto looks for subnets only. The default group goes with the VPC."""
    ec2 = lab.ec2
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    group = ec2.create_security_group(GroupName="g", Description="g", VpcId=vpc)["GroupId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]

    refused = [refusal(ec2.delete_vpc, VpcId=vpc)]
    ec2.delete_subnet(SubnetId=subnet)
    refused += [refusal(ec2.delete_vpc, VpcId=vpc)]
    ec2.delete_security_group(GroupId=group)
    refused += [refusal(ec2.delete_vpc, VpcId=vpc)]
    ec2.detach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    ec2.delete_vpc(VpcId=vpc)

    assert [depends("vpc", vpc)] * 3 == refused
    assert "InvalidVpcID.NotFound" == refusal(ec2.describe_vpcs, VpcIds=[vpc])[0]


def test_a_security_group_in_use_stays(lab: Lab) -> None:
    """Used by an interface, or named by a rule of another group."""
    ec2, subnet = lab.ec2, lab.subnet()
    vpc = lab.shown(lab.interface(subnet))["VpcId"]
    one, other = (
        ec2.create_security_group(GroupName=name, Description="g", VpcId=vpc)["GroupId"]
        for name in ("one", "other")
    )
    interface = lab.interface(subnet, Groups=[one])
    pairs: list[Any] = [{"GroupId": one}]
    rule: list[Any] = [{"IpProtocol": "tcp", "FromPort": 1, "ToPort": 2, "UserIdGroupPairs": pairs}]
    ec2.authorize_security_group_ingress(GroupId=other, IpPermissions=rule)

    refused = [refusal(ec2.delete_security_group, GroupId=one)]
    ec2.delete_network_interface(NetworkInterfaceId=interface)
    refused += [refusal(ec2.delete_security_group, GroupId=one)]
    ec2.delete_security_group(GroupId=other)
    ec2.delete_security_group(GroupId=one)

    dependent = ("DependencyViolation", f"resource {one} has a dependent object")
    assert [dependent] * 2 == refused


def test_the_default_security_group_cannot_be_deleted(lab: Lab) -> None:
    """It goes with its VPC alone."""
    vpc = lab.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    (default,) = lab.ec2.describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [vpc]}])[
        "SecurityGroups"
    ]

    code, _ = refusal(lab.ec2.delete_security_group, GroupId=default["GroupId"])

    assert code == "CannotDelete"


def test_what_is_deleted_has_no_tags_any_more(lab: Lab) -> None:
    """DescribeTags confirms what a tag says: it must not speak of what is gone."""
    ec2, subnet = lab.ec2, lab.subnet()
    interface = lab.interface(subnet)
    vpc = lab.shown(interface)["VpcId"]
    ec2.create_tags(Resources=[interface, subnet, vpc], Tags=[tag("a")])

    ec2.delete_network_interface(NetworkInterfaceId=interface)
    ec2.delete_subnet(SubnetId=subnet)
    ec2.delete_vpc(VpcId=vpc)

    assert [[], [], []] == [tags_of(lab, one) for one in (interface, subnet, vpc)]
