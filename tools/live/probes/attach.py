"""Probes of AttachNetworkInterface."""

from typing import Any

from botocore.exceptions import ClientError

from dualhome.domain.errors import InstanceStateError, InterfaceInUseError, SlotTakenError
from live.network import INSTANCE_TYPE
from live.probe import Seen, unclear
from live.probes import refusals, timing
from live.probes.refusals import is_accepted, is_refused_as, is_refused_with
from live.world import World, refusal

HIBERNATION_SECONDS = 240
"""An instance is ready to hibernate two minutes or so after it has booted."""

# EC2 User Guide, "Enable hibernation for an Amazon EC2 instance": the root volume is encrypted.
ENCRYPTED = {"Encrypted": True, "VolumeSize": 10, "DeleteOnTermination": True}
ABLE_TO_HIBERNATE: dict[str, Any] = {
    "HibernationOptions": {"Configured": True},
    "BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": ENCRYPTED}],
}


def attach_to_stopped(world: World) -> Seen:
    """Attach to a stopped instance, and wait for `attached`."""
    return _comes_to_attached(world, _stopped(world))


def stopped_shows_attaching(world: World) -> Seen:
    """Attach to a stopped instance, and look at the interface at once."""
    instance, interface = _stopped(world), world.interface()
    world.attach(instance, interface)
    first = world.attachment_status(interface)
    if first not in {"attaching", "attached"}:
        return unclear(f"the attachment shows {first or 'nothing'} at once")
    return Seen(first == "attaching", f"{first} at once")


def attach_to_hibernated(world: World) -> Seen:
    """Attach to a hibernated instance, and wait for `attached`."""
    instance = world.launch(**ABLE_TO_HIBERNATE)
    how: dict[str, Any] = {"InstanceIds": [instance], "Hibernate": True}
    if not world.wait_until(
        lambda: refusal(world.ec2.stop_instances, **how) is None, HIBERNATION_SECONDS
    ):
        return unclear(f"{instance} could not hibernate in {HIBERNATION_SECONDS} s")
    world.instance_comes_to(instance, "stopped")
    reason = world.shown_instance(instance).get("StateReason", {}).get("Code", "no reason")
    if reason != "Client.UserInitiatedHibernate":
        return unclear(f"{instance} has stopped with {reason}")
    return _comes_to_attached(world, instance)


def pending_instance_error(world: World) -> Seen:
    """Attach to an instance that was launched a moment ago."""
    interface, instance = world.interface(), world.launch(state="pending")
    seen = is_refused_as(
        InstanceStateError,
        world.ec2.attach_network_interface,
        InstanceId=instance,
        NetworkInterfaceId=interface,
        DeviceIndex=1,
    )
    state = world.shown_instance(instance).get("State", {}).get("Name")
    if state != "pending":
        return unclear(f"{instance} was {state} too soon; {seen.what}")
    return seen


def index_beyond_count(world: World) -> Seen:
    """Attach at the first index that the type's number of interfaces leaves out."""
    found = world.ec2.describe_instance_types(InstanceTypes=[INSTANCE_TYPE])
    (kind,) = found["InstanceTypes"]
    return _accepts_index(world, kind["NetworkInfo"]["MaximumNetworkInterfaces"])


def index_upper_bound(world: World) -> Seen:
    """Attach at device index 32."""
    return _accepts_index(world, 32)


def taken_index_error(world: World) -> Seen:
    """Attach at device index 0, which the primary interface has."""
    instance, interface = _pair(world)
    attach = world.attach
    return is_refused_as(SlotTakenError, attach, instance=instance, interface=interface, index=0)


def in_use_error(world: World) -> Seen:
    """Attach an interface that another instance has."""
    (first, interface), second = _pair(world), world.launch()
    world.attach(first, interface)
    world.wait_until(lambda: world.attachment_status(interface))
    return is_refused_as(InterfaceInUseError, world.attach, instance=second, interface=interface)


def missing_card_error(world: World) -> Seen:
    """Attach to network card 1 of a type that has one card."""
    instance, interface = _pair(world)
    return is_refused_with(
        "InvalidParameterValue",
        world.ec2.attach_network_interface,
        InstanceId=instance,
        NetworkInterfaceId=interface,
        DeviceIndex=1,
        NetworkCardIndex=1,
    )


def dry_run_permission_only(world: World) -> Seen:
    """Ask for a dry run of an attach at device index 0, which is taken."""
    instance, interface = _pair(world)
    return is_refused_with(
        "DryRunOperation",
        world.ec2.attach_network_interface,
        InstanceId=instance,
        NetworkInterfaceId=interface,
        DeviceIndex=0,
        DryRun=True,
    )


def attach_keeps_interface(world: World) -> Seen:
    """Attach, and look at the attachment's DeleteOnTermination."""
    instance, interface = _pair(world)
    world.attach(instance, interface)
    attachment = world.wait_until(lambda: world.shown_interface(interface).get("Attachment"))
    if not attachment:
        return unclear(f"no attachment shown in {world.patience:g} s")
    deleted = attachment["DeleteOnTermination"]
    return Seen(not deleted, f"DeleteOnTermination is {str(deleted).lower()}")


def attach_time(world: World) -> Seen:
    """Attach to a running instance, and measure the seconds until `attached`."""
    instance, interface = _pair(world)
    world.attach(instance, interface)
    return timing.within(
        world,
        timing.ATTACH,
        "attached",
        lambda: world.attachment_status(interface) == "attached",
    )


def _stopped(world: World) -> str:
    instance = world.launch()
    world.ec2.stop_instances(InstanceIds=[instance])
    world.instance_comes_to(instance, "stopped")
    return instance


def _pair(world: World) -> tuple[str, str]:
    """Return a running instance and a free interface."""
    return world.launch(), world.interface()


def _accepts_index(world: World, index: int) -> Seen:
    instance, interface = _pair(world)
    seen = is_accepted(world.attach, instance=instance, interface=interface, index=index)
    return Seen(seen.holds, f"{INSTANCE_TYPE}, index {index}: {seen.what}")


def _comes_to_attached(world: World, instance: str) -> Seen:
    interface = world.interface()
    try:
        world.attach(instance, interface)
    except ClientError as error:
        return refusals.refusal(error)
    at_once = world.attachment_status(interface)
    attached = world.wait_until(lambda: world.attachment_status(interface) == "attached")
    last = world.attachment_status(interface)
    return Seen(attached, f"{at_once} at once, {last} in the end")
