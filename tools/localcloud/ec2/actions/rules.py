"""
EC2's rules on interfaces, networks and tags, one function each; moto checks none of them.

The titles cited are of AWS documentation pages. Where AWS documents no code or text, the
docstring says so.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from ipaddress import ip_address

from localcloud.ec2.api.call import Ec2Error, Scope
from localcloud.ec2.state import moto
from localcloud.ec2.state.model import Instance, Interface, SecurityGroup, Slot, Subnet
from localcloud.server.alternatives import Alternatives

ATTACHABLE = {"running", "stopped"}
ID = re.compile(r"[0-9a-f]{8}([0-9a-f]{9})?")

# EC2 User Guide, "Tag your Amazon EC2 resources" (tag restrictions).
TAGS, KEY_CHARACTERS, VALUE_CHARACTERS = 50, 128, 256
RESERVED = "aws:"


def known_instance(scope: Scope, instance_id: str) -> Instance:
    """Source: "Error codes for the Amazon EC2 API", InvalidInstanceID.NotFound."""
    if instance := moto.backend(scope).get_instance_by_id(instance_id):
        return instance
    message = f"The instance ID '{instance_id}' does not exist"
    raise Ec2Error("InvalidInstanceID.NotFound", message)


def known_interface(scope: Scope, interface_id: str) -> Interface:
    """Source: "Error codes …", InvalidNetworkInterfaceID.NotFound and …Id.Malformed."""
    if not ID.fullmatch(interface_id.removeprefix("eni-")):
        message = f'Invalid id: "{interface_id}" (expecting "eni-...")'
        raise Ec2Error("InvalidNetworkInterfaceId.Malformed", message)
    if interface := moto.backend(scope).enis.get(interface_id):
        return interface
    message = f"The networkInterface ID '{interface_id}' does not exist"
    raise Ec2Error("InvalidNetworkInterfaceID.NotFound", message)


def known_attachment(scope: Scope, attachment_id: str) -> Interface:
    """Source: "Error codes …", InvalidAttachmentID.NotFound (volumes have another code)."""
    if interface := moto.find_attachment(scope, attachment_id):
        return interface
    message = f"The network interface attachment ID '{attachment_id}' does not exist"
    raise Ec2Error("InvalidAttachmentID.NotFound", message)


def known_resources(scope: Scope, ids: Iterable[str]) -> None:
    """Check instances and interfaces; of the rest moto knows which exist."""
    for name in ids:
        match moto.resource_kind(name):
            case "instance":
                known_instance(scope, name)
            case "network-interface":
                known_interface(scope, name)


def same_zone(subnet: Subnet, zone: str) -> None:
    """Source: "Scenarios for network interfaces" (same Availability Zone)."""
    if subnet.availability_zone != zone:
        raise Ec2Error(
            "InvalidParameterCombination",
            "You may not attach a network interface to an instance "
            "if they are not in the same availability zone",
        )


def same_owner(interface: Interface, owner: str) -> None:
    """Source: "Scenarios for network interfaces" (same account). Code and text: undocumented."""
    if interface.owner_id != owner:
        raise Ec2Error(
            "OperationNotPermitted",
            "You may not attach a network interface to an instance of another account",
        )


def free_interface(interface: Interface, otherwise: Alternatives) -> None:
    """Source: "Error codes …", InvalidNetworkInterface.InUse."""
    code = "InvalidNetworkInterface.InUse"
    if otherwise.in_use_is_an_incorrect_state:
        code = "IncorrectState"
    if interface.attachment:
        raise Ec2Error(code, f"Interface: [{interface.id}] in use.")


def settled_instance(instance: Instance, otherwise: Alternatives, *, hibernated: bool) -> None:
    """Source: "Error codes …", IncorrectState. The text is undocumented."""
    code = "IncorrectState"
    if otherwise.unsettled_is_an_unsupported_operation:
        code = "UnsupportedOperation"
    asleep = hibernated and otherwise.hibernated_is_refused
    if asleep or instance.instance_state.name not in ATTACHABLE:
        raise Ec2Error(code, f"Instance '{instance.id}' is not 'running' or 'stopped'")


def able_to_hibernate(instances: Iterable[Instance]) -> None:
    """Source: "Error codes …", UnsupportedHibernationConfiguration; the text is as reported."""
    for instance in instances:
        if str(instance.hibernation_options.get("Configured")).lower() != "true":
            message = "The instance can't be hibernated because it was not configured at launch"
            raise Ec2Error(
                "UnsupportedHibernationConfiguration", f"{message} for hibernation: {instance.id}"
            )


def own_interface(interface: Interface) -> None:
    """Source: "Requester-managed network interfaces", "Amazon EC2 managed instances"."""
    operator = getattr(interface, "operator", None) or {}
    if interface.requester_managed or operator.get("Managed"):
        message = "You are not allowed to manage 'ela-attach' attachments."
        raise Ec2Error("OperationNotPermitted", message)


def free_slot(
    instance: Instance, taken: Collection[Slot], slot: Slot, otherwise: Alternatives
) -> None:
    """
    Source: AttachNetworkInterface (DeviceIndex); index 0 belongs to the primary interface.

    The text is as reported; AWS documents none.
    """
    if slot not in taken:
        return
    reported = f"already has an interface attached at device index '{slot.index}'."
    other = f"has no room at index {slot.index}."
    text = other if otherwise.taken_index_has_another_text else reported
    raise Ec2Error("InvalidParameterValue", f"Instance '{instance.id}' {text}")


def index_in_range(instance_type: str, slot: Slot, otherwise: Alternatives) -> None:
    """AWS documents no upper bound of DeviceIndex: there is none here, but for alternatives."""
    cards = moto.network_cards(instance_type)
    beyond_count = cards is not None and slot.index >= cards[slot.card]
    beyond_31 = slot.index > 31  # noqa: PLR2004 - the bound of an EC2-compatible cloud
    if (otherwise.index_ends_at_the_count and beyond_count) or (
        otherwise.index_ends_at_31 and beyond_31
    ):
        message = f"Value ({slot.index}) for parameter deviceIndex is invalid."
        raise Ec2Error("InvalidParameterValue", message)


def known_card(instance_type: str, card: int, otherwise: Alternatives) -> None:
    """Source: "Elastic network interfaces" (network cards). Code and text: undocumented."""
    code = "InvalidParameterValue"
    if otherwise.missing_card_is_an_unsupported_operation:
        code = "UnsupportedOperation"
    cards = moto.network_cards(instance_type)
    if cards is not None and not 0 <= card < len(cards):
        message = f"Network card index {card} is not valid for instance type {instance_type}"
        raise Ec2Error(code, message)


def within_limit(instance_type: str, card: int, count: int) -> None:
    """Source: "Maximum IP addresses per network interface"; NetworkCardInfo for each card."""
    cards = moto.network_cards(instance_type)
    if cards is not None and count > cards[card]:
        message = f"Interface count {count} exceeds the limit for {instance_type}"
        raise Ec2Error("AttachmentLimitExceeded", message)


def attached(scope: Scope, attachment_id: str) -> None:
    """Refuse what is not attached as the alternative to `known_attachment` does."""
    if moto.find_attachment(scope, attachment_id) is None:
        raise Ec2Error("IncorrectState", f"'{attachment_id}' is not 'attached'")


def not_detaching(interface: Interface) -> None:
    """Refuse a second detach as the alternative to its success does."""
    if interface.attachment and interface.attachment.detaching:
        message = f"'{interface.attachment.attachment_id}' is not 'attached'"
        raise Ec2Error("IncorrectState", message)


def within_address_limit(
    instance_type: str, interface: Interface, alternatives: Alternatives
) -> None:
    """Source: "Error codes …", PrivateIpAddressLimitExceeded; NetworkInfo. The text is a guess."""
    most = moto.addresses_per_interface(instance_type)
    count = len(interface.private_ip_addresses)
    if most is not None and count > most:
        code = "PrivateIpAddressLimitExceeded"
        if alternatives.many_addresses_are_an_incorrect_state:
            code = "IncorrectState"
        message = f"Number of private addresses {count} exceeds the limit of {instance_type}"
        raise Ec2Error(code, message)


def detachable(interface: Interface) -> None:
    """Source: "Elastic network interfaces" (the primary interface cannot be detached)."""
    if interface.attachment and interface.attachment.slot == Slot(0, 0):
        raise Ec2Error(
            "OperationNotPermitted",
            "The network interface at device index 0 and networkCard index 0 cannot be detached.",
        )


def deletable(interface: Interface) -> None:
    """Source: DeleteNetworkInterface ("You must detach the network interface before")."""
    if interface.attachment:
        message = f"Network interface '{interface.id}' is currently in use."
        raise Ec2Error("InvalidParameterValue", message)


def groups_of_vpc(scope: Scope, groups: Iterable[str], vpc: str, otherwise: Alternatives) -> None:
    """
    Source: ModifyNetworkInterfaceAttribute and "Error codes …", InvalidGroup.NotFound.

    The text is AWS's for launches and rules; that these calls use it is undocumented.
    """
    code = "InvalidGroup.NotFound"
    if otherwise.foreign_group_is_an_invalid_parameter:
        code = "InvalidParameterValue"
    for group in groups:
        known = moto.backend(scope).get_security_group_from_id(group)
        if known is None:
            raise Ec2Error("InvalidGroup.NotFound", f"The security group '{group}' does not exist")
        if known.vpc_id != vpc:
            message = "You have specified two resources that belong to different networks."
            raise Ec2Error(code, message)


def launch_groups_of_vpc(scope: Scope, groups: Iterable[str], subnet: Subnet) -> None:
    """Source: "Error codes …", InvalidParameter, with RunInstances' own text."""
    for group in groups:
        known = moto.backend(scope).get_security_group_from_id(group)
        if known and known.vpc_id != subnet.vpc_id:
            message = f"Security group {group} and subnet {subnet.id} belong to different networks."
            raise Ec2Error("InvalidParameter", message)


