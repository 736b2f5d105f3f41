"""Instances change state, through a state that lasts a while."""

from localcloud.ec2.actions.attachments import release
from localcloud.ec2.api.call import Scope
from localcloud.ec2.state.model import Instance
from localcloud.ec2.state.world import World
from localcloud.server.events import Event

# EC2 API Reference, InstanceState.
CODES = {
    "pending": 0,
    "running": 16,
    "shutting-down": 32,
    "terminated": 48,
    "stopping": 64,
    "stopped": 80,
}


def move_instance(world: World, scope: Scope, instance: Instance, through: str, to: str) -> None:
    """Show ``through`` now and ``to`` later, and publish both."""
    _enter(world, scope, instance, through)

    def arrive() -> None:
        if instance.instance_state.name == through:
            world.history.note(instance)
            if to == "terminated":
                release(scope, instance)
            _enter(world, scope, instance, to)

    world.timeline.after(world.settings.instance_seconds, arrive)


def show(instance: Instance, state: str) -> None:
    """Let the Describe calls show ``state``."""
    instance.instance_state.name, instance.instance_state.code = state, CODES[state]


def _enter(world: World, scope: Scope, instance: Instance, state: str) -> None:
    """Source: EC2 User Guide, "Amazon EC2 instance state change events"."""
    show(instance, state)
    world.publish(
        Event(
            scope=scope,
            source="aws.ec2",
            detail_type="EC2 Instance State-change Notification",
            resources=(scope.arn("instance", instance.id),),
            detail={"instance-id": instance.id, "state": state},
        )
    )
