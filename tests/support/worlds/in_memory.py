"""Our EC2 in memory, for contract tests."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import count

from dualhome.domain.ec2 import InstanceState
from dualhome.domain.errors import UnavailableError
from dualhome.domain.identifiers import AccountId, InstanceId, InterfaceId, VpcId, Zone
from tests.support.builders.values import ZONE, a_vpc, an_instance, an_interface
from tests.support.fakes.ec2 import InMemoryEc2
from tests.support.fakes.ec2_ports import (
    InMemoryFacts,
    InMemoryInstances,
    InMemoryInterfaces,
    InMemoryVpcs,
)
from tests.support.worlds.ec2 import Tags


@dataclass(slots=True)
class InMemoryWorld:
    """An ``Ec2World`` in which nothing takes time."""

    ec2: InMemoryEc2 = field(default_factory=InMemoryEc2)
    instances: InMemoryInstances = field(init=False)
    interfaces: InMemoryInterfaces = field(init=False)
    vpcs: InMemoryVpcs = field(init=False)
    facts: InMemoryFacts = field(init=False)
    _ids: Iterator[int] = field(default_factory=lambda: count(1), repr=False)

    def __post_init__(self) -> None:
        """Let the ports show one EC2."""
        self.instances = InMemoryInstances(self.ec2)
        self.interfaces = InMemoryInterfaces(self.ec2)
        self.vpcs = InMemoryVpcs(self.ec2)
        self.facts = InMemoryFacts(self.ec2)

    def checked(self, check: Callable[[], None]) -> InMemoryInterfaces:
        """Return the interfaces by an SDK that tries twice, with ``check`` before each write."""
        return InMemoryInterfaces(self.ec2, check=check, tries=2)

    def vpc(self, cidr: str, tags: Tags) -> VpcId:
        """Return a new VPC."""
        vpc = a_vpc(self._id("vpc"), target=None, allow_from=None, cidrs=[cidr], tags=tags)
        self.ec2.add(vpc)
        return vpc.id

    def share(self, vpc: VpcId, owner: AccountId) -> None:
        """Let ``vpc`` be one that ``owner`` shares with this account."""
        self.ec2.add(replace(self.ec2.vpcs[vpc], owner=owner))

    def instance(
        self, *, zone: Zone = ZONE, type_: str = "t3.medium", tags: Tags | None = None
    ) -> InstanceId:
        """Return a new instance that runs in a VPC of its own."""
        vpc = self.vpc("10.0.0.0/16", {})
        id_ = self._id("i")
        self.ec2.add(an_instance(id_, targets=None, tags=tags, vpc=vpc, zone=zone, type=type_))
        return InstanceId(id_)

    def interface(self, *, zone: Zone = ZONE, tags: Tags | None = None) -> InterfaceId:
        """Return a new interface that is available in a VPC of its own."""
        vpc = self.vpc("10.0.0.0/16", {})
        interface = an_interface(self._id("eni"), pool=None, tags=tags, vpc=vpc, zone=zone)
        self.ec2.add(interface)
        return interface.id

    def stop(self, instance: InstanceId) -> None:
        """Bring ``instance`` to `stopped`."""
        self.ec2.put_state(instance, InstanceState.STOPPED)

    def terminate(self, instance: InstanceId) -> None:
        """Bring ``instance`` to `terminated`."""
        self.ec2.put_state(instance, InstanceState.TERMINATED)

    def detach(self, interface: InterfaceId) -> None:
        """Detach ``interface`` as a person would."""
        self.ec2.detach(interface)

    def delete(self, interface: InterfaceId) -> None:
        """Delete ``interface``."""
        self.ec2.delete(interface)

    def delete_with_instance(self, interface: InterfaceId) -> None:
        """Let EC2 delete ``interface``, which is attached, when its instance terminates."""
        self.ec2.delete_with_instance(interface, on=True)

    def lose_next_reply(self) -> None:
        """Let the next attach call be carried out, and only its reply be a server's error."""
        error = UnavailableError("An error on order.", code="InternalError")
        self.ec2.calls.fail_next("attach", error, after_execution=True)

    def _id(self, kind: str) -> str:
        return f"{kind}-{next(self._ids):017x}"