def free_address(scope: Scope, subnet: Subnet, address: str) -> None:
    """Source: "Error codes …", InvalidIPAddress.InUse. The other text is undocumented."""
    if ip_address(address) not in subnet.cidr:
        message = f"Address {address} does not fall within the subnet's address range"
        raise Ec2Error("InvalidParameterValue", message)
    for other in moto.backend(scope).enis.values():
        if other.subnet.id == subnet.id and other.private_ip_address == address:
            raise Ec2Error("InvalidIPAddress.InUse", "The specified address is already in use.")


def next_address(subnet: Subnet) -> str:
    """Source: "Error codes …", InsufficientFreeAddressesInSubnet."""
    try:
        return subnet.get_available_subnet_ip(None)
    except StopIteration:
        message = f"There are not enough free addresses in subnet '{subnet.id}'"
        raise Ec2Error("InsufficientFreeAddressesInSubnet", message) from None


def empty_subnet(scope: Scope, subnet_id: str) -> None:
    """Source: DeleteSubnet ("You must terminate all running instances …"), DependencyViolation."""
    if any(eni.subnet.id == subnet_id for eni in moto.backend(scope).enis.values()):
        message = f"The subnet '{subnet_id}' has dependencies and cannot be deleted."
        raise Ec2Error("DependencyViolation", message)


