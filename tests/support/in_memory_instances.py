"""EC2's instances in memory."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dualhome.domain.identifiers import InstanceId
from dualhome.domain.network import Capacity, Instance
from tests.support.in_memory_ec2 import InMemoryEc2


@dataclass(frozen=True, slots=True)
class InMemoryInstances:
    """The port ``Instances`` over an EC2 in memory."""

    ec2: InMemoryEc2

    def describe(self, ids: Iterable[InstanceId]) -> Mapping[InstanceId, Instance]:
        """Return the instances that exist; unknown ids are left out."""
        with self.ec2.calls.making("describe_instances"):
            found = [it for id_ in ids if (it := self.ec2.instance(id_))]
            return {it.id: it for it in self.ec2.listed("describe_instances", found)}

    def capacities(self, types: Iterable[str]) -> Mapping[str, Capacity]:
        """Return what each type holds; unknown types are left out."""
        with self.ec2.calls.making("describe_types"):
            return {type_: self.ec2.types[type_] for type_ in types if type_ in self.ec2.types}
