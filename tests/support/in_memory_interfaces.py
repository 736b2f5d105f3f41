"""EC2's interfaces in memory."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dualhome.domain.errors import AttachmentGoneError
from dualhome.domain.identifiers import AttachmentId, InstanceId, InterfaceId, TargetName
from dualhome.domain.network import DeviceSlot, Interface
from dualhome.domain.tags import TagKeys
from tests.support.builders import POLICY
from tests.support.in_memory_ec2 import InMemoryEc2


@dataclass(frozen=True, slots=True)
class InMemoryInterfaces:
    """The port ``Interfaces`` over an EC2 in memory."""

    ec2: InMemoryEc2
    keys: TagKeys = POLICY.keys

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
        with self.ec2.calls.making("attach"):
            return self.ec2.attach(instance, interface, slot)

    def detach(self, attachment: AttachmentId, *, force: bool = False) -> None:
        """Let go of an interface; raises as EC2 refuses."""
        with self.ec2.calls.making("detach"):
            for it in self.ec2.interfaces():
                if it.attachment and it.attachment.id == attachment:
                    self.ec2.detach(it.id, force=force)
                    return
            raise AttachmentGoneError(f"The attachment ID '{attachment}' does not exist")

    def find(self, interface: InterfaceId) -> Interface | None:
        """Return ``interface``; None if it does not exist."""
        with self.ec2.calls.making("find"):
            found = self.ec2.interface(interface)
            return self.ec2.as_read("find", found) if found else None
