"""Tags that EC2 refuses: too long, too many, AWS's own; on what exists and at creation."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from tests.integration.localcloud.cloud import Lab, refusal, tag

KEY, VALUE, NUMBER = 128, 256, 50
AWS_TAG = "aws:autoscaling:groupName"
RESERVED = (
    "InvalidParameterValue",
    (
        f"Value ( {AWS_TAG} ) for parameter key is invalid. "
        "Tag keys starting with 'aws:' are reserved for internal use"
    ),
)
FULL = ("TagLimitExceeded", "The maximum number of Tags for a resource has been reached.")
LONG_KEY = ("InvalidParameterValue", f"Tag key exceeds the maximum length of {KEY} characters")
LONG_VALUE = (
    "InvalidParameterValue",
    f"Tag value exceeds the maximum length of {VALUE} characters",
)

Tags = list[Any]


def numbered(count: int, start: int = 0) -> Tags:
    """Return so many tags of different keys."""
    return [tag(f"key-{number}") for number in range(start, start + count)]


def launch(lab: Lab, subnet: str) -> tuple[Callable[..., Any], str, Mapping[str, Any]]:
    """Return how an instance is created."""
    fixed = {"ImageId": "ami-12345678", "MinCount": 1, "MaxCount": 1, "SubnetId": subnet}
    return lab.ec2.run_instances, "instance", fixed


CREATIONS: Mapping[str, Callable[[Lab], tuple[Callable[..., Any], str, Mapping[str, Any]]]] = {
    "RunInstances": lambda lab: launch(lab, lab.subnet()),
    "CreateNetworkInterface": lambda lab: (
        lab.ec2.create_network_interface,
        "network-interface",
        {"SubnetId": lab.subnet()},
    ),
    "CreateVpc": lambda lab: (lab.ec2.create_vpc, "vpc", {"CidrBlock": "10.3.0.0/16"}),
    "CreateSubnet": lambda lab: (
        lab.ec2.create_subnet,
        "subnet",
        {
            "VpcId": lab.ec2.create_vpc(CidrBlock="10.3.0.0/16")["Vpc"]["VpcId"],
            "CidrBlock": "10.3.0.0/24",
        },
    ),
}

WRONG = pytest.mark.parametrize(
    ("tags", "refused"),
    [
        ([tag("k" * (KEY + 1))], LONG_KEY),
        ([tag("k", "v" * (VALUE + 1))], LONG_VALUE),
        (numbered(NUMBER + 1), FULL),
        ([tag(AWS_TAG)], RESERVED),
    ],
    ids=["long key", "long value", "too many", "of AWS"],
)


@WRONG
def test_an_existing_resource_does_not_take_such_tags(
    lab: Lab, tags: Tags, refused: tuple[str, str]
) -> None:
    """A status of 257 characters that is written here would be lost on AWS."""
    interface = lab.interface(lab.subnet())

    assert refused == refusal(lab.ec2.create_tags, Resources=[interface], Tags=tags)
    assert [] == lab.shown(interface)["TagSet"]


@WRONG
@pytest.mark.parametrize("action", CREATIONS)
def test_nothing_is_created_with_such_tags(
    lab: Lab, action: str, tags: Tags, refused: tuple[str, str]
) -> None:
    """Tagging and creation succeed or fail together."""
    create, kind, fixed = CREATIONS[action](lab)
    specified = [{"ResourceType": kind, "Tags": tags}]

    assert refused == refusal(create, **fixed, TagSpecifications=specified)


@pytest.mark.parametrize("action", CREATIONS)
def test_the_longest_and_the_most_tags_are_taken_at_creation(lab: Lab, action: str) -> None:
    """A limit that is one too low would hide what AWS accepts."""
    create, kind, fixed = CREATIONS[action](lab)
    tags = [tag("k" * KEY, "v" * VALUE), *numbered(NUMBER - 1)]

    create(**fixed, TagSpecifications=[{"ResourceType": kind, "Tags": tags}])

    (found,) = lab.ec2.describe_tags(Filters=[{"Name": "key", "Values": ["k" * KEY]}])["Tags"]
    assert ("v" * VALUE, kind) == (found["Value"], found["ResourceType"])


def test_characters_are_counted_not_bytes(lab: Lab) -> None:
    """The limits are of Unicode characters in UTF-8."""
    interface = lab.interface(lab.subnet())
    longest = tag("ü" * KEY, "é" * VALUE)

    lab.ec2.create_tags(Resources=[interface], Tags=[longest])

    assert [longest] == lab.shown(interface)["TagSet"]


def test_the_limit_counts_what_a_resource_has_and_not_what_is_overwritten(lab: Lab) -> None:
    """The status of an instance with 50 tags can be written anew, but no first one."""
    full, empty = (lab.interface(lab.subnet()) for _ in range(2))
    lab.ec2.create_tags(Resources=[full], Tags=numbered(NUMBER))

    lab.ec2.create_tags(Resources=[full], Tags=[tag("key-0", "new")])

    both = refusal(lab.ec2.create_tags, Resources=[empty, full], Tags=[tag("one-more")])
    assert both == FULL
    assert tag("key-0", "new") in lab.shown(full)["TagSet"]
    assert [] == lab.shown(empty)["TagSet"]


def test_tags_of_aws_do_not_count(lab: Lab) -> None:
    """An instance of an Auto Scaling group has some, and takes fifty of its owner's."""
    instance = lab.instance(lab.subnet())
    lab.cloud.control("POST", f"tags/{instance}", {AWS_TAG: "web", "aws:ec2launchtemplate:id": "l"})

    lab.ec2.create_tags(Resources=[instance], Tags=numbered(NUMBER))

    shown = lab.shown_instance(instance)["Tags"]
    assert NUMBER + 2 == len(shown)
    assert tag(AWS_TAG, "web") in shown
    assert FULL == refusal(lab.ec2.create_tags, Resources=[instance], Tags=[tag("one-more")])


def test_tags_of_aws_cannot_be_taken_off(lab: Lab) -> None:
    """As with CreateTags; deleting all tags leaves them."""
    instance = lab.instance(lab.subnet())
    lab.cloud.control("POST", f"tags/{instance}", {AWS_TAG: "web"})
    lab.ec2.create_tags(Resources=[instance], Tags=[tag("own")])

    refused = refusal(lab.ec2.delete_tags, Resources=[instance], Tags=[{"Key": AWS_TAG}])
    lab.ec2.delete_tags(Resources=[instance])

    assert RESERVED == refused
    assert [tag(AWS_TAG, "web")] == lab.shown_instance(instance)["Tags"]
