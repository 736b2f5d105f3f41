"""EC2's request limits, scaled so that a test can reach them."""

import time
from collections.abc import Callable

from botocore.exceptions import ClientError

from tests.integration.localcloud.cloud import Lab


def scale(lab: Lab, by: float) -> None:
    """Multiply AWS's limits."""
    lab.cloud.control("PUT", "settings", {"throttle_scale": by})


def holds(call: Callable[[], object], size: int, refill: float) -> bool:
    """
    Call until EC2 refuses; return whether a bucket of ``size`` calls would have given as many.

    ``refill`` is what comes in a second: a slow machine gets more.
    """
    taken, began = 0, time.monotonic()
    refused = ""
    try:
        while call():
            taken += 1
    except ClientError as error:
        refused = "{Code}: {Message}".format_map(error.response["Error"])
    assert "RequestLimitExceeded: Request limit exceeded." == refused
    return size <= taken <= size + refill * (time.monotonic() - began)


def test_an_empty_bucket_refuses_until_it_refills(lab: Lab) -> None:
    """A tenth of AWS's limit for interfaces is 10 requests, and one more every 2 seconds."""
    subnet = lab.subnet()
    scale(lab, 0.1)

    assert holds(lambda: lab.interface(subnet), 10, 0.5)


def test_a_read_without_filter_has_the_smaller_bucket(lab: Lab) -> None:
    """50 requests against 100: the reason to filter or to ask for pages."""
    scale(lab, 0.02)

    assert holds(lab.ec2.describe_network_interfaces, 1, 0.2)
    assert holds(lambda: lab.ec2.describe_network_interfaces(MaxResults=5), 2, 0.4)


def test_another_account_is_not_throttled(lab: Lab) -> None:
    """The buckets are an account's."""
    scale(lab, 0.02)
    assert holds(lab.ec2.describe_instances, 1, 0.2)

    other = lab.cloud.client("ec2", "200000000001")

    assert other.describe_instances()["Reservations"] == []


def test_nothing_is_throttled_by_default(lab: Lab) -> None:
    """Tests and demonstrations set their own pace."""
    assert lab.cloud.control("GET", "settings")["throttle_scale"] == 0
