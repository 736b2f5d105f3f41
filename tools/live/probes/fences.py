"""Probes of policies that fence EC2's resources by their tags."""

from live.probe import Seen, refuted, unclear
from live.roles import allow, arn, caller_with, deny, is_denied
from live.world import World, refusal

FENCE = {"StringEquals": {"aws:ResourceTag/probe": "fenced"}}
TAGGED = {"probe": "fenced"}
DENIED = "UnauthorizedOperation"
NOT_YET = "the role's permissions did not come into force"


def detach_gone_fenced(world: World) -> Seen:
    """Detach twice with a role that may detach what is tagged."""
    role = caller_with(
        world,
        allow("ec2:DetachNetworkInterface", on=_interfaces(world), when=FENCE),
        allow("ec2:DetachNetworkInterface", on=arn(world, "ec2", "instance/*")),
    )
    instance, interface = world.launch(), world.interface(TAGGED)
    attachment = world.attach(instance, interface)
    world.wait_until(lambda: world.attachment_status(interface) == "attached")
    detach = role("ec2").detach_network_interface
    if not world.wait_until(lambda: not is_denied(detach, AttachmentId=attachment)):
        return unclear(NOT_YET)
    if not world.wait_until(lambda: world.shown_interface(interface)["Status"] == "available"):
        return unclear(f"{interface} was not detached in {world.patience:g} s")
    code, text = refusal(detach, AttachmentId=attachment) or ("no error", "")
    holds = {"InvalidAttachmentID.NotFound": True, DENIED: False}.get(code)
    return Seen(holds, f"{code} {text}".strip())


def attach_fenced_first_second(world: World) -> Seen:
    """Tag an interface, and attach it at once with a role that may attach what is tagged."""
    role = caller_with(
        world,
        allow("ec2:AttachNetworkInterface", on=_interfaces(world), when=FENCE),
        allow("ec2:AttachNetworkInterface", on=arn(world, "ec2", "instance/*")),
    )
    instance, earlier, interface = world.launch(), world.interface(TAGGED), world.interface()
    attach = role("ec2").attach_network_interface
    wanted = {"InstanceId": instance, "DeviceIndex": 1}

    def in_force() -> bool:
        code, _ = refusal(attach, NetworkInterfaceId=earlier, DryRun=True, **wanted) or ("", "")
        return code == "DryRunOperation"

    if not world.wait_until(in_force):
        return unclear(NOT_YET)
    tags = [{"Key": "probe", "Value": "fenced"}]
    world.ec2.create_tags(Resources=[interface], Tags=tags)  # type: ignore[arg-type]
    refused = refusal(attach, NetworkInterfaceId=interface, **wanted)
    if refused is None:
        return Seen(holds=True, what="permitted by the next call after CreateTags")
    code, text = refused
    return Seen(False if code == DENIED else None, f"{code} {text}")


def delete_all_tags_keys(world: World) -> Seen:
    """Take all tags away with a role that is denied one of the keys."""
    guarded = {"ForAnyValue:StringLike": {"aws:TagKeys": ["guarded*"]}}
    role = caller_with(world, allow("ec2:DeleteTags"), deny("ec2:DeleteTags", when=guarded))
    interface = world.interface({"guarded": "1", "free": "1"})
    delete = role("ec2").delete_tags
    permitted = {"Resources": [interface], "Tags": [{"Key": "free"}]}
    forbidden = {"Resources": [interface], "Tags": [{"Key": "guarded"}]}
    if not world.wait_until(lambda: not is_denied(delete, **permitted)):
        return unclear(NOT_YET)
    if not is_denied(delete, **forbidden):
        return unclear("the Deny did not stop a DeleteTags that names the key")
    stopped = is_denied(delete, Resources=[interface])
    tags = {tag["Key"] for tag in world.shown_interface(interface)["TagSet"]}
    world.ec2.create_tags(Resources=[interface], Tags=world.run.tags())
    what = "the Deny stopped it" if stopped else "the Deny did not stop it"
    return Seen(not stopped and "guarded" not in tags, f"{what}; tags afterwards: {sorted(tags)}")


def tagging_api_permission(world: World) -> Seen:
    """Tag by the Resource Groups Tagging API with a role that EC2 lets set one key."""
    one_key = {
        "ForAllValues:StringEquals": {"aws:TagKeys": ["permitted"]},
        "Null": {"aws:TagKeys": "false"},
    }
    role = caller_with(world, allow("tag:TagResources"), allow("ec2:CreateTags", when=one_key))
    interface = arn(world, "ec2", f"network-interface/{world.interface()}")
    tag = role("resourcegroupstaggingapi").tag_resources

    def sets(key: str) -> bool:
        answer = tag(ResourceARNList=[interface], Tags={key: "1"})
        return not answer.get("FailedResourcesMap")

    if not world.wait_until(lambda: sets("permitted")):
        return refuted("the key that EC2's policy permits was refused")
    if sets("forbidden"):
        return refuted("a key that EC2's policy does not permit was set")
    return Seen(holds=True, what="the key that EC2's policy permits was set, the other refused")


def for_all_values_empty(world: World) -> Seen:
    """Call what has no tag keys with a role whose one permission asks ForAllValues of them."""
    never = {"ForAllValues:StringEquals": {"aws:TagKeys": ["never"]}}
    role = caller_with(world, allow("ec2:ModifyNetworkInterfaceAttribute", when=never))
    interface, modify = world.interface(), role("ec2").modify_network_interface_attribute
    change = {"NetworkInterfaceId": interface, "Description": {"Value": "probed"}}
    if world.wait_until(lambda: not is_denied(modify, **change)):
        return Seen(holds=True, what="permitted")
    return refuted(f"denied for {world.patience:g} s")


def _interfaces(world: World) -> str:
    return arn(world, "ec2", "network-interface/*")
