"""The calls that change instances."""

from dataclasses import dataclass

from localcloud.ec2.actions import rules
from localcloud.ec2.actions.attachments import attached_interfaces
from localcloud.ec2.api.call import Call, Ec2Error, Reply
from localcloud.ec2.state import moto, states
from localcloud.ec2.state.model import Instance
from localcloud.ec2.state.world import World


@dataclass(frozen=True)
class Change:
    """A change of state: where it may start, where it has nothing to do, where it leads."""

    verb: str
    starts: frozenset[str]
    idle: frozenset[str]
    through: str
    to: str


# EC2 User Guide, "Amazon EC2 instance state changes".
CHANGES = {
    "StartInstances": Change(
        "started", frozenset({"stopped"}), frozenset({"pending", "running"}), "pending", "running"
    ),
    "StopInstances": Change(
        "stopped", frozenset({"running"}), frozenset({"stopping", "stopped"}), "stopping", "stopped"
    ),
    "TerminateInstances": Change(
        "terminated",
        frozenset({"pending", "running", "stopping", "stopped"}),
        frozenset({"shutting-down", "terminated"}),
        "shutting-down",
        "terminated",
    ),
}


def change_state(world: World, call: Call) -> Reply:
    """Answer StartInstances, StopInstances or TerminateInstances."""
    change = CHANGES[call.action]
    instances = [rules.known_instance(call.scope, name) for name in call.items("InstanceId")]
    before = {one.id: one.instance_state.name for one in instances}
    for name, state in before.items():
        if state not in change.starts | change.idle:
            message = f"not in a state from which it can be {change.verb}"
            raise Ec2Error("IncorrectInstanceState", f"The instance '{name}' is {message}.")
    if _hibernates(call):
        rules.able_to_hibernate(instances)
    reply = moto.forward(call)
    for instance in instances if reply.ok else ():
        if before[instance.id] in change.starts:
            _remember_stop(world, call, instance)
            _remove_public_address(instance)
            states.move_instance(world, call.scope, instance, change.through, change.to)
        else:
            states.show(instance, before[instance.id])
    return reply


def _remember_stop(world: World, call: Call, instance: Instance) -> None:
    """
    Remember who hibernates, and free what was blocked until a stop.

    Source: EC2 User Guide, "Hibernate your Amazon EC2 instance"; its state is `stopped`.
    """
    world.blocked.pop(instance.id, None)
    world.hibernated.discard(instance.id)
    if _hibernates(call):
        world.hibernated.add(instance.id)
        moto.show_hibernation(instance)


def _hibernates(call: Call) -> bool:
    return call.params.get("Hibernate", "").lower() == "true"


def _remove_public_address(instance: Instance) -> None:
    """
    Remove the public address that moto gives at a start to an instance with two interfaces.

    Source: EC2 User Guide, "Elastic network interfaces" (public IPv4 addresses).
    """
    if len(attached_interfaces(instance)) > 1:
        instance.nics[0].public_ip = None
