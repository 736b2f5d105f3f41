"""AttachNetworkInterface refuses what EC2 refuses, with EC2's codes and messages."""

import pytest

from tests.integration.localcloud.cloud import Lab, refusal


def attach_refusal(
    lab: Lab, instance: str, interface: str, index: int = 1, card: int = 0
) -> tuple[str, str]:
    """Return how EC2 refuses to attach."""
    return refusal(
        lab.ec2.attach_network_interface,
        InstanceId=instance,
        NetworkInterfaceId=interface,
        DeviceIndex=index,
        NetworkCardIndex=card,
    )


def test_an_interface_of_another_vpc_in_the_same_zone_is_attached(lab: Lab) -> None:
    """What dual-homing lives on."""
    instance, interface = lab.pair()

    lab.attach(instance, interface)

    assert lab.status(interface) == ("in-use", "attached")


def test_an_interface_of_another_zone_is_refused(lab: Lab) -> None:
    """An interface cannot leave its zone."""
    instance = lab.instance(lab.subnet("us-east-1a"))
    elsewhere = lab.interface(lab.subnet("us-east-1b"))

    message = (
        "You may not attach a network interface to an instance "
        "if they are not in the same availability zone"
    )
    assert attach_refusal(lab, instance, elsewhere) == ("InvalidParameterCombination", message)


def test_an_interface_in_use_is_refused(lab: Lab) -> None:
    """Plain moto would move it silently to the second instance."""
    instance, interface = lab.pair()
    lab.attach(instance, interface)
    second = lab.instance(lab.subnet(cidr="10.2.0.0/20"))

    assert attach_refusal(lab, second, interface) == (
        "InvalidNetworkInterface.InUse",
        f"Interface: [{interface}] in use.",
    )


@pytest.mark.parametrize("index", [0, 1])
def test_a_taken_device_index_is_refused(lab: Lab, index: int) -> None:
    """Index 0 is always taken: by the primary interface."""
    instance, first = lab.pair()
    lab.attach(instance, first, 1)
    second = lab.interface(lab.subnet(cidr="10.2.0.0/20"))

    assert attach_refusal(lab, instance, second, index) == (
        "InvalidParameterValue",
        f"Instance '{instance}' already has an interface attached at device index '{index}'.",
    )


def test_the_instance_type_limits_the_interfaces(lab: Lab) -> None:
    """A t3.medium takes three, the primary one included."""
    subnet = lab.subnet()
    instance = lab.instance(subnet)
    for index in (1, 2):
        lab.attach(instance, lab.interface(subnet), index)

    assert attach_refusal(lab, instance, lab.interface(subnet), 3) == (
        "AttachmentLimitExceeded",
        "Interface count 4 exceeds the limit for t3.medium",
    )


def test_the_instance_type_limits_the_addresses_of_an_interface(lab: Lab) -> None:
    """A t3.medium takes six, the primary one included; EC2 creates an interface with more."""
    subnet = lab.subnet()
    instance = lab.instance(subnet)
    most, more = (lab.interface(subnet, SecondaryPrivateIpAddressCount=it) for it in (5, 6))

    assert attach_refusal(lab, instance, more)[0] == "PrivateIpAddressLimitExceeded"
    lab.attach(instance, most)


def test_a_network_card_that_the_type_lacks_is_refused(lab: Lab) -> None:
    """A t3.medium has one network card."""
    instance, interface = lab.pair()

    code, message = attach_refusal(lab, instance, interface, card=1)

    assert code == "InvalidParameterValue"
    assert "Network card index 1" in message


def test_a_device_index_counts_on_its_network_card(lab: Lab) -> None:
    """The same index on two cards is two slots."""
    subnet = lab.subnet()
    launched = lab.ec2.run_instances(
        ImageId="ami-12345678",
        InstanceType="p4d.24xlarge",
        MinCount=1,
        MaxCount=1,
        SubnetId=subnet,
    )
    instance, interface = launched["Instances"][0]["InstanceId"], lab.interface(subnet)
    lab.attach(instance, lab.interface(subnet), 1)

    lab.ec2.attach_network_interface(
        InstanceId=instance, NetworkInterfaceId=interface, DeviceIndex=1, NetworkCardIndex=1
    )

    shown = lab.shown_instance(instance)["NetworkInterfaces"]
    slots = {(n["Attachment"]["NetworkCardIndex"], n["Attachment"]["DeviceIndex"]) for n in shown}
    assert slots == {(0, 0), (0, 1), (1, 1)}


def test_an_instance_that_is_still_pending_is_refused(lab: Lab) -> None:
    """Who acts on the first event of a launch is too early."""
    lab.cloud.control("PUT", "settings", {"instance_seconds": 60})
    instance, interface = lab.pair()

    assert attach_refusal(lab, instance, interface) == (
        "IncorrectState",
        f"Instance '{instance}' is not 'running' or 'stopped'",
    )


def test_a_terminated_instance_is_refused(lab: Lab) -> None:
    """Plain moto would attach to it."""
    instance, interface = lab.pair()
    lab.ec2.terminate_instances(InstanceIds=[instance])

    assert attach_refusal(lab, instance, interface)[0] == "IncorrectState"


def test_a_stopped_instance_is_attached_to(lab: Lab) -> None:
    """AWS calls it a warm attach."""
    instance, interface = lab.pair()
    lab.ec2.stop_instances(InstanceIds=[instance])

    lab.attach(instance, interface)

    assert lab.status(interface) == ("in-use", "attached")


def test_an_interface_of_another_owner_is_refused(lab: Lab) -> None:
    """A multi-VPC attachment stays within one account."""
    instance, interface = lab.pair()
    lab.cloud.control("POST", f"interfaces/{interface}", {"OwnerId": "999999999999"})

    assert attach_refusal(lab, instance, interface)[0] == "OperationNotPermitted"


@pytest.mark.parametrize(
    "marker", [{"RequesterManaged": True}, {"Operator": {"Managed": True, "Principal": "x"}}]
)
def test_an_interface_that_a_service_manages_is_refused(
    lab: Lab, marker: dict[str, object]
) -> None:
    """Interfaces of load balancers and the like are not ours to move."""
    instance, interface = lab.pair()
    lab.cloud.control("POST", f"interfaces/{interface}", marker)

    assert attach_refusal(lab, instance, interface)[0] == "OperationNotPermitted"


@pytest.mark.parametrize(
    ("instance", "interface", "code"),
    [
        ("i-00000000000000000", None, "InvalidInstanceID.NotFound"),
        (None, "eni-00000000000000000", "InvalidNetworkInterfaceID.NotFound"),
        (None, "eni-nonsense", "InvalidNetworkInterfaceId.Malformed"),
    ],
)
def test_unknown_ids_are_refused(
    lab: Lab, instance: str | None, interface: str | None, code: str
) -> None:
    """Each kind of id has its own code."""
    real_instance, real_interface = lab.pair()

    assert code == attach_refusal(lab, instance or real_instance, interface or real_interface)[0]


def test_a_dry_run_changes_nothing(lab: Lab) -> None:
    """It asks about the permission only, so that even a wrong index passes."""
    instance, interface = lab.pair()

    code, _ = refusal(
        lab.ec2.attach_network_interface,
        InstanceId=instance,
        NetworkInterfaceId=interface,
        DeviceIndex=0,
        DryRun=True,
    )

    assert code == "DryRunOperation"
    assert lab.status(interface) == ("available", None)
