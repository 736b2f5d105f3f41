"""The calls that change interfaces."""

from localcloud.ec2.actions import attachments, rules
from localcloud.ec2.api.call import Call, Ec2Error, Reply, success
from localcloud.ec2.state import moto
from localcloud.ec2.state.model import Instance, Interface, Slot
from localcloud.ec2.state.world import World


def attach(world: World, call: Call) -> Reply:
    """Answer AttachNetworkInterface."""
    instance, interface, slot = checked(world, call)
    attachment = attachments.begin_attach(world, instance, interface, slot)
    return success(call.action, attachmentId=attachment, networkCardIndex=str(slot.card))


def checked(world: World, call: Call) -> tuple[Instance, Interface, Slot]:
    """
    Return what is to be attached, to what, and where.

    Raises:
        Ec2Error: EC2 refuses that.
    """
    otherwise = world.alternatives
    instance = rules.known_instance(call.scope, call.required("InstanceId"))
    interface = rules.known_interface(call.scope, call.required("NetworkInterfaceId"))
    slot = Slot(int(call.params.get("NetworkCardIndex", "0")), int(call.required("DeviceIndex")))
    held = attachments.attached_interfaces(instance)
    taken = [eni.attachment.slot for eni in held if eni.attachment]
    rules.own_interface(interface)
    rules.free_interface(interface, otherwise)
    rules.same_owner(interface, instance.owner_id)
    rules.same_zone(interface.subnet, instance.availability_zone)
    rules.settled_instance(instance, otherwise, hibernated=instance.id in world.hibernated)
    rules.known_card(instance.instance_type, slot.card, otherwise)
    rules.free_slot(instance, {*taken, *world.blocked.get(instance.id, ())}, slot, otherwise)
    rules.index_in_range(instance.instance_type, slot, otherwise)
    count = 1 + sum(other.card == slot.card for other in taken)
    rules.within_limit(instance.instance_type, slot.card, count)
    rules.within_address_limit(instance.instance_type, interface, otherwise)
    return instance, interface, slot


def detach(world: World, call: Call) -> Reply:
    """Answer DetachNetworkInterface; asking again while it is `detaching` changes nothing."""
    attachment_id = call.required("AttachmentId")
    if world.alternatives.detach_of_gone_is_an_incorrect_state:
        rules.attached(call.scope, attachment_id)
    interface = rules.known_attachment(call.scope, attachment_id)
    rules.own_interface(interface)
    rules.detachable(interface)
    if world.alternatives.repeated_detach_is_refused:
        rules.not_detaching(interface)
    force = call.params.get("Force", "").lower() == "true"
    attachments.begin_detach(world, interface, force=force)
    return success(call.action)


def create(world: World, call: Call) -> Reply:
    """Answer CreateNetworkInterface; moto would give any address, even one that is taken."""
    subnet = moto.find_subnet(call.scope, call.required("SubnetId"))
    if subnet is None:
        return moto.forward(call)
    if world.alternatives.groups_are_required:
        call.required("SecurityGroupId.1")
    groups = call.items("SecurityGroupId")
    rules.groups_of_vpc(call.scope, groups, subnet.vpc_id, world.alternatives)
    if call.groups("PrivateIpAddresses"):
        return moto.forward(call)
    address = call.params.get("PrivateIpAddress")
    if address:
        rules.free_address(call.scope, subnet, address)
        subnet.request_ip(address, None)
    else:
        address = rules.next_address(subnet)
    return moto.forward(call.adding(PrivateIpAddress=address))


def delete(_world: World, call: Call) -> Reply:
    """Answer DeleteNetworkInterface."""
    interface = rules.known_interface(call.scope, call.required("NetworkInterfaceId"))
    rules.own_interface(interface)
    rules.deletable(interface)
    attachments.delete(call.scope, interface)
    return success(call.action)


def modify_attribute(world: World, call: Call) -> Reply:
    """Answer ModifyNetworkInterfaceAttribute; moto ignores its Attachment."""
    interface = rules.known_interface(call.scope, call.required("NetworkInterfaceId"))
    rules.own_interface(interface)
    vpc, groups = interface.subnet.vpc_id, call.items("SecurityGroupId")
    rules.groups_of_vpc(call.scope, groups, vpc, world.alternatives)
    attachment_id = call.params.get("Attachment.AttachmentId")
    if attachment_id is None:
        return moto.forward(call)
    attachment = rules.known_attachment(call.scope, attachment_id).attachment
    if attachment is None or attachment is not interface.attachment:
        message = f"Attachment '{attachment_id}' is not of interface '{interface.id}'"
        raise Ec2Error("InvalidAttachmentID.NotFound", message)
    wanted = call.params.get("Attachment.DeleteOnTermination")
    if wanted is not None:
        attachment.delete_on_termination = wanted.lower() == "true"
    return success(call.action)
