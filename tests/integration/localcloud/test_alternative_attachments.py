"""How AttachNetworkInterface and DetachNetworkInterface may be otherwise."""

import pytest

from tests.integration.localcloud.alternatives import HOURS, attach_code, setting, switch
from tests.integration.localcloud.cloud import Lab, refusal

PERMITTED = "DryRunOperation"


def stopped_pair(lab: Lab) -> tuple[str, str]:
    """Return a stopped instance, and a free interface in its zone."""
    instance, interface = lab.pair()
    lab.ec2.stop_instances(InstanceIds=[instance])
    return instance, interface


def hibernated_pair(lab: Lab) -> tuple[str, str]:
    """Return a hibernated instance, and a free interface in its zone."""
    instance = lab.instance(lab.subnet(), HibernationOptions={"Configured": True})
    lab.ec2.stop_instances(InstanceIds=[instance], Hibernate=True)
    return instance, lab.interface(lab.subnet(cidr="10.1.0.0/20"))


def test_a_stopped_instance_attaches_as_a_running_one_unless_switched(lab: Lab) -> None:
    """The instance has no guest that could take part."""
    usual, at_once, never = (stopped_pair(lab) for _ in range(3))
    setting(lab, attach_seconds=HOURS)
    lab.attach(*usual)
    switch(lab, "stopped_is_attached_at_once")
    lab.attach(*at_once)
    lab.cloud.control("PUT", "alternatives", {"stopped_is_attached_at_once": False})
    switch(lab, "stopped_stays_attaching")
    setting(lab, attach_seconds=0)

    lab.attach(*never)

    assert ["attaching", "attached", "attaching"] == [
        lab.status(interface)[1] for _, interface in (usual, at_once, never)
    ]


def test_a_hibernated_instance_may_be_refused(lab: Lab) -> None:
    """Its state is `stopped`; only its reason tells it from one that was shut down."""
    off, asleep = stopped_pair(lab), hibernated_pair(lab)
    switch(lab, "hibernated_is_refused")

    assert attach_code(lab, *asleep) == "IncorrectState"
    assert attach_code(lab, *off) == ""
    assert ["Client.UserInitiatedHibernate", "Client.UserInitiatedShutdown"] == [
        lab.shown_instance(instance)["StateReason"]["Code"] for instance, _ in (asleep, off)
    ]
    lab.ec2.start_instances(InstanceIds=[asleep[0]])
    assert attach_code(lab, *asleep) == ""


def test_an_unsettled_instance_may_be_refused_with_another_code(lab: Lab) -> None:
    """Codes are all that a program can go by."""
    interface, subnet = lab.interface(lab.subnet()), lab.subnet()
    setting(lab, instance_seconds=HOURS)
    pending = lab.instance(subnet)

    assert attach_code(lab, pending, interface) == "IncorrectState"
    switch(lab, "unsettled_is_an_unsupported_operation")
    assert attach_code(lab, pending, interface) == "UnsupportedOperation"


def test_an_interface_in_use_may_be_refused_with_another_code(lab: Lab) -> None:
    """That code is one of instances."""
    instance, interface = lab.pair()
    lab.attach(instance, interface)

    assert attach_code(lab, instance, interface, 2) == "InvalidNetworkInterface.InUse"
    switch(lab, "in_use_is_an_incorrect_state")
    assert attach_code(lab, instance, interface, 2) == "IncorrectState"


def test_a_taken_index_may_be_refused_with_another_text(lab: Lab) -> None:
    """The code says no more than that a value is wrong."""
    instance, interface = lab.pair()
    switch(lab, "taken_index_has_another_text")

    assert refusal(
        lab.ec2.attach_network_interface,
        InstanceId=instance,
        NetworkInterfaceId=interface,
        DeviceIndex=0,
    ) == ("InvalidParameterValue", f"Instance '{instance}' has no room at index 0.")


