"""EC2's request limits, scaled so that a test can reach them."""

from tests.integration.localcloud.cloud import Lab, refusal


def test_an_empty_bucket_refuses_until_it_refills(lab: Lab) -> None:
    """A tenth of AWS's limit for interfaces is 10 requests, and one more every 2 seconds."""
    subnet = lab.subnet()
    lab.cloud.control("PUT", "settings", {"throttle_scale": 0.1})
    for _ in range(10):
        lab.interface(subnet)

    refused = refusal(lab.ec2.create_network_interface, SubnetId=subnet)

    assert refused == ("RequestLimitExceeded", "Request limit exceeded.")


def test_a_read_without_filter_has_the_smaller_bucket(lab: Lab) -> None:
    """50 requests against 100: the reason to filter or to ask for pages."""
    lab.cloud.control("PUT", "settings", {"throttle_scale": 0.02})
    lab.ec2.describe_network_interfaces()

    assert refusal(lab.ec2.describe_network_interfaces)[0] == "RequestLimitExceeded"
    lab.ec2.describe_network_interfaces(MaxResults=5)
    lab.ec2.describe_network_interfaces(MaxResults=5)


def test_another_account_is_not_throttled(lab: Lab) -> None:
    """The buckets are an account's."""
    lab.cloud.control("PUT", "settings", {"throttle_scale": 0.02})
    lab.ec2.describe_instances()
    assert refusal(lab.ec2.describe_instances)[0] == "RequestLimitExceeded"

    other = lab.cloud.client("ec2", "200000000001")

    assert other.describe_instances()["Reservations"] == []


def test_nothing_is_throttled_by_default(lab: Lab) -> None:
    """Tests and demonstrations set their own pace."""
    assert lab.cloud.control("GET", "settings")["throttle_scale"] == 0
