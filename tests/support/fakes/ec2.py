"""An EC2 in memory: instances, interfaces, VPCs and what connects them, under EC2's rules."""

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from typing import TypeVar

from dualhome.domain.ec2 import (
    AttachmentStatus,
    Capacity,
    DeviceSlot,
    Instance,
    InstanceState,
    Interface,
    SeenAttachment,
    Vpc,
)
from dualhome.domain.errors import (
    AttachmentLimitError,
    InstanceGoneError,
    InstanceStateError,
    InterfaceGoneError,
    InterfaceInUseError,
    InterfaceRefusedError,
    SlotTakenError,
    UnexpectedAwsError,
)
from dualhome.domain.identifiers import AttachmentId, InstanceId, InterfaceId, VpcId
from tests.support.fakes.call_log import Calls
from tests.support.fakes.clock import FakeClock


def check_attach(
    instance: Instance | None,
    interface: Interface | None,
    ids: tuple[InstanceId, InterfaceId],
    slot: DeviceSlot,
    types: Mapping[str, Capacity],
) -> None:
    """
    Let pass what EC2 accepts.

    Source: EC2 API Reference, "Error codes", and AttachNetworkInterface.

    Raises:
        DualhomeError: as the domain sorts EC2's codes.
    """
    if instance is None:
        raise InstanceGoneError(
            f"The instance ID '{ids[0]}' does not exist", code="InvalidInstanceID.NotFound"
        )
    if interface is None:
        raise InterfaceGoneError(
            f"The networkInterface ID '{ids[1]}' does not exist",
            code="InvalidNetworkInterfaceID.NotFound",
        )
    _check_interface(interface)
    _check_pair(instance, interface)
    _check_state(instance)
    _check_slot(instance, slot, types.get(instance.type, Capacity({})))


def check_free(
    interface: InterfaceId, slot: DeviceSlot, jammed: AbstractSet[InterfaceId | DeviceSlot]
) -> None:
    """Refuse what is ``jammed``, whatever else shows. Raises: DualhomeError."""
    if interface in jammed:
        raise InterfaceInUseError(
            f"Interface: [{interface}] in use.", code="InvalidNetworkInterface.InUse"
        )
    if slot in jammed:
        raise SlotTakenError(
            f"Instance already has an interface attached at device index '{slot.index}'.",
            code="InvalidParameterValue",
        )


def check_allowed(interface: InterfaceId, barred: AbstractSet[InterfaceId]) -> None:
    """Refuse what is ``barred``, for good. Raises: DualhomeError."""
    if interface in barred:
        raise InterfaceRefusedError(
            f"The interface '{interface}' has more addresses than the type allows.",
            code="PrivateIpAddressLimitExceeded",
        )


def _check_state(instance: Instance) -> None:
    if instance.state not in {InstanceState.RUNNING, InstanceState.STOPPED}:
        raise InstanceStateError(
            f"Instance '{instance.id}' is not 'running' or 'stopped'", code="IncorrectState"
        )


def _check_pair(instance: Instance, interface: Interface) -> None:
    if instance.owner != interface.owner:
        raise UnexpectedAwsError(
            "You may not attach a network interface to an instance of another account",
            code="OperationNotPermitted",
        )
    if instance.zone != interface.zone:
        raise UnexpectedAwsError(
            "You may not attach a network interface to an instance if they are not in the same"
            " availability zone",
            code="InvalidParameterCombination",
        )


def _check_interface(interface: Interface) -> None:
    if interface.requester_managed:
        raise UnexpectedAwsError(
            "You are not allowed to manage 'ela-attach' attachments.", code="OperationNotPermitted"
        )
    if interface.status != "available":
        raise InterfaceInUseError(
            f"Interface: [{interface.id}] in use.", code="InvalidNetworkInterface.InUse"
        )


def _check_slot(instance: Instance, slot: DeviceSlot, capacity: Capacity) -> None:
    if slot.card not in capacity.cards:
        raise UnexpectedAwsError(
            f"{instance.type} has no network card {slot.card}", code="InvalidParameterValue"
        )
    if slot in instance.occupied():
        raise SlotTakenError(
            f"Instance '{instance.id}' already has an interface attached at device index"
            f" '{slot.index}'.",
            code="InvalidParameterValue",
        )
    there = sum(taken.card == slot.card for taken in instance.occupied())
    if there >= capacity.of(slot.card):
        raise AttachmentLimitError(
            f"Interface count {there + 1} exceeds the limit for {instance.type}",
            code="AttachmentLimitExceeded",
        )


