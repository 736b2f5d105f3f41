"""EC2's answers by id, which lists may lag behind."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from dualhome.adapters.aws_errors import domain_errors
from dualhome.adapters.ec2 import shapes
from dualhome.adapters.ec2.shapes import filters
from dualhome.domain.ec2 import Instance, Interface, Vpc
from dualhome.domain.errors import InstanceGoneError, InterfaceGoneError, VpcGoneError
from dualhome.domain.identifiers import InstanceId, InterfaceId, VpcId

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client
    from mypy_boto3_ec2.type_defs import NetworkInterfaceTypeDef, VpcTypeDef


class Ec2Facts:
    """
    Describe calls with ids, and DescribeTags: a resource that is missing is an error to EC2.

    Then the others of the same call are asked for by a filter, which leaves out what is missing.
    """

    def __init__(self, ec2: "EC2Client") -> None:
        self._ec2 = ec2

    def tags(self, resources: Iterable[str]) -> Mapping[str, Mapping[str, str]]:
        """Return the tags of ``resources``; one without tags, or unknown, is left out."""
        found: dict[str, dict[str, str]] = {}
        for some in filters("resource-id", resources):
            pages = self._ec2.get_paginator("describe_tags").paginate(
                Filters=[some], PaginationConfig={"PageSize": shapes.PAGE}
            )
            with domain_errors():
                for page in pages:
                    for tag in page["Tags"]:
                        found.setdefault(tag["ResourceId"], {})[tag["Key"]] = tag["Value"]
        return found

    def instance(self, id_: InstanceId) -> Instance | None:
        """Return the instance; None if EC2 does not know it."""
        try:
            with domain_errors():
                answer = self._ec2.describe_instances(InstanceIds=[id_])
        except InstanceGoneError:
            return None
        return next(shapes.instances(answer["Reservations"]), None)

    def vpcs(self, ids: Iterable[VpcId]) -> Mapping[VpcId, Vpc]:
        """Return the VPCs of ``ids``; those that EC2 does not know are left out."""
        found: list[VpcTypeDef] = []
        for some in filters("vpc-id", ids):
            try:
                with domain_errors():
                    found += self._ec2.describe_vpcs(VpcIds=some["Values"])["Vpcs"]
            except VpcGoneError:
                with domain_errors():
                    found += self._ec2.describe_vpcs(Filters=[some])["Vpcs"]
        return {vpc.id: vpc for vpc in map(shapes.vpc, found)}

    def interfaces(self, ids: Iterable[InterfaceId]) -> Mapping[InterfaceId, Interface]:
        """Return the interfaces of ``ids``, managed ones too; unknown ones are left out."""
        found: list[NetworkInterfaceTypeDef] = []
        for some in filters("network-interface-id", ids):
            try:
                found += self._interfaces(NetworkInterfaceIds=some["Values"])
            except InterfaceGoneError:
                found += self._interfaces(Filters=[some])
        return {it.id: it for it in map(shapes.interface, found)}

    def _interfaces(self, **which: Any) -> "list[NetworkInterfaceTypeDef]":
        with domain_errors():
            answer = self._ec2.describe_network_interfaces(IncludeManagedResources=True, **which)
        return answer["NetworkInterfaces"]
