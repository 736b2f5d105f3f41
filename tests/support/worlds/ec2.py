"""What contract tests do to an EC2: ours in memory, or the strict local one."""

from collections.abc import Callable, Mapping
from typing import Protocol

from dualhome.application.ports import Facts, Instances, Interfaces, Vpcs
from dualhome.domain.ec2 import SeenAttachment
from dualhome.domain.identifiers import AccountId, InstanceId, InterfaceId, VpcId, Zone
from tests.support.builders.values import ZONE

Tags = Mapping[str, str]


class Ec2World(Protocol):
    """An EC2 as people and other programs use it, and the ports through which we see it."""

    @property
    def instances(self) -> Instances:
        """The port on its instances."""
        ...

    @property
    def interfaces(self) -> Interfaces:
        """The port on its interfaces."""
        ...

    @property
    def facts(self) -> Facts:
        """The port on its answers by id."""
        ...

    @property
    def vpcs(self) -> Vpcs:
        """The port on its VPCs."""
        ...

    def checked(self, check: Callable[[], None]) -> Interfaces:
        """Return the interfaces by an SDK that tries twice, with ``check`` before each write."""
        ...

    def vpc(self, cidr: str, tags: Tags) -> VpcId:
        """Return a new VPC."""
        ...

    def share(self, vpc: VpcId, owner: AccountId) -> None:
        """Let ``vpc`` be one that ``owner`` shares with this account."""
        ...

    def instance(
        self, *, zone: Zone = ZONE, type_: str = "t3.medium", tags: Tags | None = None
    ) -> InstanceId:
        """Return a new instance that runs in a VPC of its own."""
        ...

    def interface(self, *, zone: Zone = ZONE, tags: Tags | None = None) -> InterfaceId:
        """Return a new interface that is available in a VPC of its own."""
        ...

    def stop(self, instance: InstanceId) -> None:
        """Bring ``instance`` to `stopped`."""
        ...

    def terminate(self, instance: InstanceId) -> None:
        """Bring ``instance`` to `terminated`."""
        ...

    def detach(self, interface: InterfaceId) -> None:
        """Detach ``interface`` as a person would."""
        ...

    def delete(self, interface: InterfaceId) -> None:
        """Delete ``interface``."""
        ...

    def delete_with_instance(self, interface: InterfaceId) -> None:
        """Let EC2 delete ``interface``, which is attached, when its instance terminates."""
        ...

    def lose_next_reply(self) -> None:
        """Let the next attach call be carried out, and only its reply be a server's error."""
        ...


def attachment(world: Ec2World, interface: InterfaceId) -> SeenAttachment | None:
    """Return how ``interface`` is attached, as the port shows it."""
    found = world.interfaces.find(interface)
    return found.attachment if found else None
