"""What becomes of interfaces when their instance terminates."""

from tests.integration.localcloud.cloud import Lab, refusal


def test_a_pool_interface_survives_its_instance(lab: Lab) -> None:
    """Attached later, it is not deleted at termination unless asked."""
    instance, interface = lab.pair()
    lab.attach(instance, interface)

    lab.ec2.terminate_instances(InstanceIds=[instance])

    assert lab.status(interface) == ("available", None)


def test_the_primary_interface_dies_with_its_instance(lab: Lab) -> None:
    """It was created for the launch."""
    instance = lab.instance(lab.subnet())
    primary = lab.shown_instance(instance)["NetworkInterfaces"][0]["NetworkInterfaceId"]

    lab.ec2.terminate_instances(InstanceIds=[instance])

    assert refusal(lab.shown, interface=primary)[0] == "InvalidNetworkInterfaceID.NotFound"


def test_delete_on_termination_can_be_changed_and_is_honoured(lab: Lab) -> None:
    """Plain moto answers 200 and changes nothing."""
    instance, interface = lab.pair()
    attachment = lab.attach(instance, interface)

    lab.ec2.modify_network_interface_attribute(
        NetworkInterfaceId=interface,
        Attachment={"AttachmentId": attachment, "DeleteOnTermination": True},
    )

    assert lab.shown(interface)["Attachment"]["DeleteOnTermination"]
    lab.ec2.terminate_instances(InstanceIds=[instance])
    assert refusal(lab.shown, interface=interface)[0] == "InvalidNetworkInterfaceID.NotFound"


def test_an_interface_is_held_until_the_instance_has_terminated(lab: Lab) -> None:
    """Who would reuse it at `shutting-down` is too early."""
    instance, interface = lab.pair()
    lab.attach(instance, interface)
    lab.cloud.control("PUT", "settings", {"instance_seconds": 60})

    lab.ec2.terminate_instances(InstanceIds=[instance])

    assert lab.shown_instance(instance)["State"]["Name"] == "shutting-down"
    assert lab.status(interface) == ("in-use", "attached")


def test_a_terminated_instance_has_no_network(lab: Lab) -> None:
    """Code that reads the VPC of a terminated instance must expect none."""
    instance = lab.instance(lab.subnet())

    lab.ec2.terminate_instances(InstanceIds=[instance])

    shown = lab.shown_instance(instance)
    assert shown["NetworkInterfaces"] == []
    assert not {"VpcId", "SubnetId", "PrivateIpAddress"} & shown.keys()


def test_terminating_twice_is_harmless(lab: Lab) -> None:
    """EC2 calls it idempotent."""
    instance = lab.instance(lab.subnet())
    lab.ec2.terminate_instances(InstanceIds=[instance])

    lab.ec2.terminate_instances(InstanceIds=[instance])

    assert lab.shown_instance(instance)["State"]["Name"] == "terminated"


def test_an_interface_in_use_cannot_be_deleted(lab: Lab) -> None:
    """Plain moto would delete it under the instance."""
    instance, interface = lab.pair()
    lab.attach(instance, interface)

    assert refusal(lab.ec2.delete_network_interface, NetworkInterfaceId=interface) == (
        "InvalidParameterValue",
        f"Network interface '{interface}' is currently in use.",
    )


def test_a_deleted_interface_gives_its_address_back(lab: Lab) -> None:
    """Fixed addresses are the point of a pool: they must be usable again."""
    subnet = lab.subnet()
    interface = lab.interface(subnet, PrivateIpAddress="10.0.0.77")

    lab.ec2.delete_network_interface(NetworkInterfaceId=interface)

    assert lab.interface(subnet, PrivateIpAddress="10.0.0.77") != interface
