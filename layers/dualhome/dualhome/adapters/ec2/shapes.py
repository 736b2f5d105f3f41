"""EC2's answers as our values, and the filters of its questions."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

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
from dualhome.domain.identifiers import (
    AccountId,
    AttachmentId,
    InstanceId,
    InterfaceId,
    SubnetId,
    VpcId,
    Zone,
    ZoneId,
)

if TYPE_CHECKING:
    from mypy_boto3_ec2.type_defs import (
        InstanceNetworkInterfaceTypeDef,
        InstanceTypeDef,
        InstanceTypeInfoTypeDef,
        NetworkInterfaceTypeDef,
        ReservationTypeDef,
        TagTypeDef,
        VpcTypeDef,
    )

PAGE = 1000
"""Filtered and paginated reads sit in the larger bucket ("Request throttling for the EC2 API")."""


def instances(reservations: "Iterable[ReservationTypeDef]") -> Iterator[Instance]:
    """Read the instances of a page of DescribeInstances."""
    for reservation in reservations:
        for it in reservation.get("Instances", []):
            yield instance(it, reservation.get("OwnerId", ""))


def instance(described: "InstanceTypeDef", owner: str) -> Instance:
    """Read one instance of DescribeInstances; ``owner`` stands on its reservation."""
    placement = described.get("Placement", {})
    interfaces = described.get("NetworkInterfaces", [])
    id_ = InstanceId(described["InstanceId"])
    return Instance(
        id=id_,
        owner=AccountId(owner),
        vpc=VpcId(described.get("VpcId", "")),
        zone=Zone(placement.get("AvailabilityZone", "")),
        zone_id=ZoneId(placement.get("AvailabilityZoneId", "")),
        type=described.get("InstanceType", ""),
        state=InstanceState(described["State"]["Name"]),
        attachments=tuple(_attachments(id_, interfaces)),
        tags=tags(described.get("Tags", [])),
        operator_managed=described.get("Operator", {}).get("Managed", False),
        # An Elastic IP belongs to an account; an automatic address to "amazon".
        automatic_public_ip=any(
            interface.get("Association", {}).get("IpOwnerId") == "amazon"
            for interface in interfaces
        ),
    )


def interface(described: "NetworkInterfaceTypeDef") -> Interface:
    """Read one interface of DescribeNetworkInterfaces; its attachment may be missing."""
    return Interface(
        id=InterfaceId(described["NetworkInterfaceId"]),
        owner=AccountId(described.get("OwnerId", "")),
        vpc=VpcId(described.get("VpcId", "")),
        subnet=SubnetId(described.get("SubnetId", "")),
        zone=Zone(described.get("AvailabilityZone", "")),
        zone_id=ZoneId(described.get("AvailabilityZoneId", "")),
        status=described.get("Status", ""),
        type=described.get("InterfaceType", "interface"),
        requester_managed=described.get("RequesterManaged", False),
        operator_managed=described.get("Operator", {}).get("Managed", False),
        outpost=bool(described.get("OutpostArn")),
        attachment=_attachment(described),
        tags=tags(described.get("TagSet", [])),
        address=described.get("PrivateIpAddress", ""),
    )


def vpc(described: "VpcTypeDef") -> Vpc:
    """Read one VPC of DescribeVpcs with every block that is, or is becoming, associated."""
    blocks = [
        (block.get("CidrBlock", ""), block.get("CidrBlockState", {}))
        for block in described.get("CidrBlockAssociationSet", [])
    ] + [
        (block.get("Ipv6CidrBlock", ""), block.get("Ipv6CidrBlockState", {}))
        for block in described.get("Ipv6CidrBlockAssociationSet", [])
    ]
    live = {cidr for cidr, state in blocks if state.get("State") in {"associating", "associated"}}
    return Vpc(
        id=VpcId(described["VpcId"]),
        owner=AccountId(described.get("OwnerId", "")),
        cidrs=tuple(sorted({described.get("CidrBlock", ""), *live} - {""})),
        tags=tags(described.get("Tags", [])),
    )


def capacity(described: "InstanceTypeInfoTypeDef") -> Capacity | None:
    """
    Read one type of DescribeInstanceTypes; a type without cards has one that holds all.

    None if the description does not say how many.
    """
    network = described.get("NetworkInfo", {})
    cards = {
        card.get("NetworkCardIndex", 0): card.get("MaximumNetworkInterfaces", 0)
        for card in network.get("NetworkCards", [])
    }
    if not cards and "MaximumNetworkInterfaces" in network:
        cards = {0: network["MaximumNetworkInterfaces"]}
    return Capacity(cards) if cards else None


def tags(pairs: "Iterable[TagTypeDef]") -> dict[str, str]:
    """Read a tag list."""
    return {pair.get("Key", ""): pair.get("Value", "") for pair in pairs}


def _attachments(
    instance_id: InstanceId, interfaces: "Iterable[InstanceNetworkInterfaceTypeDef]"
) -> Iterable[SeenAttachment]:
    for it in interfaces:
        if attachment := it.get("Attachment"):
            yield SeenAttachment(
                interface=InterfaceId(it["NetworkInterfaceId"]),
                instance=instance_id,
                slot=DeviceSlot(attachment.get("NetworkCardIndex", 0), attachment["DeviceIndex"]),
                status=AttachmentStatus(attachment["Status"]),
                id=AttachmentId(attachment["AttachmentId"]),
                delete_on_termination=attachment.get("DeleteOnTermination", False),
            )


def _attachment(described: "NetworkInterfaceTypeDef") -> SeenAttachment | None:
    attachment = described.get("Attachment")
    if not attachment or "InstanceId" not in attachment:
        return None
    return SeenAttachment(
        interface=InterfaceId(described["NetworkInterfaceId"]),
        instance=InstanceId(attachment["InstanceId"]),
        slot=DeviceSlot(attachment.get("NetworkCardIndex", 0), attachment.get("DeviceIndex", 0)),
        status=AttachmentStatus(attachment.get("Status", "attached")),
        id=AttachmentId(attachment.get("AttachmentId", "")),
        delete_on_termination=attachment.get("DeleteOnTermination", False),
    )


if TYPE_CHECKING:
    from mypy_boto3_ec2.type_defs import FilterTypeDef

FILTER_VALUES = 200
"""Values one call's filters take (EC2 API Reference, "Filter")."""


def filters(name: str, values: Iterable[str]) -> Iterator["FilterTypeDef"]:
    """Yield filters on ``name`` that together let pass each of ``values``, one for each call."""
    wanted = sorted(values)
    for start in range(0, len(wanted), FILTER_VALUES):
        yield {"Name": name, "Values": wanted[start : start + FILTER_VALUES]}
