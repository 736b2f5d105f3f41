"""Manual actions in the middle of a flow: delete, attach elsewhere, terminate."""

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from botocore.exceptions import ClientError

from tests.support.deployed.faults.runs import Run


def delete(run: Run) -> None:
    """Delete the interface that the run holds, or would take; detach it first if need be."""
    interface = _meant(run)
    if _take_away(run, interface):
        run.stack.ec2.delete_network_interface(NetworkInterfaceId=interface)


def attach_elsewhere(run: Run) -> None:
    """Attach that interface to an instance that has not asked for it."""
    interface = _meant(run)
    elsewhere = run.world.launch_running()
    if _take_away(run, interface):
        answer = run.stack.ec2.attach_network_interface(
            InstanceId=elsewhere, NetworkInterfaceId=interface, DeviceIndex=1
        )
        run.by_hand.append(answer["AttachmentId"])


def terminate(run: Run) -> None:
    """Terminate the instance."""
    run.stack.ec2.terminate_instances(InstanceIds=[run.instance])


ACTIONS: Mapping[str, Callable[[Run], None]] = {
    "deleted": delete,
    "attached elsewhere": attach_elsewhere,
    "terminated": terminate,
}


def _meant(run: Run) -> str:
    return str(run.record.get("interface") or run.pool[0])


def _take_away(run: Run, interface: str) -> bool:
    """Detach it, wait until it is `available`; return whether it is."""
    for _ in range(50):
        shown = _shown(run, interface)
        if shown["Status"] == "available":
            return True
        with suppress(ClientError):  # it may be detaching already
            run.stack.ec2.detach_network_interface(
                AttachmentId=shown["Attachment"]["AttachmentId"], Force=True
            )
        time.sleep(0.1)
    return False


def _shown(run: Run, interface: str) -> dict[str, Any]:
    found = run.stack.ec2.describe_network_interfaces(NetworkInterfaceIds=[interface])
    return dict(found["NetworkInterfaces"][0])
