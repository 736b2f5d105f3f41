"""RunInstances: its rules on interfaces, and what moto forgets of them."""

from collections import Counter

from localcloud.ec2.actions import rules
from localcloud.ec2.api.call import Call, Ec2Error, Reply
from localcloud.ec2.state import moto, states
from localcloud.ec2.state.model import Subnet
from localcloud.ec2.state.world import LaunchedInterface, World

DEFAULT_TYPE = "m1.small"


def run_instances(world: World, call: Call) -> Reply:
    """Answer RunInstances: `pending` now, `running` a little later."""
    _check(world, call)
    backend = moto.backend(call.scope)
    before = {group.id for group in backend.describe_instances({})}
    world.launching = _launched_interfaces(call)
    reply = moto.forward(call)
    for group in backend.describe_instances({}):
        for instance in group.instances if group.id not in before else ():
            states.move_instance(world, call.scope, instance, "pending", "running")
    return reply


def _launched_interfaces(call: Call) -> dict[int, LaunchedInterface]:
    """
    Return what the call says of its interfaces, by device index.

    Only the primary interface is deleted at termination unless the call says otherwise.
    Source: EC2 User Guide, "Elastic network interfaces" (termination behaviour).
    """
    launched = {}
    for spec in call.groups("NetworkInterface") or [{"DeviceIndex": "0"}]:
        index = int(spec.get("DeviceIndex", "0"))
        default = "false" if index or "NetworkInterfaceId" in spec else "true"
        doomed = spec.get("DeleteOnTermination", default).lower() == "true"
        launched[index] = LaunchedInterface(doomed, int(spec.get("NetworkCardIndex", "0")))
    return launched


def _check(world: World, call: Call) -> None:
    specs = [call.nested(spec) for spec in call.groups("NetworkInterface")]
    groups, instance_type = call.items("SecurityGroupId"), call.params.get("InstanceType")
    if specs and groups:
        raise Ec2Error(
            "InvalidParameterCombination",
            "Network interfaces and an instance-level security groups "
            "may not be specified on the same request",
        )
    if subnet := moto.find_subnet(call.scope, call.params.get("SubnetId", "")):
        rules.launch_groups_of_vpc(call.scope, groups, subnet)
    cards = Counter(int(spec.params.get("NetworkCardIndex", "0")) for spec in specs)
    for card, count in cards.items():
        rules.known_card(instance_type or DEFAULT_TYPE, card, world.alternatives)
        rules.within_limit(instance_type or DEFAULT_TYPE, card, count)
    subnets = {spec.params.get("DeviceIndex", "0"): _check_interface(world, spec) for spec in specs}
    primary = subnets.get("0")
    for other in subnets.values():
        if primary and other:
            rules.same_zone(other, primary.availability_zone)


def _check_interface(world: World, spec: Call) -> Subnet | None:
    """Check one interface of the launch; return its subnet if the call names one."""
    if "NetworkInterfaceId" in spec.params:
        interface = rules.known_interface(spec.scope, spec.params["NetworkInterfaceId"])
        rules.own_interface(interface)
        rules.free_interface(interface, world.alternatives)
        return interface.subnet
    subnet = moto.find_subnet(spec.scope, spec.params.get("SubnetId", ""))
    if subnet:
        rules.launch_groups_of_vpc(spec.scope, spec.items("SecurityGroupId"), subnet)
    return subnet
