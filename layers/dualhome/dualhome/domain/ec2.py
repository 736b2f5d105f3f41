"""What EC2 shows of instances, interfaces and VPCs; their tags are read by ``observed``."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from dualhome.domain.errors import BadTagError
from dualhome.domain.identifiers import (
    AccountId,
    AttachmentId,
    InstanceId,
    InterfaceId,
    SubnetId,
    TargetName,
    VpcId,
    Zone,
    ZoneId,
)
from dualhome.domain.tags import TagKeys, parse_pool, parse_target


class InstanceState(StrEnum):
    """EC2's ``InstanceStateName``."""

    PENDING = "pending"
    RUNNING = "running"
    STOPPING = "stopping"
    STOPPED = "stopped"
    SHUTTING_DOWN = "shutting-down"
    TERMINATED = "terminated"


ACTING = frozenset({InstanceState.RUNNING, InstanceState.STOPPED})
"""EC2 User Guide, "Network interface attachments": hot (running) or warm (stopped)."""

GONE = frozenset({InstanceState.SHUTTING_DOWN, InstanceState.TERMINATED})


class AttachmentStatus(StrEnum):
    """EC2's ``AttachmentStatus``."""

    ATTACHING = "attaching"
    ATTACHED = "attached"
    DETACHING = "detaching"
    DETACHED = "detached"


@dataclass(frozen=True, slots=True, order=True)
class DeviceSlot:
    """A place on an instance; device indexes count from 0 on each network card."""

    card: int
    index: int

    def __str__(self) -> str:
        return f"{self.card}:{self.index}"


@dataclass(frozen=True, slots=True)
class SeenAttachment:
    """An interface on an instance, as EC2 shows it."""

    interface: InterfaceId
    instance: InstanceId
    slot: DeviceSlot
    status: AttachmentStatus
    id: AttachmentId
    delete_on_termination: bool = False
    """EC2 deletes it with the instance (EC2 API Reference, NetworkInterfaceAttachment)."""


@dataclass(frozen=True, slots=True)
class InstanceDescription:
    """An EC2 instance but for its tags; ``attachments`` holds its primary interface too."""

    id: InstanceId
    owner: AccountId
    vpc: VpcId
    zone: Zone
    zone_id: ZoneId
    type: str
    state: InstanceState
    attachments: tuple[SeenAttachment, ...] = ()
    operator_managed: bool = False
    automatic_public_ip: bool = False
    """Holds a public IPv4 address that EC2 assigned, not an Elastic IP."""

    def occupied(self) -> frozenset[DeviceSlot]:
        """Return the slots that EC2 shows as taken."""
        return frozenset(seen.slot for seen in self.attachments)

    def attachment_of(self, interface: InterfaceId | None) -> SeenAttachment | None:
        """Return how ``interface`` is attached to the instance, if it is."""
        return next((seen for seen in self.attachments if seen.interface == interface), None)


@dataclass(frozen=True, slots=True)
class Instance(InstanceDescription):
    """An EC2 instance as the API returns it, its tags unread."""

    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The ``Name`` tag; empty without one."""
        return self.tags.get("Name", "")


@dataclass(frozen=True, slots=True)
class InterfaceDescription:
    """A network interface (ENI) but for its tags."""

    id: InterfaceId
    owner: AccountId
    vpc: VpcId
    subnet: SubnetId
    zone: Zone
    zone_id: ZoneId
    status: str
    type: str = "interface"
    requester_managed: bool = False
    operator_managed: bool = False
    outpost: bool = False
    attachment: SeenAttachment | None = None
    address: str = ""
    """Its primary private IPv4 address; empty for one that has only IPv6."""


@dataclass(frozen=True, slots=True)
class Interface(InterfaceDescription):
    """A network interface as the API returns it, its tags unread."""

    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class VpcDescription:
    """A VPC but for its tags, with all its IPv4 and IPv6 CIDR blocks."""

    id: VpcId
    owner: AccountId
    cidrs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Vpc(VpcDescription):
    """
    A VPC as the API returns it, its tags unread.

    ``owner`` is another account's where the VPC is shared with ours: ``tags`` are then those that
    our account has put on it, and none of its owner's (Amazon VPC User Guide, "Share your VPC
    subnets with other accounts").
    """

    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Capacity:
    """How many interfaces each network card of an instance type holds, primary included."""

    cards: Mapping[int, int]

    def of(self, card: int) -> int:
        """Return the capacity of ``card``; 0 for one that the type does not have."""
        return self.cards.get(card, 0)


def pool_of(interface: Interface, keys: TagKeys) -> TargetName | None:
    """Return the target whose pool ``interface`` is in; None if its tag names no target."""
    try:
        return parse_pool(keys.pool, interface.tags[keys.pool])
    except (BadTagError, KeyError):
        return None


def reservation_of(interface: Interface, keys: TagKeys) -> str:
    """Return the instance id or Name that ``interface`` is reserved for; empty if it is free."""
    return interface.tags.get(keys.reserved_for, "").strip()


def target_of(vpc: Vpc, keys: TagKeys) -> TargetName | None:
    """
    Return the one target that the tag of ``vpc`` names; None if it is absent or malformed.

    That the tag counts is not said: whose VPC it is, is a rule of eligibility.
    """
    try:
        return parse_target(keys.target, vpc.tags[keys.target])
    except (BadTagError, KeyError):
        return None
