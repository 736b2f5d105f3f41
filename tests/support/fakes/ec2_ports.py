"""The ports to EC2, over the EC2 in memory."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

from dualhome.domain.ec2 import Capacity, DeviceSlot, Instance, Interface, Vpc
from dualhome.domain.errors import AttachmentGoneError, UnavailableError
from dualhome.domain.identifiers import AttachmentId, InstanceId, InterfaceId, TargetName, VpcId
from dualhome.domain.tags import TagKeys
from tests.support.builders.values import POLICY
from tests.support.fakes.ec2 import InMemoryEc2

T = TypeVar("T")


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


@dataclass(frozen=True, slots=True)
class InMemoryVpcs:
    """The port ``Vpcs`` over an EC2 in memory."""

    ec2: InMemoryEc2

    def describe(self) -> Mapping[VpcId, Vpc]:
        """Return every VPC."""
        with self.ec2.calls.making("describe_vpcs"):
            return {it.id: it for it in self.ec2.listed("describe_vpcs", self.ec2.vpcs.values())}


@dataclass(frozen=True, slots=True)
class InMemoryInterfaces:
    """
    The port ``Interfaces`` over an EC2 in memory; ``check`` comes before each request that writes.

    What EC2 does not answer is asked ``tries`` times in all, as an SDK does.
    """

    ec2: InMemoryEc2
    keys: TagKeys = POLICY.keys
    check: Callable[[], None] = lambda: None
    tries: int = 1

    def pool(self, targets: Iterable[TargetName]) -> Mapping[InterfaceId, Interface]:
        """Return the interfaces tagged for one of ``targets``, in use or not."""
        with self.ec2.calls.making("describe_pool"):
            wanted = frozenset[str](targets)
            return {
                it.id: it
                for it in self.ec2.listed("describe_pool", self.ec2.interfaces())
                if it.tags.get(self.keys.pool) in wanted
            }

    def attach(
        self, instance: InstanceId, interface: InterfaceId, slot: DeviceSlot
    ) -> AttachmentId:
        """Attach under EC2's rules; raises as EC2 refuses."""

        def attach() -> AttachmentId:
            with self.ec2.calls.making("attach"):
                return self.ec2.attach(instance, interface, slot)

        return self._written(attach)

    def detach(self, attachment: AttachmentId, *, force: bool = False) -> None:
        """Detach an interface; raises as EC2 refuses."""

        def detach() -> None:
            with self.ec2.calls.making("detach"):
                for it in self.ec2.interfaces():
                    if it.attachment and it.attachment.id == attachment:
                        self.ec2.detach(it.id, force=force)
                        return
                raise AttachmentGoneError(f"The attachment ID '{attachment}' does not exist")

        self._written(detach)

    def find(self, interface: InterfaceId) -> Interface | None:
        """Return ``interface``; None if it does not exist."""
        with self.ec2.calls.making("find"):
            found = self.ec2.interface(interface)
            return self.ec2.as_read("find", found) if found else None

    def _written(self, request: Callable[[], T]) -> T:
        for _ in range(self.tries - 1):
            self.check()
            with suppress(UnavailableError):
                return request()
        self.check()
        return request()


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
