"""Switching the local EC2 to what it may do otherwise."""

from typing import Any

from botocore.exceptions import ClientError

from tests.integration.localcloud.cloud import Lab

HOURS = 36_000.0


def switch(lab: Lab, *names: str) -> None:
    """Switch alternatives on until the test ends."""
    lab.cloud.control("PUT", "alternatives", dict.fromkeys(names, True))


def setting(lab: Lab, **changes: float) -> None:
    """Change settings until the test ends."""
    lab.cloud.control("PUT", "settings", changes)


def attach_code(lab: Lab, instance: str, interface: str, index: int = 1, **more: Any) -> str:
    """Return the code with which EC2 refuses to attach, or nothing if it does not refuse."""
    try:
        lab.ec2.attach_network_interface(
            InstanceId=instance, NetworkInterfaceId=interface, DeviceIndex=index, **more
        )
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return ""
