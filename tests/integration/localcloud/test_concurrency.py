"""Calls that come at the same time are carried out one after the other."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from botocore.exceptions import ClientError

from tests.integration.localcloud.cloud import Lab


def test_of_two_attachments_racing_for_an_interface_one_wins(lab: Lab) -> None:
    """Between the check and the act nothing may come."""
    subnet = lab.subnet()
    interfaces = [lab.interface(subnet) for _ in range(5)]
    instances = [lab.instance(subnet) for _ in range(4)]

    def attempt(pair: tuple[str, str]) -> str:
        try:
            lab.attach(*pair)
        except ClientError as refused:
            return str(refused.response["Error"]["Code"])
        return "attached"

    for interface in interfaces[:2]:
        with ThreadPoolExecutor(4) as pool:
            outcomes = sorted(pool.map(attempt, [(one, interface) for one in instances]))

        assert outcomes == [*["InvalidNetworkInterface.InUse"] * 3, "attached"]
        lab.ec2.detach_network_interface(
            AttachmentId=lab.shown(interface)["Attachment"]["AttachmentId"]
        )


def test_of_attachments_racing_for_a_slot_one_wins(lab: Lab) -> None:
    """An instance has each device index once."""
    subnet = lab.subnet()
    instance = lab.instance(subnet)
    interfaces = [lab.interface(subnet) for _ in range(4)]

    def attempt(interface: str) -> str:
        try:
            lab.attach(instance, interface)
        except ClientError as refused:
            return str(refused.response["Error"]["Code"])
        return "attached"

    with ThreadPoolExecutor(4) as pool:
        outcomes = sorted(pool.map(attempt, interfaces))

    assert outcomes == [*["InvalidParameterValue"] * 3, "attached"]


def test_a_fleet_whose_interfaces_are_attached_one_after_the_other_shows_all_of_them(
    lab: Lab,
) -> None:
    """A simulated fleet is described whole, whatever of it is still on its way."""
    subnet = lab.subnet()
    launched = lab.ec2.run_instances(
        ImageId="ami-12345678",
        InstanceType="t3.medium",
        MinCount=100,
        MaxCount=100,
        SubnetId=subnet,
    )["Instances"]
    for one in launched:
        lab.attach(one["InstanceId"], lab.interface(subnet))

    shown = lab.ec2.describe_network_interfaces()["NetworkInterfaces"]

    holders = Counter(it["Attachment"]["InstanceId"] for it in shown)
    assert holders == {one["InstanceId"]: 2 for one in launched}
