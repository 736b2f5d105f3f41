"""The call log: who asked for what, and what came of it."""

from typing import Any

from tests.integration.localcloud.cloud import Lab, refusal


def logged(lab: Lab, since: int = 0) -> list[dict[str, Any]]:
    """Return the calls of a test's own account."""
    calls = lab.cloud.control("GET", f"calls?since={since}")["calls"]
    return [call for call in calls if call["account"] == lab.account]


def test_a_call_is_noted_with_its_outcome(lab: Lab) -> None:
    """Benchmarks count calls, and tests prove that a call was not made."""
    instance, interface = lab.pair()
    parameters = {"InstanceId": instance, "NetworkInterfaceId": interface}
    refusal(lab.ec2.attach_network_interface, DeviceIndex=0, **parameters)

    lab.attach(instance, interface)

    refused, done = logged(lab)[-2:]
    assert (
        done.items()
        >= {
            "service": "ec2",
            "action": "AttachNetworkInterface",
            "region": "us-east-1",
            "principal": lab.account,
            "resources": sorted([instance, interface]),
            "outcome": "ok",
            "mutating": True,
        }.items()
    )
    assert refused["outcome"] == "InvalidParameterValue"


def test_every_service_is_noted(lab: Lab) -> None:
    """Query, JSON and REST protocols alike."""
    lab.ec2.describe_vpcs()
    lab.client("dynamodb").list_tables()
    lab.client("lambda").list_functions()
    refusal(lab.client("sqs").get_queue_url, QueueName="missing")

    assert [(c["service"], c["action"], c["outcome"], c["mutating"]) for c in logged(lab)] == [
        ("ec2", "DescribeVpcs", "ok", False),
        ("dynamodb", "ListTables", "ok", False),
        ("lambda", "ListFunctions", "ok", False),
        ("sqs", "GetQueueUrl", "QueueDoesNotExist", False),
    ]


def test_the_log_is_read_from_where_one_was(lab: Lab) -> None:
    """So that a reader misses nothing and reads nothing twice."""
    lab.ec2.describe_vpcs()
    seen = lab.cloud.control("GET", "calls?since=0")["next"]

    lab.ec2.describe_subnets()

    assert [call["action"] for call in logged(lab, seen)] == ["DescribeSubnets"]


def test_the_log_can_be_emptied(lab: Lab) -> None:
    """A benchmark starts at zero; its numbers go on, so that `since` stays true."""
    lab.ec2.describe_vpcs()

    lab.cloud.control("DELETE", "calls")

    assert logged(lab) == []
    assert lab.cloud.control("GET", "calls?since=0")["next"] > 0