@pytest.mark.parametrize(
    ("alternative", "last"), [("index_ends_at_the_count", 2), ("index_ends_at_31", 31)]
)
def test_a_device_index_may_have_an_upper_bound(lab: Lab, alternative: str, last: int) -> None:
    """A t3.medium takes three interfaces."""
    instance, interface = lab.pair()
    free = lab.interface(lab.subnet(cidr="10.2.0.0/20"))

    assert attach_code(lab, instance, free, last + 1) == ""
    switch(lab, alternative)
    assert attach_code(lab, instance, interface, last + 2) == "InvalidParameterValue"
    assert attach_code(lab, instance, interface, last) == ""


def test_a_missing_network_card_may_be_refused_with_another_code(lab: Lab) -> None:
    """Neither code nor text is documented."""
    pair = lab.pair()

    assert attach_code(lab, *pair, NetworkCardIndex=1) == "InvalidParameterValue"
    switch(lab, "missing_card_is_an_unsupported_operation")
    assert attach_code(lab, *pair, NetworkCardIndex=1) == "UnsupportedOperation"


def test_an_attached_interface_may_be_deleted_with_its_instance(lab: Lab) -> None:
    """A pool would lose an interface with each instance."""
    (_, kept), (_, doomed) = usual, other = lab.pair(), lab.pair()
    lab.attach(*usual)
    switch(lab, "attached_is_deleted_on_termination")
    lab.attach(*other)

    assert [False, True] == [
        lab.shown(interface)["Attachment"]["DeleteOnTermination"] for interface in (kept, doomed)
    ]


def test_a_dry_run_may_apply_the_rules(lab: Lab) -> None:
    """Then it says more than that the caller has the permission."""
    instance = lab.instance(lab.subnet("us-east-1a"))
    elsewhere = lab.interface(lab.subnet("us-east-1b"))

    assert attach_code(lab, instance, elsewhere, DryRun=True) == PERMITTED
    switch(lab, "dry_run_applies_the_rules")
    assert attach_code(lab, instance, elsewhere, DryRun=True) == "InvalidParameterCombination"
    near = lab.interface(lab.subnet("us-east-1a", "10.1.0.0/20"))
    assert attach_code(lab, instance, near, DryRun=True) == PERMITTED
    assert lab.status(near) == ("available", None)


def test_the_index_of_a_forced_detach_may_be_blocked_until_a_stop(lab: Lab) -> None:
    """The guest still uses the device."""
    (instance, interface), (other, free) = lab.pair(), lab.pair()
    lab.ec2.detach_network_interface(AttachmentId=lab.attach(other, free), Force=True)
    assert attach_code(lab, other, free) == ""
    switch(lab, "forced_index_is_blocked")

    lab.ec2.detach_network_interface(AttachmentId=lab.attach(instance, interface), Force=True)

    assert attach_code(lab, instance, interface) == "InvalidParameterValue"
    lab.ec2.stop_instances(InstanceIds=[instance])
    assert attach_code(lab, instance, interface) == ""


def test_the_detach_of_what_is_gone_may_have_another_code(lab: Lab) -> None:
    """A repeated release must tell success from failure by it."""
    attachment = lab.attach(*lab.pair())
    lab.ec2.detach_network_interface(AttachmentId=attachment)
    switch(lab, "detach_of_gone_is_an_incorrect_state")

    code, _ = refusal(lab.ec2.detach_network_interface, AttachmentId=attachment)

    assert code == "IncorrectState"


def test_a_detach_may_be_refused_while_another_lasts(lab: Lab) -> None:
    """Asking twice is what retries do."""
    attachment = lab.attach(*lab.pair())
    setting(lab, detach_seconds=HOURS)
    for _ in range(2):
        lab.ec2.detach_network_interface(AttachmentId=attachment)
    switch(lab, "repeated_detach_is_refused")

    code, _ = refusal(lab.ec2.detach_network_interface, AttachmentId=attachment)

    assert code == "IncorrectState"


def test_more_addresses_than_the_type_takes_may_be_an_incorrect_state(lab: Lab) -> None:
    """A reconciler would wait for the instance to change."""
    subnet = lab.subnet()
    pair = lab.instance(subnet), lab.interface(subnet, SecondaryPrivateIpAddressCount=6)
    switch(lab, "many_addresses_are_an_incorrect_state")

    assert attach_code(lab, *pair) == "IncorrectState"
