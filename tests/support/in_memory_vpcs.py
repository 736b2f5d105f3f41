"""EC2's VPCs in memory."""

from collections.abc import Mapping
from dataclasses import dataclass

from dualhome.domain.identifiers import VpcId
from dualhome.domain.network import Vpc
from tests.support.in_memory_ec2 import InMemoryEc2


@dataclass(frozen=True, slots=True)
class InMemoryVpcs:
    """The port ``Vpcs`` over an EC2 in memory."""

    ec2: InMemoryEc2

    def describe(self) -> Mapping[VpcId, Vpc]:
        """Return every VPC."""
        with self.ec2.calls.making("describe_vpcs"):
            return {it.id: it for it in self.ec2.listed("describe_vpcs", self.ec2.vpcs.values())}
