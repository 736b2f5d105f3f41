"""What EC2 shows: status tags, and interfaces on instances."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client

STATUS = "dualhome-status"

StatusTags = Mapping[str, str]
"""Values by instance and interface."""


@dataclass(frozen=True)
class Shown:
    """An interface on an instance; ``where`` has its status, device index and zone."""

    address: str
    where: str


def status_tags(ec2: "EC2Client") -> StatusTags:
    """Return every status tag there is."""
    found = ec2.describe_tags(Filters=[{"Name": "key", "Values": [STATUS]}])["Tags"]
    return {tag["ResourceId"]: tag["Value"] for tag in found}


def tags_show(tags: StatusTags, instance: str, states: Mapping[str, str]) -> bool:
    """Return whether tags show ``states`` by target, on ``instance`` and its interfaces."""
    words = [word.partition("=") for word in tags.get(instance, "").split()]
    parts = {target: rest.partition(":") for target, _, rest in words}
    held = [where.partition("@")[0] for state, _, where in parts.values() if "@" in where]
    return {target: state for target, (state, _, _) in parts.items()} == states and all(
        tags.get(interface) == tags[instance] for interface in held
    )


def interfaces(ec2: "EC2Client", instance: str) -> dict[str, Shown]:
    """Return what is on ``instance`` beyond its own interface, by device index."""
    shown = ec2.describe_network_interfaces(
        Filters=[{"Name": "attachment.instance-id", "Values": [instance]}]
    )["NetworkInterfaces"]
    beyond = [it for it in shown if it["Attachment"]["DeviceIndex"]]
    return {
        it["NetworkInterfaceId"]: Shown(
            it["PrivateIpAddress"],
            place(
                it["Attachment"]["Status"], it["Attachment"]["DeviceIndex"], it["AvailabilityZone"]
            ),
        )
        for it in sorted(beyond, key=lambda it: it["Attachment"]["DeviceIndex"])
    }


def place(state: object, index: object, zone: object) -> str:
    """Return where an interface is, in words."""
    return f"{state} at index {index}, {zone}"


def is_free(ec2: "EC2Client", interface: str) -> bool:
    """Return whether ``interface`` is `available`."""
    (it,) = ec2.describe_network_interfaces(NetworkInterfaceIds=[interface])["NetworkInterfaces"]
    return it["Status"] == "available"
