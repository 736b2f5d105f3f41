"""When EC2 refuses to attach an interface, with its own codes and words."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet

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
from dualhome.domain.identifiers import InstanceId, InterfaceId
from dualhome.domain.network import Capacity, DeviceSlot, Instance, InstanceState, Interface


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
