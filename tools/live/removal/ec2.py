"""Instances, interfaces and networks of a run."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from live.removal.kind import Clients, Kind, if_present
from live.tagging import RUN_TAG

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client
    from mypy_boto3_ec2.type_defs import FilterTypeDef

TAGGED: "FilterTypeDef" = {"Name": "tag-key", "Values": [RUN_TAG]}
LIVING = ["pending", "running", "stopping", "stopped", "shutting-down"]
OFTEN: Any = {"Delay": 2, "MaxAttempts": 300}


def _instances(client: Clients) -> list[str]:
    pages = client("ec2").get_paginator("describe_instances")
    living = {"Name": "instance-state-name", "Values": LIVING}
    return [
        instance["InstanceId"]
        for page in pages.paginate(Filters=[TAGGED, living])
        for group in page["Reservations"]
        for instance in group["Instances"]
    ]


def _end_instances(client: Clients, instances: Sequence[str]) -> None:
    ec2: EC2Client = client("ec2")
    for instance in instances:
        with if_present():
            ec2.terminate_instances(InstanceIds=[instance])
    ec2.get_waiter("instance_terminated").wait(InstanceIds=list(instances), WaiterConfig=OFTEN)


def _vpcs(client: Clients) -> list[str]:
    pages = client("ec2").get_paginator("describe_vpcs").paginate(Filters=[TAGGED])
    return [vpc["VpcId"] for page in pages for vpc in page["Vpcs"]]


def _interfaces(client: Clients) -> list[str]:
    """Return those with the tag and those in a VPC that has it: a probe may take tags away."""
    pages = client("ec2").get_paginator("describe_network_interfaces")
    found: set[str] = set()
    for wanted in ([TAGGED], [{"Name": "vpc-id", "Values": _vpcs(client) or ["vpc-none"]}]):
        for page in pages.paginate(Filters=wanted):
            found |= {it["NetworkInterfaceId"] for it in page["NetworkInterfaces"]}
    return sorted(found)


def _delete_interfaces(client: Clients, interfaces: Sequence[str]) -> None:
    ec2: EC2Client = client("ec2")
    for interface in interfaces:
        with if_present():
            (shown,) = ec2.describe_network_interfaces(NetworkInterfaceIds=[interface])[
                "NetworkInterfaces"
            ]
            if attachment := shown.get("Attachment"):
                with if_present():
                    ec2.detach_network_interface(AttachmentId=attachment["AttachmentId"])
                ec2.get_waiter("network_interface_available").wait(
                    NetworkInterfaceIds=[interface], WaiterConfig=OFTEN
                )
            ec2.delete_network_interface(NetworkInterfaceId=interface)


def _subnets(client: Clients) -> list[str]:
    pages = client("ec2").get_paginator("describe_subnets").paginate(Filters=[TAGGED])
    return [subnet["SubnetId"] for page in pages for subnet in page["Subnets"]]


def _delete_subnets(client: Clients, subnets: Sequence[str]) -> None:
    for subnet in subnets:
        with if_present():
            client("ec2").delete_subnet(SubnetId=subnet)


def _delete_vpcs(client: Clients, vpcs: Sequence[str]) -> None:
    for vpc in vpcs:
        with if_present():
            client("ec2").delete_vpc(VpcId=vpc)


INSTANCES = Kind("instance", _instances, _end_instances)
INTERFACES = Kind("network interface", _interfaces, _delete_interfaces)
SUBNETS = Kind("subnet", _subnets, _delete_subnets)
VPCS = Kind("VPC", _vpcs, _delete_vpcs)
