"""IAM enforcement: every resource of an EC2 call is asked about, and each condition bites."""

from typing import TYPE_CHECKING

import pytest

from tests.integration.localcloud.cloud import refusal
from tests.integration.localcloud.guarded import Scene, Statement, allow

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client

ATTACH, DETACH = "AttachNetworkInterface", "DetachNetworkInterface"


def attach(role: "EC2Client", instance: str, interface: str) -> str:
    """Attach with a role's session."""
    return role.attach_network_interface(
        InstanceId=instance, NetworkInterfaceId=interface, DeviceIndex=1
    )["AttachmentId"]


def test_attach_and_detach_work_with_both_permissions(scene: Scene) -> None:
    """The policy of the product in small; detach is fenced on the interface only."""
    instance, interface = scene.tagged_pair()
    role = scene.role(
        scene.on_interfaces(ATTACH, DETACH),
        scene.on_instances(ATTACH),
        allow(DETACH, resource=scene.arn("instance")),
    )

    role.detach_network_interface(AttachmentId=attach(role, instance, interface))

    assert scene.status(interface) == ("available", None)


@pytest.mark.parametrize("missing", ["instance", "network-interface"])
def test_attach_needs_a_permission_on_both_resources(scene: Scene, missing: str) -> None:
    """Plain ministack looks at the instance only."""
    instance, interface = scene.tagged_pair()
    allowed = {"instance": scene.on_instances, "network-interface": scene.on_interfaces}
    role = scene.role(*(give(ATTACH) for kind, give in allowed.items() if kind != missing))

    code, message = refusal(attach, role=role, instance=instance, interface=interface)

    assert code == "UnauthorizedOperation"
    assert f":{missing}/" in message


@pytest.mark.parametrize("missing", ["instance", "network-interface"])
def test_detach_needs_a_permission_on_both_resources(scene: Scene, missing: str) -> None:
    """The call names neither of them, only the attachment."""
    instance, interface = scene.tagged_pair()
    attachment = scene.attach(instance, interface)
    allowed = {"instance": scene.on_instances, "network-interface": scene.on_interfaces}
    role = scene.role(*(give(DETACH) for kind, give in allowed.items() if kind != missing))

    code, message = refusal(role.detach_network_interface, AttachmentId=attachment)

    assert code == "UnauthorizedOperation"
    assert f":{missing}/" in message


@pytest.mark.parametrize("untagged", [0, 1])
def test_a_resource_without_the_tag_is_out_of_reach(scene: Scene, untagged: int) -> None:
    """aws:ResourceTag on the interface, ec2:ResourceTag on the instance."""
    pair = scene.tagged_pair()
    scene.ec2.delete_tags(Resources=[pair[untagged]])
    role = scene.role(scene.on_interfaces(ATTACH), scene.on_instances(ATTACH))

    code, _ = refusal(attach, role=role, instance=pair[0], interface=pair[1])

    assert code == "UnauthorizedOperation"


def test_interfaces_can_be_fenced_by_vpc(scene: Scene) -> None:
    """ec2:Vpc is a key of the interface, not of the instance."""
    instance, interface = scene.pair()
    vpc = scene.shown(interface)["VpcId"]
    on_instances = allow(ATTACH, resource=scene.arn("instance"))

    def fenced(to: str) -> Statement:
        when = {"ArnEquals": {"ec2:Vpc": scene.arn("vpc", to)}}
        return allow(ATTACH, resource=scene.arn("network-interface"), when=when)

    other = scene.role(fenced("vpc-00000000000000000"), on_instances)
    assert refusal(attach, role=other, instance=instance, interface=interface)[0] == (
        "UnauthorizedOperation"
    )
    attach(scene.role(fenced(vpc), on_instances), instance, interface)
    assert scene.status(interface) == ("in-use", "attached")


def test_reading_needs_a_permission_on_everything(scene: Scene) -> None:
    """Describe calls know no resources: an ARN in the policy allows nothing."""
    narrow = scene.role(allow("DescribeInstances", resource=scene.arn("instance")))

    assert refusal(narrow.describe_instances)[0] == "UnauthorizedOperation"
    assert scene.role(allow("DescribeInstances")).describe_instances()["Reservations"] == []


def test_a_dry_run_tells_whether_a_call_is_allowed(scene: Scene) -> None:
    """A preflight check: DryRunOperation or UnauthorizedOperation."""
    instance, interface = scene.tagged_pair()
    able = scene.role(scene.on_interfaces(ATTACH), scene.on_instances(ATTACH))
    unable = scene.role(scene.on_interfaces(ATTACH))
    request = {"InstanceId": instance, "NetworkInterfaceId": interface, "DeviceIndex": 1}

    answers = [
        refusal(role.attach_network_interface, DryRun=True, **request)[0] for role in (able, unable)
    ]

    assert answers == ["DryRunOperation", "UnauthorizedOperation"]


def test_an_unknown_key_is_refused(scene: Scene) -> None:
    """Only keys that were issued here, and the administrator's."""
    unknown = scene.cloud.client("ec2", "AKIAAAAAAAAAAAAAAAAA")

    assert refusal(unknown.describe_vpcs)[0] == "AuthFailure"


def test_a_wrong_secret_is_refused(scene: Scene) -> None:
    """A key's id alone proves no identity; the administrator's secret is not checked."""
    iam = scene.client("iam")
    iam.create_user(UserName="kim")
    key = iam.create_access_key(UserName="kim")["AccessKey"]["AccessKeyId"]
    impostor = scene.cloud.client("ec2", key, secret="guess")

    assert refusal(impostor.describe_vpcs)[0] == "AuthFailure"
