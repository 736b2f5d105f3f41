"""EC2's instances, their types and the VPCs, read a whole batch at a time."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from dualhome.adapters.aws_errors import domain_errors
from dualhome.adapters.ec2 import shapes
from dualhome.adapters.ec2.shapes import filters
from dualhome.domain.ec2 import Capacity, Instance, Vpc
from dualhome.domain.identifiers import InstanceId, VpcId

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client


class Ec2Instances:
    """Instances, and their types: those are remembered, since what they hold never changes."""

    def __init__(self, ec2: "EC2Client") -> None:
        self._ec2 = ec2
        self._capacities: dict[str, Capacity] = {}

    def describe(self, ids: Iterable[InstanceId]) -> Mapping[InstanceId, Instance]:
        """Return the instances that EC2 shows, by a filter: an unknown id fails no other."""
        found = {}
        for some in filters("instance-id", ids):
            pages = self._ec2.get_paginator("describe_instances").paginate(
                Filters=[some], PaginationConfig={"PageSize": shapes.PAGE}
            )
            with domain_errors():
                for page in pages:
                    for instance in shapes.instances(page["Reservations"]):
                        found[instance.id] = instance
        return found

    def capacities(self, types: Iterable[str]) -> Mapping[str, Capacity]:
        """Return what each type holds, asking only for types not asked for before."""
        wanted = set(types)
        for some in filters("instance-type", wanted - self._capacities.keys()):
            pages = self._ec2.get_paginator("describe_instance_types").paginate(
                Filters=[some], PaginationConfig={"PageSize": 100}
            )
            with domain_errors():
                for page in pages:
                    for it in page["InstanceTypes"]:
                        if capacity := shapes.capacity(it):
                            self._capacities[it["InstanceType"]] = capacity
        return {type_: self._capacities[type_] for type_ in wanted & self._capacities.keys()}


class Ec2Vpcs:
    """The account's VPCs in the Region."""

    def __init__(self, ec2: "EC2Client") -> None:
        self._ec2 = ec2

    def describe(self) -> Mapping[VpcId, Vpc]:
        """Return them all: those that serve, and those that instances live in."""
        pages = self._ec2.get_paginator("describe_vpcs").paginate(
            PaginationConfig={"PageSize": shapes.PAGE}
        )
        with domain_errors():
            vpcs = [shapes.vpc(it) for page in pages for it in page["Vpcs"]]
        return {vpc.id: vpc for vpc in vpcs}
