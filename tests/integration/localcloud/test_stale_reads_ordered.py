"""Lists that show one resource as ordered, so many times; and what a moment in the past showed."""

from typing import Any
from urllib.error import HTTPError

import pytest

from tests.integration.localcloud.cloud import Lab, tag

UNKNOWN = "i-00000000000000000"


def order(lab: Lab, *orders: dict[str, Any]) -> None:
    """Order stale reads."""
    lab.cloud.control("POST", "stale-reads", list(orders))


def keys(lab: Lab, *filters: Any) -> dict[str, set[str]]:
    """Return the tag keys of each instance in a list."""
    groups = lab.ec2.describe_instances(Filters=list(filters))["Reservations"]
    return {
        one["InstanceId"]: {pair["Key"] for pair in one.get("Tags", [])}
        for group in groups
        for one in group["Instances"]
    }


def tagged(lab: Lab) -> str:
    """Return an instance with a tag."""
    instance = lab.instance(lab.subnet())
    lab.ec2.create_tags(Resources=[instance], Tags=[tag("a")])
    return instance


def test_the_next_lists_that_show_an_instance_show_it_without_tags(lab: Lab) -> None:
    """Lists of others, and reads by id, do not use the order up."""
    one, other = tagged(lab), tagged(lab)
    before = lab.cloud.control("GET", "stale-reads")
    ordered = {"action": "DescribeInstances", "resource": one, "show": "untagged", "times": 2}
    order(lab, ordered)

    only_other = keys(lab, {"Name": "instance-id", "Values": [other]})
    by_id = {pair["Key"] for pair in lab.shown_instance(one)["Tags"]}
    seen = [keys(lab) for _ in range(3)]

    assert {other: {"a"}} == only_other
    assert {"a"} == by_id
    assert [set(), set(), {"a"}] == [it[one] for it in seen]
    assert [{"a"}] * 3 == [it[other] for it in seen]
    reads = lab.cloud.control("GET", "stale-reads")
    assert [{**ordered, "done": 2}] == reads["orders"]
    assert [2, 2] == [reads[name] - before[name] for name in ("tags_dropped", "ordered")]


def test_an_instance_is_not_found_by_the_tags_that_an_order_drops(lab: Lab) -> None:
    """The list that would have shown it counts, although it does not."""
    instance = tagged(lab)
    order(lab, {"action": "DescribeInstances", "resource": instance, "show": "untagged"})
    by_tag = {"Name": "tag-key", "Values": ["a"]}

    assert [{}, {instance: {"a"}}] == [keys(lab, by_tag), keys(lab, by_tag)]


def test_the_next_list_of_vpcs_omits_one(lab: Lab) -> None:
    """Lists of instances go on as before."""
    vpc = lab.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    order(lab, {"action": "DescribeVpcs", "resource": vpc, "show": "absent"})

    keys(lab)
    seen = [vpc in {one["VpcId"] for one in lab.ec2.describe_vpcs()["Vpcs"]} for _ in range(2)]

    assert [False, True] == seen


def test_an_instance_is_shown_as_it_was_when_the_order_was_given(lab: Lab) -> None:
    """The read that follows a tag event and still shows older tags; filters go by these."""
    instance = tagged(lab)
    ordered = {"action": "DescribeInstances", "resource": instance, "show": "outdated", "times": 3}
    order(lab, ordered)
    lab.ec2.delete_tags(Resources=[instance], Tags=[{"Key": "a"}])
    lab.ec2.create_tags(Resources=[instance], Tags=[tag("b")])

    seen = [keys(lab)[instance], keys(lab, {"Name": "tag-key", "Values": ["a"]})[instance]]
    by_new_tag = [keys(lab, {"Name": "tag-key", "Values": ["b"]}) for _ in range(2)]

    assert [{"a"}, {"a"}] == seen
    assert [{}, {instance: {"b"}}] == by_new_tag


def test_an_interface_is_shown_as_free_after_it_was_attached(lab: Lab) -> None:
    """Attachments are part of what was, on both sides."""
    instance, interface = lab.pair()
    order(
        lab,
        {"action": "DescribeNetworkInterfaces", "resource": interface, "show": "outdated"},
        {"action": "DescribeInstances", "resource": instance, "show": "outdated"},
    )
    lab.attach(instance, interface)

    def statuses() -> list[str]:
        found = lab.ec2.describe_network_interfaces()["NetworkInterfaces"]
        return [one["Status"] for one in found if one["NetworkInterfaceId"] == interface]

    def on_instance() -> int:
        (group,) = lab.ec2.describe_instances()["Reservations"]
        return len(group["Instances"][0]["NetworkInterfaces"])

    assert [["available"], ["in-use"]] == [statuses(), statuses()]
    assert [1, 2] == [on_instance(), on_instance()]


def test_orders_can_be_called_off(lab: Lab) -> None:
    """A test leaves nothing for the next."""
    instance = tagged(lab)
    order(lab, {"action": "DescribeInstances", "resource": instance, "show": "absent"})

    lab.cloud.control("DELETE", "stale-reads")

    assert {instance: {"a"}} == keys(lab)
    assert [] == lab.cloud.control("GET", "stale-reads")["orders"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"resource": UNKNOWN, "show": "absent"},
        {"resource": "{instance}", "show": "wrong"},
        {"resource": "{instance}", "show": "absent", "times": 0},
        {"show": "absent"},
    ],
)
def test_a_wrong_order_is_refused(lab: Lab, wrong: dict[str, Any]) -> None:
    """A misspelt order must not look as if it were given."""
    instance = tagged(lab)
    order_ = {key: instance if value == "{instance}" else value for key, value in wrong.items()}

    with pytest.raises(HTTPError) as caught:
        order(lab, {"action": "DescribeInstances", **order_})

    with caught.value as answer:
        assert answer.status == 400
