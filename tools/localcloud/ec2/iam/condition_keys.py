"""
The condition keys that a resource brings to the policies.

Source: Service Authorization Reference, "Actions, resources, and condition keys for Amazon EC2".
"""

from typing import Any

from localcloud.ec2.api.call import Scope
from localcloud.ec2.state import moto

Keys = dict[str, Any]


def keys_of(scope: Scope, kind: str, resource: str) -> Keys | None:
    """Return the keys of an existing resource, its tags among them; None if it does not exist."""
    find = {
        "instance": _instance,
        "network-interface": _interface,
        "subnet": _subnet,
        "security-group": _security_group,
    }.get(kind)
    own = find(scope, resource) if find else {}
    if own is None:
        return None
    tags = moto.backend(scope).tags.get(resource, {})
    tagged = {f"{name}:ResourceTag/{k}": v for k, v in tags.items() for name in ("aws", "ec2")}
    return {**own, **tagged}


def _instance(scope: Scope, resource: str) -> Keys | None:
    instance = moto.backend(scope).get_instance_by_id(resource)
    return (
        None
        if instance is None
        else {
            "ec2:InstanceID": instance.id,
            "ec2:InstanceType": instance.instance_type,
            "ec2:AvailabilityZone": instance.availability_zone,
        }
    )


def _interface(scope: Scope, resource: str) -> Keys | None:
    interface = moto.backend(scope).enis.get(resource)
    return (
        None
        if interface is None
        else {
            "ec2:NetworkInterfaceID": interface.id,
            "ec2:AvailabilityZone": interface.subnet.availability_zone,
            "ec2:Subnet": scope.arn("subnet", interface.subnet.id),
            "ec2:Vpc": scope.arn("vpc", interface.subnet.vpc_id),
        }
    )


def _subnet(scope: Scope, resource: str) -> Keys | None:
    subnet = moto.find_subnet(scope, resource)
    return (
        None
        if subnet is None
        else {
            "ec2:SubnetID": subnet.id,
            "ec2:AvailabilityZone": subnet.availability_zone,
            "ec2:Vpc": scope.arn("vpc", subnet.vpc_id),
        }
    )


def _security_group(scope: Scope, resource: str) -> Keys | None:
    group = moto.backend(scope).get_security_group_from_id(resource)
    return (
        None
        if group is None
        else {
            "ec2:SecurityGroupID": group.id,
            "ec2:Vpc": scope.arn("vpc", group.vpc_id),
        }
    )