def empty_vpc(scope: Scope, vpc_id: str) -> None:
    """Source: DeleteVpc ("You must detach or delete all gateways and resources …")."""
    backend = moto.backend(scope)
    groups = [one for one in backend.groups.get(vpc_id, {}).values() if one.name != "default"]
    gateways = [
        one for one in backend.internet_gateways.values() if one.vpc and one.vpc.id == vpc_id
    ]
    subnets = [
        one for zone in backend.subnets.values() for one in zone.values() if one.vpc_id == vpc_id
    ]
    if groups or gateways or subnets:
        message = f"The vpc '{vpc_id}' has dependencies and cannot be deleted."
        raise Ec2Error("DependencyViolation", message)


def unused_group(scope: Scope, group: SecurityGroup) -> None:
    """
    Source: DeleteSecurityGroup ("can't delete a default security group", DependencyViolation).

    A group is used by the interfaces that have it, and by the rules of other groups.
    """
    if group.name == "default":
        message = f'the specified group: "{group.id}" name: "default" cannot be deleted by a user'
        raise Ec2Error("CannotDelete", message)
    backend = moto.backend(scope)
    interfaces = (one.id for eni in backend.enis.values() for one in eni.group_set)
    others = (one for vpc in backend.groups.values() for one in vpc.values() if one is not group)
    rules = (rule for one in others for rule in (*one.ingress_rules, *one.egress_rules))
    sources = (rule.source_group.get("GroupId") for rule in rules)
    if group.id in {*interfaces, *sources}:
        message = f"resource {group.id} has a dependent object"
        raise Ec2Error("DependencyViolation", message)


def own_tag_keys(keys: Iterable[str]) -> None:
    """Source: "Tag your Amazon EC2 resources" (`aws:`); text as reported of CreateTags."""
    for key in keys:
        if key.startswith(RESERVED):
            message = f"Value ( {key} ) for parameter key is invalid. "
            message += f"Tag keys starting with '{RESERVED}' are reserved for internal use"
            raise Ec2Error("InvalidParameterValue", message)


def fitting_tags(tags: Mapping[str, str], otherwise: Alternatives) -> None:
    """
    Source: "Tag your Amazon EC2 resources" (tag restrictions).

    The code is undocumented. The text is as reported of values; of keys it is a guess.
    """
    code = "InvalidParameterValue"
    if otherwise.long_tag_is_an_unsupported_operation:
        code = "UnsupportedOperation"
    for key, value in tags.items():
        for what, text, most in (("key", key, KEY_CHARACTERS), ("value", value, VALUE_CHARACTERS)):
            if len(text) > most:
                message = f"Tag {what} exceeds the maximum length of {most} characters"
                raise Ec2Error(code, message)


def room_for_tags(keys: Iterable[str]) -> None:
    """
    Check the keys that a resource would have; those of AWS do not count.

    Source: "Error codes …", TagLimitExceeded; the text is moto's, AWS documents none.
    """
    if sum(not key.startswith(RESERVED) for key in set(keys)) > TAGS:
        message = "The maximum number of Tags for a resource has been reached."
        raise Ec2Error("TagLimitExceeded", message)
