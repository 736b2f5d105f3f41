"""
Which resources the policies are asked about for a call.

Source: Service Authorization Reference, "Actions, resources, and condition keys for Amazon EC2".
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from localcloud.ec2.api.call import Call
from localcloud.ec2.iam.condition_keys import Keys, keys_of
from localcloud.ec2.state import moto
from localcloud.server.alternatives import Alternatives

INSTANCE_CALLS = {f"{verb}Instances" for verb in ("Start", "Stop", "Terminate", "Reboot")}


@dataclass(frozen=True)
class Check:
    """One question to the policies."""

    action: str
    arn: str
    keys: Keys = field(default_factory=dict)


def checks(call: Call, alternatives: Alternatives) -> list[Check]:
    """
    Return every question; all must be answered with Allow.

    A resource that does not exist is not asked about: the call then fails with NotFound. What EC2
    answers to a caller whose policies fence by tag is undocumented, and so is whether a DeleteTags
    without keys presents any.
    """
    if call.action == "DetachNetworkInterface" and alternatives.what_is_gone_is_asked_about:
        return _detach(call) or [Check(call.action, call.scope.arn("network-interface", "*"))]
    if call.action == "DeleteTags" and alternatives.deleting_all_tags_names_their_keys:
        return _deleting(call)
    rule = RULES.get(call.action)
    if rule:
        return [*rule(call), *_tags_at_creation(call)]
    if call.action in INSTANCE_CALLS:
        return _existing(call, *call.items("InstanceId"))
    return [Check(call.action, "*")]


def _existing(call: Call, *resources: str, **keys: object) -> list[Check]:
    found = []
    for resource in resources:
        kind = moto.resource_kind(resource)
        own = keys_of(call.scope, kind, resource)
        if own is not None:
            found.append(Check(call.action, call.scope.arn(kind, resource), {**own, **keys}))
    return found


def _attach(call: Call) -> list[Check]:
    names = ("InstanceId", "NetworkInterfaceId")
    return _existing(call, *(call.params[name] for name in names if name in call.params))


def _detach(call: Call) -> list[Check]:
    attachment = moto.find_attachment(call.scope, call.params.get("AttachmentId", ""))
    if attachment is None or attachment.attachment is None:
        return []
    return _existing(call, attachment.attachment.instance_id, attachment.id)


def _create(call: Call) -> list[Check]:
    named = _existing(call, call.params.get("SubnetId", ""), *call.items("SecurityGroupId"))
    return [*named, _new(call, call.action, "network-interface")]


def _interface(call: Call) -> list[Check]:
    named = (call.params.get("NetworkInterfaceId", ""), *call.items("SecurityGroupId"))
    return _existing(call, *named)


def _tagging(call: Call) -> list[Check]:
    tags = {tag.get("Key", ""): tag.get("Value", "") for tag in call.groups("Tag")}
    return _existing(call, *call.items("ResourceId"), **_request_tags(tags))


def _deleting(call: Call) -> list[Check]:
    if call.groups("Tag"):
        return _tagging(call)
    tags = moto.backend(call.scope).tags
    named = [(it, list(tags.get(it, {}))) for it in call.items("ResourceId")]
    return [check for one, keys in named for check in _existing(call, one, **{"aws:TagKeys": keys})]


def _run(call: Call) -> list[Check]:
    specs = [call.nested(spec) for spec in call.groups("NetworkInterface")]
    params = [call, *specs]
    named = [
        *(
            one.params[name]
            for one in params
            for name in ("SubnetId", "NetworkInterfaceId")
            if name in one.params
        ),
        *(group for one in params for group in one.items("SecurityGroupId")),
    ]
    image = Check(
        call.action, f"arn:aws:ec2:{call.scope.region}::image/{call.params.get('ImageId')}"
    )
    kinds = ("instance", "network-interface", "volume")
    return [*_existing(call, *named), image, *(_new(call, call.action, kind) for kind in kinds)]


def _new(call: Call, action: str, kind: str, **keys: object) -> Check:
    tags: dict[str, str] = {}
    for spec in call.groups("TagSpecification"):
        if spec.get("ResourceType") == kind:
            pairs = call.nested(spec).groups("Tag")
            tags |= {pair.get("Key", ""): pair.get("Value", "") for pair in pairs}
    return Check(action, call.scope.arn(kind, "*"), {**_request_tags(tags), **keys})


def _tags_at_creation(call: Call) -> list[Check]:
    """Source: EC2 User Guide, "Grant permission to tag resources during creation"."""
    kinds = [spec.get("ResourceType", "") for spec in call.groups("TagSpecification")]
    created_by = {"ec2:CreateAction": call.action}
    return [_new(call, "CreateTags", kind, **created_by) for kind in kinds]


def _request_tags(tags: dict[str, str]) -> Keys:
    keys: Keys = {f"aws:RequestTag/{key}": value for key, value in tags.items()}
    return {**keys, "aws:TagKeys": list(tags)} if tags else {}


RULES: dict[str, Callable[[Call], list[Check]]] = {
    "AttachNetworkInterface": _attach,
    "CreateNetworkInterface": _create,
    "CreateTags": _tagging,
    "DeleteNetworkInterface": _interface,
    "DeleteTags": _tagging,
    "DetachNetworkInterface": _detach,
    "ModifyNetworkInterfaceAttribute": _interface,
    "RunInstances": _run,
}
