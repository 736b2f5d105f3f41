"""IAM enforcement: who may write which tags, and on what."""

from typing import TYPE_CHECKING

from tests.integration.localcloud.cloud import refusal, tag
from tests.integration.localcloud.guarded import POOL, Scene, allow

if TYPE_CHECKING:
    from mypy_boto3_ec2.type_defs import TagSpecificationTypeDef

ONLY_STATUS = {
    "ForAllValues:StringLike": {"aws:TagKeys": ["dualhome-*"]},
    "Null": {"aws:TagKeys": "false"},
}


def test_tag_keys_can_be_fenced(scene: Scene) -> None:
    """The writer of a status must not be able to write targets."""
    instance, interface = scene.tagged_pair()
    role = scene.role(allow("CreateTags", when=ONLY_STATUS))
    status = tag("dualhome-status")

    role.create_tags(Resources=[instance, interface], Tags=[status])

    assert status in scene.shown(interface)["TagSet"]
    for tags in ([tag("targets")], [status, tag("targets")]):
        code, _ = refusal(role.create_tags, Resources=[instance], Tags=tags)
        assert code == "UnauthorizedOperation"


def test_tag_values_can_be_fenced(scene: Scene) -> None:
    """aws:RequestTag."""
    interface = scene.interface(scene.subnet())
    when = {"StringEquals": {"aws:RequestTag/pool": "mgmt"}}
    role = scene.role(allow("CreateTags", when=when))

    role.create_tags(Resources=[interface], Tags=[POOL])

    other = tag("pool", "data")
    code, _ = refusal(role.create_tags, Resources=[interface], Tags=[other])
    assert code == "UnauthorizedOperation"


def test_tagging_is_asked_about_for_each_resource(scene: Scene) -> None:
    """One forbidden resource spoils the call, and nothing is tagged."""
    instance, interface = scene.tagged_pair()
    role = scene.role(allow("CreateTags", resource=scene.arn("network-interface")))
    status = tag("dualhome-status")

    code, message = refusal(role.create_tags, Resources=[interface, instance], Tags=[status])

    assert code == "UnauthorizedOperation"
    assert f":instance/{instance}" in message
    assert status not in scene.shown(interface)["TagSet"]


def test_creating_with_tags_needs_create_tags_for_that_action(scene: Scene) -> None:
    """ec2:CreateAction keeps the permission to tag from reaching existing resources."""
    subnet = scene.subnet()
    tags: list[TagSpecificationTypeDef] = [{"ResourceType": "network-interface", "Tags": [POOL]}]
    create = allow("CreateNetworkInterface")
    tag = allow("CreateTags", when={"StringEquals": {"ec2:CreateAction": "CreateNetworkInterface"}})
    without, role = scene.role(create), scene.role(create, tag)

    made = role.create_network_interface(SubnetId=subnet, TagSpecifications=tags)

    interface = made["NetworkInterface"]["NetworkInterfaceId"]
    forbidden = refusal(without.create_network_interface, SubnetId=subnet, TagSpecifications=tags)
    assert forbidden[0] == "UnauthorizedOperation"
    assert refusal(role.create_tags, Resources=[interface], Tags=[POOL])[0] == forbidden[0]


def test_the_tagging_api_sees_the_tags(scene: Scene) -> None:
    """Resource Groups Tagging API and IAM read them in one place."""
    instance, _ = scene.tagged_pair()

    found = scene.client("resourcegroupstaggingapi").get_resources(
        TagFilters=[{"Key": "targets", "Values": ["mgmt"]}]
    )

    arns = [one["ResourceARN"] for one in found["ResourceTagMappingList"]]
    assert arns == [scene.arn("instance", instance)]
