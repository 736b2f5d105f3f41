"""Interfaces come onto instances and leave them; both take time."""

import math
from collections.abc import Callable
from datetime import UTC, datetime

from localcloud.ec2.api.call import Scope
from localcloud.ec2.state import moto
from localcloud.ec2.state.model import Attachment, Instance, Interface, Slot
from localcloud.ec2.state.world import World

SLOTS_PER_CARD = 1000


def begin_attach(world: World, instance: Instance, eni: Interface, slot: Slot) -> str:
    """Put an interface on an instance; it is `attaching` for a while. Return the attachment id."""
    clock, seconds = world.timeline.clock, _seconds_attaching(world, instance)
    attachment = _attachment(instance, slot, clock() + seconds, clock)
    attachment.delete_on_termination = world.alternatives.attached_is_deleted_on_termination
    eni.attachment = attachment
    _place(instance, eni, slot)

    def plug() -> None:
        attachment.plugged = True

    if seconds < math.inf:
        world.timeline.after(seconds, plug)
    return attachment.attachment_id


def _seconds_attaching(world: World, instance: Instance) -> float:
    if instance.instance_state.name == "stopped":
        if world.alternatives.stopped_is_attached_at_once:
            return 0
        if world.alternatives.stopped_stays_attaching:
            return math.inf
    return world.settings.attach_seconds


def attach_at_launch(world: World, instance: Instance, eni: Interface, index: int) -> str:
    """Put an interface on an instance that is being launched; `attaching` while `pending`."""
    spec, clock = world.launching[index], world.timeline.clock
    slot = Slot(spec.network_card_index, index)
    eni.attachment = _attachment(instance, slot, clock() + world.settings.instance_seconds, clock)
    eni.attachment.delete_on_termination = spec.delete_on_termination
    eni.attachment.plugged = True  # the instance boots with it
    # moto would delete it at once; here ``release`` decides, when the instance has terminated.
    eni.delete_on_termination = False
    if slot == Slot(0, 0):
        instance.placement.availability_zone_id = eni.subnet.availability_zone_id
    _place(instance, eni, slot)
    return eni.attachment.attachment_id


def _attachment(
    instance: Instance, slot: Slot, attached_at: float, clock: Callable[[], float]
) -> Attachment:
    return Attachment(
        attachment_id=moto.new_attachment_id(),
        attach_time=datetime.now(UTC),
        device_index=slot.index,
        network_card_index=slot.card,
        instance_id=instance.id,
        instance_owner_id=instance.owner_id,
        delete_on_termination=False,
        attached_at=attached_at,
        clock=clock,
        plugged=False,
    )


def _place(instance: Instance, eni: Interface, slot: Slot) -> None:
    instance.nics[_key(slot)] = eni
    eni.instance, eni.device_index, eni.status = instance, slot.index, "in-use"


def _key(slot: Slot) -> int:
    """Return the key of a slot in moto's ``nics``, where the primary interface must be 0."""
    return slot.card * SLOTS_PER_CARD + slot.index


def begin_detach(world: World, eni: Interface, *, force: bool) -> None:
    """Take an interface off its instance; it is `detaching` for a while unless forced."""
    attachment = eni.attachment
    if attachment is None or (attachment.detaching and not force):
        return
    attachment.detaching = True
    if force and world.alternatives.forced_index_is_blocked:
        world.blocked.setdefault(attachment.instance_id, set()).add(attachment.slot)

    def finish() -> None:
        if eni.attachment is attachment:
            world.history.note(eni)
            free(eni)

    world.timeline.after(0 if force else world.settings.detach_seconds, finish)


def free(eni: Interface) -> None:
    """Make an interface `available`."""
    if eni.instance and eni.attachment:
        eni.instance.nics.pop(_key(eni.attachment.slot), None)
    eni.instance, eni.attachment, eni.device_index = None, None, None
    eni.status = "available"


def release(scope: Scope, instance: Instance) -> None:
    """
    Free the interfaces of an instance that has terminated, or delete them as they say.

    Source: EC2 User Guide, "Elastic network interfaces" (termination behaviour).
    """
    primary = instance.nics[0]
    for eni in attached_interfaces(instance):
        doomed = eni.attachment and eni.attachment.delete_on_termination
        free(eni)
        if doomed:
            delete(scope, eni)
    instance.nics[0] = primary  # moto describes an instance by its primary interface


def delete(scope: Scope, eni: Interface) -> None:
    """Remove an interface with its tags and give its address back to its subnet."""
    moto.backend(scope).enis.pop(eni.id, None)
    moto.forget_tags(scope, eni.id)
    eni.subnet.del_subnet_ip(eni.private_ip_address)


def attached_interfaces(instance: Instance) -> list[Interface]:
    """Return the interfaces on an instance, each once, whatever their attachment's status."""
    return [
        eni
        for eni in instance.nics.values()
        if eni.attachment and eni.attachment.instance_id == instance.id
    ]
