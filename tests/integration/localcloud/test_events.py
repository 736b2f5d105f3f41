"""Events on the default bus, as a rule with a queue behind it sees them."""

from tests.integration.localcloud.cloud import Lab, tag
from tests.integration.localcloud.inbox import Inbox


def test_a_launch_is_announced_as_pending_and_running(lab: Lab, inbox: Inbox) -> None:
    """The envelope is EventBridge's, the detail EC2's: the instance and its state, no more."""
    instance = lab.instance(lab.subnet())

    events = inbox.wait_for(2)

    assert [e["detail"] for e in events] == [
        {"instance-id": instance, "state": "pending"},
        {"instance-id": instance, "state": "running"},
    ]
    assert (
        events[0].items()
        >= {
            "version": "0",
            "source": "aws.ec2",
            "detail-type": "EC2 Instance State-change Notification",
            "account": lab.account,
            "region": "us-east-1",
            "resources": [f"arn:aws:ec2:us-east-1:{lab.account}:instance/{instance}"],
        }.items()
    )


def test_every_state_of_a_life_is_announced(lab: Lab, inbox: Inbox) -> None:
    """In the order in which the Describe calls show them."""
    instance = lab.instance(lab.subnet())
    lab.ec2.stop_instances(InstanceIds=[instance])
    lab.ec2.start_instances(InstanceIds=[instance])
    lab.ec2.terminate_instances(InstanceIds=[instance])

    states = [detail["state"] for detail in inbox.details(8)]

    launched, stopped = ["pending", "running"], ["stopping", "stopped"]
    assert states == [*launched, *stopped, *launched, "shutting-down", "terminated"]


def test_the_state_is_true_when_it_is_announced(lab: Lab, inbox: Inbox) -> None:
    """Who looks after the event `running` must not see `pending`."""
    lab.cloud.control("PUT", "settings", {"instance_seconds": 0.3})
    instance = lab.instance(lab.subnet())

    inbox.wait_for(2)

    assert lab.shown_instance(instance)["State"]["Name"] == "running"


def test_a_tag_change_names_the_keys_that_changed_and_all_tags(lab: Lab, inbox: Inbox) -> None:
    """A key written with the value it had did not change."""
    interface = lab.interface(lab.subnet())
    lab.ec2.create_tags(Resources=[interface], Tags=[tag("a")])
    both = [tag("a"), tag("b", "2")]

    lab.ec2.create_tags(Resources=[interface], Tags=both)

    event = inbox.wait_for(2)[1]
    assert (event["source"], event["detail-type"]) == ("aws.tag", "Tag Change on Resource")
    assert event["resources"] == [
        f"arn:aws:ec2:us-east-1:{lab.account}:network-interface/{interface}"
    ]
    assert event["detail"] == {
        "changed-tag-keys": ["b"],
        "service": "ec2",
        "resource-type": "network-interface",
        "version": 2,
        "tags": {"a": "1", "b": "2"},
    }


def test_tags_that_stay_as_they_are_raise_no_event(lab: Lab, inbox: Inbox) -> None:
    """Writing a status again must not wake anybody."""
    interface = lab.interface(lab.subnet())
    tags = [tag("a")]
    for _ in range(3):
        lab.ec2.create_tags(Resources=[interface], Tags=tags)

    lab.ec2.delete_tags(Resources=[interface], Tags=[{"Key": "a"}])

    assert [detail["version"] for detail in inbox.details(2)] == [1, 2]


def test_a_deleted_key_is_named_and_no_longer_among_the_tags(lab: Lab, inbox: Inbox) -> None:
    """A removed targets tag is seen by it."""
    interface = lab.interface(lab.subnet())
    tags = [tag("a"), tag("b", "2")]
    lab.ec2.create_tags(Resources=[interface], Tags=tags)

    lab.ec2.delete_tags(Resources=[interface], Tags=[{"Key": "a"}])

    last = inbox.details(2)[1]
    assert (last["changed-tag-keys"], last["tags"]) == (["a"], {"b": "2"})


def test_deleting_tags_without_naming_any_deletes_all(lab: Lab, inbox: Inbox) -> None:
    """Plain moto deletes none."""
    interface = lab.interface(lab.subnet())
    tags = [tag("a"), tag("b", "2")]
    lab.ec2.create_tags(Resources=[interface], Tags=tags)

    lab.ec2.delete_tags(Resources=[interface])

    last = inbox.details(2)[1]
    assert (last["changed-tag-keys"], last["tags"]) == (["a", "b"], {})


def test_each_resource_of_a_call_has_an_event_of_its_own(lab: Lab, inbox: Inbox) -> None:
    """VPCs and subnets have events as well."""
    subnet = lab.subnet()
    vpc = lab.ec2.describe_subnets(SubnetIds=[subnet])["Subnets"][0]["VpcId"]

    lab.ec2.create_tags(Resources=[vpc, subnet], Tags=[tag("a")])

    assert {detail["resource-type"] for detail in inbox.details(2)} == {"vpc", "subnet"}


def test_tags_at_launch_raise_an_event_only_if_wanted(lab: Lab, inbox: Inbox) -> None:
    """AWS does not say whether they do, so a program must work in both worlds."""
    subnet = lab.subnet()
    tags = [{"ResourceType": "network-interface", "Tags": [{"Key": "a", "Value": "1"}]}]
    lab.cloud.control("PUT", "settings", {"launch_tag_events": False})
    lab.interface(subnet, TagSpecifications=tags)
    lab.cloud.control("PUT", "settings", {"launch_tag_events": True})

    loud = lab.interface(subnet, TagSpecifications=tags)

    [event] = inbox.wait_for(1)
    assert event["resources"][0].endswith(loud)
    assert event["detail"]["changed-tag-keys"] == ["a"]
