"""The calls that delete networks: EC2 refuses while something is in them, moto does not."""

from localcloud.ec2.actions import rules
from localcloud.ec2.api.call import Call, Reply
from localcloud.ec2.state import moto
from localcloud.ec2.state.world import World


def delete_subnet(_world: World, call: Call) -> Reply:
    """Answer DeleteSubnet."""
    subnet = call.required("SubnetId")
    rules.empty_subnet(call.scope, subnet)
    return _delete(call, subnet)


def delete_vpc(_world: World, call: Call) -> Reply:
    """Answer DeleteVpc."""
    vpc = call.required("VpcId")
    rules.empty_vpc(call.scope, vpc)
    return _delete(call, vpc)


def delete_security_group(_world: World, call: Call) -> Reply:
    """Answer DeleteSecurityGroup; a name is one in the default VPC."""
    named = call.params.get("GroupId") or call.required("GroupName")
    group = moto.backend(call.scope).get_security_group_by_name_or_id(named)
    if group is None:
        return moto.forward(call)
    rules.unused_group(call.scope, group)
    return _delete(call, group.id)


def _delete(call: Call, resource: str) -> Reply:
    reply = moto.forward(call)
    if reply.ok:
        moto.forget_tags(call.scope, resource)
    return reply
