"""Which eligible interface an instance gets, and in which slot."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from types import MappingProxyType

from dualhome.domain.ec2 import Capacity, DeviceSlot
from dualhome.domain.errors import NoFreeSlotError, PinTakenError
from dualhome.domain.identifiers import InstanceId, InterfaceId, TargetName
from dualhome.domain.observed import ObservedInterface
from dualhome.domain.planning.eligibility import Candidate, Rejection, why_ineligible
from dualhome.domain.reasons import Reason

CARD = 0
"""The network card we attach to."""

PRIMARY = DeviceSlot(card=0, index=0)

NOT_ASKED = -1
"""The rank of what is left aside because others are reserved for the instance."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The interface to attach, if one may be had, and why every other was skipped."""

    interface: ObservedInterface | None
    rejections: tuple[Rejection, ...]


def choose_interface(
    candidates: Iterable[Candidate],
    held_before: InterfaceId | None,
    refused: Mapping[InterfaceId, datetime] = MappingProxyType({}),
    beyond: InterfaceId | None = None,
) -> Choice:
    """
    Choose among ``candidates``.

    If any of them are reserved for the instance in its zone, it takes from those alone. The one
    held before comes first, then rendezvous order. The order of ``candidates`` does not matter.
    Rendezvous order is the same at each retry and another for each instance, so that a crowd does
    not fight over one interface. What EC2 has ``refused`` comes last, the longest ago first. The
    order goes on ``beyond`` the interface that EC2 refused last: with more of those than a record
    keeps, it would begin with the same ones each time, and never come to the others.
    """
    known = list(candidates)
    reserved = [candidate.interface.id for candidate in known if candidate.reserved]
    verdicts = [(candidate, _rejection(candidate, reserved)) for candidate in known]
    eligible = [candidate for candidate, rejection in verdicts if rejection is None]
    turn = _Turn(held_before, refused, beyond)
    best = min(eligible, key=turn.of, default=None)
    return Choice(
        interface=best.interface if best else None,
        rejections=tuple(rejection for _, rejection in verdicts if rejection),
    )


def rendezvous_weight(instance: InstanceId, target: TargetName, interface: InterfaceId) -> bytes:
    """Return the weight of ``interface`` for this instance and target; the highest wins."""
    return sha256(f"{instance}|{target}|{interface}".encode()).digest()


def lowest_free_slot(taken: Iterable[DeviceSlot], capacity: Capacity) -> DeviceSlot:
    """
    Return the lowest unoccupied slot on network card 0.

    Device indexes count from 0; index 0 is the primary interface's and is never offered.
    ``capacity`` counts interfaces, the primary included.

    Source: EC2 API Reference, AttachNetworkInterface (DeviceIndex, NetworkCardIndex) and
    NetworkCardInfo (MaximumNetworkInterfaces).

    Raises:
        NoFreeSlotError: the card is full.
    """
    occupied = _room_on_card(taken, capacity)
    slots = (DeviceSlot(CARD, index) for index in range(1, capacity.of(CARD)))
    return next(slot for slot in slots if slot not in occupied)


def choose_slot(
    taken: Iterable[DeviceSlot],
    capacity: Capacity,
    pin: int | None,
    preference: int | None,
) -> DeviceSlot:
    """
    Choose a slot on network card 0: the pin, else the preference if free, else the lowest free.

    That EC2 takes a device index at or above the type's number of interfaces is not documented,
    so a pin must be below it.

    Raises:
        PinTakenError: the pinned index is occupied; a preference never raises.
        NoFreeSlotError: the card is full, or the pin lies beyond what the type has.
    """
    occupied = _room_on_card(taken, capacity)
    if pin is not None:
        return _pinned_slot(pin, occupied, capacity)
    if preference is not None and preference < capacity.of(CARD):
        preferred = DeviceSlot(CARD, preference)
        if preferred not in occupied:
            return preferred
    return lowest_free_slot(occupied, capacity)


def principal_rejection(rejections: Sequence[Rejection]) -> Rejection | None:
    """Return the rejection that came closest to eligibility: it says best what is missing."""
    return max(rejections, key=lambda it: (it.rank, it.interface), default=None)


def zones_with(
    interfaces: Iterable[ObservedInterface], rejections: Sequence[Rejection]
) -> list[str]:
    """Return the zones whose interfaces failed by their zone alone, sorted."""
    elsewhere = {it.interface for it in rejections if it.reason is Reason.NO_INTERFACE_IN_ZONE}
    return sorted({interface.zone for interface in interfaces if interface.id in elsewhere})


def _rejection(candidate: Candidate, reserved: Collection[InterfaceId]) -> Rejection | None:
    """Say why ``candidate`` may not be had; beside ``reserved`` ones, no other is named."""
    rejection = why_ineligible(candidate)
    if not reserved or candidate.reserved:
        return rejection
    ours = f"{min(reserved)} is reserved for {candidate.instance.id}"
    alone = Rejection(
        candidate.interface.id, Reason.RESERVED, f"{ours}, which takes no other in this zone"
    )
    return replace(rejection or alone, rank=NOT_ASKED)


@dataclass(frozen=True, slots=True)
class _Turn:
    """In which order candidates are taken."""

    held_before: InterfaceId | None
    refused: Mapping[InterfaceId, datetime]
    beyond: InterfaceId | None

    def of(self, candidate: Candidate) -> tuple[float, bool, bool, int]:
        """Return the turn of ``candidate``; the least comes first."""
        interface = candidate.interface.id
        until = self.refused.get(interface)
        last = until.timestamp() if until else 0.0
        weight = rendezvous_weight(candidate.instance.id, candidate.target, interface)
        passed = self.beyond is not None and weight >= rendezvous_weight(
            candidate.instance.id, candidate.target, self.beyond
        )
        return (last, interface != self.held_before, passed, -int.from_bytes(weight))


def _room_on_card(taken: Iterable[DeviceSlot], capacity: Capacity) -> frozenset[DeviceSlot]:
    occupied = {PRIMARY} | {slot for slot in taken if slot.card == CARD}
    if len(occupied) >= capacity.of(CARD):
        raise NoFreeSlotError(
            f"network card {CARD} holds {len(occupied)} of {capacity.of(CARD)} interfaces"
        )
    return frozenset(occupied)


def _pinned_slot(pin: int, occupied: frozenset[DeviceSlot], capacity: Capacity) -> DeviceSlot:
    if pin >= capacity.of(CARD):
        raise NoFreeSlotError(
            f"device index {pin} is pinned, but the type's highest is {capacity.of(CARD) - 1}"
        )
    slot = DeviceSlot(CARD, pin)
    if slot in occupied:
        raise PinTakenError(f"device index {pin} is pinned, but occupied")
    return slot
