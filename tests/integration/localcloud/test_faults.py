"""Faults on order, and the control paths' answers to nonsense."""

from urllib.error import HTTPError

import pytest

from tests.integration.localcloud.cloud import Lab, refusal


def test_a_fault_refuses_and_is_used_up(lab: Lab) -> None:
    """Nothing is carried out."""
    subnet = lab.subnet()
    fault = {"action": "CreateNetworkInterface", "error_code": "InternalError", "message": "Oops."}
    lab.cloud.control("POST", "faults", [fault])

    refused = refusal(lab.ec2.create_network_interface, SubnetId=subnet)

    assert refused == ("InternalError", "Oops.")
    assert lab.shown(lab.interface(subnet))["SubnetId"] == subnet


def test_a_lost_reply_leaves_the_work_done(lab: Lab) -> None:
    """AttachNetworkInterface has no token: only a poll tells that it succeeded."""
    instance, interface = lab.pair()
    lab.cloud.control(
        "POST",
        "faults",
        [
            {
                "action": "AttachNetworkInterface",
                "error_code": "InternalError",
                "after_execution": True,
            }
        ],
    )

    code, _ = refusal(
        lab.ec2.attach_network_interface,
        InstanceId=instance,
        NetworkInterfaceId=interface,
        DeviceIndex=1,
    )

    assert code == "InternalError"
    assert lab.status(interface) == ("in-use", "attached")


def test_a_fault_may_wait_for_one_resource(lab: Lab) -> None:
    """Other calls of the same action pass."""
    first, second = lab.interface(lab.subnet()), lab.interface(lab.subnet())
    fault = {"action": "DeleteNetworkInterface", "error_code": "RequestLimitExceeded"}
    lab.cloud.control("POST", "faults", [{**fault, "match": {"NetworkInterfaceId": second}}])

    lab.ec2.delete_network_interface(NetworkInterfaceId=first)

    refused = refusal(lab.ec2.delete_network_interface, NetworkInterfaceId=second)
    assert refused[0] == "RequestLimitExceeded"


def test_a_fault_may_happen_several_times(lab: Lab) -> None:
    """Enough times to exhaust a retry."""
    fault = {"action": "DescribeVpcs", "error_code": "Unavailable", "times": 2}
    lab.cloud.control("POST", "faults", [fault])

    assert refusal(lab.ec2.describe_vpcs)[0] == "Unavailable"
    assert refusal(lab.ec2.describe_vpcs)[0] == "Unavailable"
    assert lab.ec2.describe_vpcs()["Vpcs"]


def test_faults_can_be_called_off(lab: Lab) -> None:
    """A test leaves nothing for the next."""
    lab.cloud.control("POST", "faults", [{"action": "DescribeVpcs", "error_code": "Unavailable"}])

    lab.cloud.control("DELETE", "faults")

    assert lab.ec2.describe_vpcs()["Vpcs"]


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("PUT", "settings", {"attach_second": 1}, 400),
        ("PUT", "settings", {"attach_seconds": -1}, 400),
        ("PUT", "settings", {"launch_tag_events": 1}, 400),
        ("POST", "faults", [{"action": "DescribeVpcs"}], 400),
        ("POST", "interfaces/eni-00000000000000000", {"RequesterManaged": True}, 400),
        ("POST", "vpcs/vpc-00000000000000000", {"OwnerId": "999999999999"}, 400),
        ("GET", "nothing", None, 404),
    ],
)
def test_a_wrong_control_request_is_refused(
    lab: Lab, method: str, path: str, body: object, status: int
) -> None:
    """A misspelt setting must not look as if it were set."""
    with pytest.raises(HTTPError) as caught:
        lab.cloud.control(method, path, body)

    with caught.value as answer:
        assert answer.status == status
