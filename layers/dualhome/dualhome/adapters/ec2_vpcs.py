"""EC2's VPCs, read all at once."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from dualhome.adapters import ec2_shapes
from dualhome.adapters.aws_errors import domain_errors
from dualhome.domain.identifiers import VpcId
from dualhome.domain.network import Vpc

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client


class Ec2Vpcs:
    """The account's VPCs in the Region."""

    def __init__(self, ec2: "EC2Client") -> None:
        self._ec2 = ec2

    def describe(self) -> Mapping[VpcId, Vpc]:
        """Return them all: those that serve, and those that instances live in."""
        pages = self._ec2.get_paginator("describe_vpcs").paginate(
            PaginationConfig={"PageSize": ec2_shapes.PAGE}
        )
        with domain_errors():
            vpcs = [ec2_shapes.vpc(it) for page in pages for it in page["Vpcs"]]
        return {vpc.id: vpc for vpc in vpcs}
