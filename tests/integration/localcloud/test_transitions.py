"""Attachments and instances take their time, and every call sees the same state."""

import time
from collections.abc import Callable

from tests.integration.localcloud.cloud import Lab, eventually, refusal

A_WHILE, HOURS = 0.6, 36_000.0
"""What is to be seen in between must last: no machine is so slow that it misses it."""


def take(lab: Lab, seconds: float) -> None:
    """Let whatever begins from now on take so long."""
    names = ("attach_seconds", "detach_seconds", "instance_seconds")
    lab.cloud.control("PUT", "settings", dict.fromkeys(names, seconds))


def ends_after_a_while(begin: Callable[[], object], fact: Callable[[], bool]) -> bool:
    """Begin something; return whether ``fact`` comes true, and not too early."""
    began = time.monotonic()
    begin()
    return eventually(fact) and time.monotonic() - began >= A_WHILE


def state(lab: Lab, instance: str) -> str:
    """Return the state of an instance."""
    return str(lab.shown_instance(instance)["State"]["Name"])


def seen_on_instance(lab: Lab, instance: str, interface: str) -> str:
    """Return the attachment's status as DescribeInstances shows it."""
    statuses = {
        shown["NetworkInterfaceId"]: shown["Attachment"]["Status"]
        for shown in lab.shown_instance(instance)["NetworkInterfaces"]
    }
    return str(statuses[interface])


def test_an_attachment_is_attaching_before_it_is_attached(lab: Lab) -> None:
    """A reply to the call is not success; only a later poll is."""
    moving, soon = lab.pair(), lab.pair()
    take(lab, HOURS)
    lab.attach(*moving)
    take(lab, A_WHILE)

    assert ends_after_a_while(
        lambda: lab.attach(*soon), lambda: lab.status(soon[1]) == ("in-use", "attached")
    )
    assert seen_on_instance(lab, *soon) == "attached"
    assert lab.status(moving[1]) == ("in-use", "attaching")
    assert seen_on_instance(lab, *moving) == "attaching"


def test_a_detached_interface_is_detaching_before_it_is_available(lab: Lab) -> None:
    """Until then it can neither be deleted nor attached."""
    (instance, interface), (other, soon) = lab.pair(), lab.pair()
    attachment, ending = lab.attach(instance, interface), lab.attach(other, soon)
    take(lab, HOURS)
    lab.ec2.detach_network_interface(AttachmentId=attachment)
    take(lab, A_WHILE)

    assert ends_after_a_while(
        lambda: lab.ec2.detach_network_interface(AttachmentId=ending),
        lambda: lab.status(soon) == ("available", None),
    )
    assert len(lab.shown_instance(other)["NetworkInterfaces"]) == 1
    assert lab.status(interface) == ("in-use", "detaching")
    assert seen_on_instance(lab, instance, interface) == "detaching"
    again = refusal(
        lab.ec2.attach_network_interface,
        InstanceId=instance,
        NetworkInterfaceId=interface,
        DeviceIndex=2,
    )
    assert again[0] == "InvalidNetworkInterface.InUse"


def test_a_forced_detach_is_immediate(lab: Lab) -> None:
    """It is the operator's last resort."""
    instance, interface = lab.pair()
    attachment = lab.attach(instance, interface)
    take(lab, HOURS)

    lab.ec2.detach_network_interface(AttachmentId=attachment, Force=True)

    assert lab.status(interface) == ("available", None)


def test_detaching_twice_ends_in_not_found(lab: Lab) -> None:
    """A repeated release must be able to tell that nothing is left to do."""
    instance, interface = lab.pair()
    attachment = lab.attach(instance, interface)
    lab.ec2.detach_network_interface(AttachmentId=attachment)

    assert refusal(lab.ec2.detach_network_interface, AttachmentId=attachment) == (
        "InvalidAttachmentID.NotFound",
        f"The network interface attachment ID '{attachment}' does not exist",
    )