Id = TypeVar("Id", bound=str)
Tagged = TypeVar("Tagged", Instance, Interface, Vpc)

TYPES = {
    "t3.micro": Capacity({0: 2}),
    "t3.medium": Capacity({0: 3}),
    "c5.4xlarge": Capacity({0: 8}),
    "p4d.24xlarge": Capacity({0: 15, 1: 15, 2: 15, 3: 15}),
}
"""From DescribeInstanceTypes, NetworkInfo."""


@dataclass(frozen=True, slots=True)
class Wire:
    """An attachment and the moments of its changes."""

    seen: SeenAttachment
    attached_at: datetime
    detached_at: datetime | None = None

    def at(self, now: datetime) -> SeenAttachment | None:
        """Return how the attachment looks at ``now``; None if it is over."""
        if self.detached_at and now >= self.detached_at:
            return None
        there = now >= self.attached_at
        status = AttachmentStatus.ATTACHED if there else AttachmentStatus.ATTACHING
        return replace(self.seen, status=AttachmentStatus.DETACHING if self.detached_at else status)


@dataclass(slots=True)
class InMemoryEc2:
    """The world behind the ports; what people and other programs do to it is not counted."""

    clock: FakeClock = field(default_factory=FakeClock)
    calls: Calls = field(default_factory=Calls)
    attach_seconds: float = 0
    detach_seconds: float = 0
    types: Mapping[str, Capacity] = field(default_factory=lambda: TYPES)
    vpcs: dict[VpcId, Vpc] = field(default_factory=dict)
    lagging: set[str] = field(default_factory=set)
    """Reads that show nothing yet of what was attached by a call."""
    untagged: set[str] = field(default_factory=set)
    """Ids of resources that lists show without their tags."""
    unlisted: set[str] = field(default_factory=set)
    """Ids of resources that lists do not show."""
    jammed: set[InterfaceId | DeviceSlot] = field(default_factory=set)
    """What EC2 says is taken when one asks for it, although it shows it free."""
    barred: set[InterfaceId] = field(default_factory=set)
    """What EC2 refuses to attach for good, wherever."""
    _instances: dict[InstanceId, Instance] = field(default_factory=dict)
    _interfaces: dict[InterfaceId, Interface] = field(default_factory=dict)
    _wires: dict[InterfaceId, Wire] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def add(self, *things: Instance | Interface | Vpc) -> None:
        """Let ``things`` exist; an instance brings its attachments, all of them complete."""
        for thing in things:
            match thing:
                case Instance():
                    self._instances[thing.id] = replace(thing, attachments=())
                    wires = (Wire(seen, self.clock()) for seen in thing.attachments)
                    self._wires.update({wire.seen.interface: wire for wire in wires})
                case Interface():
                    self._interfaces[thing.id] = replace(thing, attachment=None)
                case Vpc():
                    self.vpcs[thing.id] = thing

    def listed(self, read: str, things: Iterable[Tagged]) -> Iterator[Tagged]:
        """Yield ``things`` as the list that ``read`` returns shows them."""
        for thing in things:
            if thing.id not in self.unlisted:
                shown = replace(thing, tags={}) if thing.id in self.untagged else thing
                yield self.as_read(read, shown)

    def as_read(self, read: str, resource: Tagged) -> Tagged:
        """Return what ``read`` shows of ``it``, if it lags behind."""
        match resource:
            case _ if read not in self.lagging:
                return resource
            case Instance():
                return replace(resource, attachments=tuple(_primary(resource)))
            case Vpc():
                return resource
            case Interface():
                return replace(resource, attachment=None, status="available")

    def instance(self, id_: InstanceId) -> Instance | None:
        """Return the instance as EC2 shows it now."""
        if found := self._instances.get(id_):
            wires = (wire for wire in self._wires.values() if wire.seen.instance == id_)
            here = (seen for wire in wires if (seen := wire.at(self.clock())))
            return replace(found, attachments=tuple(here))
        return None

    def interface(self, id_: InterfaceId) -> Interface | None:
        """Return the interface as EC2 shows it now."""
        found, wire = self._interfaces.get(id_), self._wires.get(id_)
        seen = wire.at(self.clock()) if wire else None
        if found is None or seen is None:
            return found
        return replace(found, status=_interface_status(seen.status), attachment=seen)

    def interfaces(self) -> tuple[Interface, ...]:
        """Return every interface, but for the instances' primary ones."""
        return tuple(shown for id_ in self._interfaces if (shown := self.interface(id_)))

    def attach(
        self, instance: InstanceId, interface: InterfaceId, slot: DeviceSlot
    ) -> AttachmentId:
        """Attach as anybody may; raises as EC2 refuses."""
        there = self.instance(instance)
        check_free(interface, slot, self.jammed)
        check_allowed(interface, self.barred)
        check_attach(there, self.interface(interface), (instance, interface), slot, self.types)
        id_ = AttachmentId(f"eni-attach-{next(self._numbers):017x}")
        seen = SeenAttachment(interface, instance, slot, AttachmentStatus.ATTACHING, id_)
        done = self.clock() + timedelta(seconds=self.attach_seconds)
        self._wires[interface] = Wire(seen, attached_at=done)
        return id_

    def detach(self, interface: InterfaceId, *, force: bool = False) -> None:
        """Detach ``interface``, as an operator at the console does; by force, at once."""
        done = self.clock() + timedelta(seconds=0 if force else self.detach_seconds)
        self._wires[interface] = replace(self._wires[interface], detached_at=done)

    def delete(self, interface: InterfaceId) -> None:
        """Delete ``interface``; one in use is not deleted."""
        wire = self._wires.get(interface)
        if wire and wire.at(self.clock()):
            raise InterfaceInUseError(f"{interface} is currently in use.")
        del self._interfaces[interface]

    def put_state(self, instance: InstanceId, state: InstanceState) -> None:
        """Let ``instance`` be in ``state``; a terminated one releases its interfaces."""
        self._instances[instance] = replace(self._instances[instance], state=state)
        if state is InstanceState.TERMINATED:
            for id_, wire in list(self._wires.items()):
                if wire.seen.instance == instance:
                    del self._wires[id_]
                    if wire.seen.delete_on_termination:
                        self._interfaces.pop(id_, None)

    def delete_with_instance(self, interface: InterfaceId, *, on: bool) -> None:
        """Set an attachment's ``DeleteOnTermination``, as ModifyNetworkInterfaceAttribute does."""
        wire = self._wires[interface]
        seen = replace(wire.seen, delete_on_termination=on)
        self._wires[interface] = replace(wire, seen=seen)

    def forget(self, instance: InstanceId) -> None:
        """Let a terminated ``instance`` disappear, as EC2 does after about an hour."""
        self.put_state(instance, InstanceState.TERMINATED)
        del self._instances[instance]

    def tag(self, resource: str, tags: Mapping[str, str | None]) -> None:
        """Set ``tags``; None removes one. A resource that is gone is skipped."""
        _retag(self._instances, resource, tags)
        _retag(self._interfaces, resource, tags)
        _retag(self.vpcs, resource, tags)

    def tags_of(self, resource: str) -> Mapping[str, str]:
        """Return the tags of a resource; none of one that is gone."""
        known: list[Instance | Interface | Vpc] = [
            *self._instances.values(),
            *self._interfaces.values(),
            *self.vpcs.values(),
        ]
        return next((it.tags for it in known if it.id == resource), {})


def _primary(instance: Instance) -> Iterator[SeenAttachment]:
    return (seen for seen in instance.attachments if seen.slot.index == 0)


def _interface_status(status: AttachmentStatus) -> str:
    """Return EC2's ``NetworkInterfaceStatus``: a detaching interface is not in use any more."""
    return "detaching" if status is AttachmentStatus.DETACHING else "in-use"


def _retag(shelf: dict[Id, Tagged], resource: str, tags: Mapping[str, str | None]) -> None:
    for id_, known in shelf.items():
        if id_ == resource:
            merged = {**known.tags, **tags}
            kept = {key: value for key, value in merged.items() if value is not None}
            shelf[id_] = replace(known, tags=kept)
