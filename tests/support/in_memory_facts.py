"""EC2's answers by id in memory."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dualhome.domain.identifiers import InstanceId, InterfaceId, VpcId
from dualhome.domain.network import Instance, Interface, Vpc
from tests.support.in_memory_ec2 import InMemoryEc2


@dataclass(frozen=True, slots=True)
class InMemoryFacts:
    """The port ``Facts`` over an EC2 in memory: whatever lists leave out, it shows."""

    ec2: InMemoryEc2

    def tags(self, resources: Iterable[str]) -> Mapping[str, Mapping[str, str]]:
        """Return the tags of ``resources``; one without tags, or unknown, is left out."""
        with self.ec2.calls.making("describe_tags"):
            return {id_: tags for id_ in resources if (tags := self.ec2.tags_of(id_))}

    def instance(self, id_: InstanceId) -> Instance | None:
        """Return the instance; None if it does not exist."""
        with self.ec2.calls.making("describe_instance"):
            return self.ec2.instance(id_)

    def vpcs(self, ids: Iterable[VpcId]) -> Mapping[VpcId, Vpc]:
        """Return the VPCs of ``ids``; unknown ones are left out."""
        with self.ec2.calls.making("describe_vpcs_by_id"):
            return {id_: self.ec2.vpcs[id_] for id_ in ids if id_ in self.ec2.vpcs}

    def interfaces(self, ids: Iterable[InterfaceId]) -> Mapping[InterfaceId, Interface]:
        """Return the interfaces of ``ids``; unknown ones are left out."""
        with self.ec2.calls.making("describe_interfaces_by_id"):
            return {id_: it for id_ in ids if (it := self.ec2.interface(id_))}