def test_the_primary_interface_cannot_be_detached(lab: Lab) -> None:
    """It lives and dies with its instance."""
    primary = lab.shown_instance(lab.instance(lab.subnet()))["NetworkInterfaces"][0]

    assert refusal(
        lab.ec2.detach_network_interface, AttachmentId=primary["Attachment"]["AttachmentId"]
    ) == (
        "OperationNotPermitted",
        "The network interface at device index 0 and networkCard index 0 cannot be detached.",
    )


def test_a_requester_managed_interface_cannot_be_detached(lab: Lab) -> None:
    """AWS calls such an attachment ela-attach."""
    instance, interface = lab.pair()
    attachment = lab.attach(instance, interface)
    lab.cloud.control("POST", f"interfaces/{interface}", {"RequesterManaged": True})

    assert refusal(lab.ec2.detach_network_interface, AttachmentId=attachment) == (
        "OperationNotPermitted",
        "You are not allowed to manage 'ela-attach' attachments.",
    )


def test_an_interface_may_return_after_it_was_detached(lab: Lab) -> None:
    """DescribeInstances shows it once, although it was attached twice."""
    instance, interface = lab.pair()
    lab.ec2.detach_network_interface(AttachmentId=lab.attach(instance, interface, 1))

    lab.attach(instance, interface, 2)

    shown = lab.shown_instance(instance)["NetworkInterfaces"]
    assert [n["Attachment"]["DeviceIndex"] for n in shown] == [0, 2]


def test_a_launch_is_pending_before_it_runs(lab: Lab) -> None:
    """Plain moto would show it running at once."""
    subnet, launched = lab.subnet(), []
    take(lab, HOURS)
    pending = lab.instance(subnet)
    take(lab, A_WHILE)

    assert ends_after_a_while(
        lambda: launched.append(lab.instance(subnet)),
        lambda: state(lab, launched[0]) == "running",
    )
    assert lab.shown_instance(pending)["State"] == {"Code": 0, "Name": "pending"}


def test_stop_and_start_take_time(lab: Lab) -> None:
    """And a stop in between is refused, as on EC2."""
    subnet = lab.subnet()
    stopping, starting, soon = (lab.instance(subnet) for _ in range(3))
    lab.ec2.stop_instances(InstanceIds=[starting])
    take(lab, HOURS)
    lab.ec2.stop_instances(InstanceIds=[stopping])
    lab.ec2.start_instances(InstanceIds=[starting])
    take(lab, A_WHILE)

    assert ends_after_a_while(
        lambda: lab.ec2.stop_instances(InstanceIds=[soon]),
        lambda: state(lab, soon) == "stopped",
    )
    assert ends_after_a_while(
        lambda: lab.ec2.start_instances(InstanceIds=[soon]),
        lambda: state(lab, soon) == "running",
    )
    assert (state(lab, stopping), state(lab, starting)) == ("stopping", "pending")
    assert refusal(lab.ec2.start_instances, InstanceIds=[stopping])[0] == "IncorrectInstanceState"


def test_only_an_instance_that_was_launched_for_it_hibernates(lab: Lab) -> None:
    """Plain moto would stop any."""
    instance = lab.instance(lab.subnet())

    code, message = refusal(lab.ec2.stop_instances, InstanceIds=[instance], Hibernate=True)

    assert code == "UnsupportedHibernationConfiguration"
    assert message.endswith(f"not configured at launch for hibernation: {instance}")
    assert state(lab, instance) == "running"


def test_a_second_interface_costs_the_public_address_at_the_next_start(lab: Lab) -> None:
    """EC2 gives no new address to an instance with two interfaces."""
    subnet = lab.subnet()
    lab.ec2.modify_subnet_attribute(SubnetId=subnet, MapPublicIpOnLaunch={"Value": True})
    alone, dual = lab.instance(subnet), lab.instance(subnet)
    lab.attach(dual, lab.interface(subnet))

    for instance in (alone, dual):
        lab.ec2.stop_instances(InstanceIds=[instance])
        lab.ec2.start_instances(InstanceIds=[instance])

    assert "PublicIpAddress" in lab.shown_instance(alone)
    assert "PublicIpAddress" not in lab.shown_instance(dual)
