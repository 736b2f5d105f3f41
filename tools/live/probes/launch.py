"""Probes of what happens at launch, and to instances that do not run."""

from live.probe import Seen, refuted
from live.world import World


def launch_tag_events(world: World) -> Seen:
    """Launch a tagged instance, and wait for a tag event that names the key."""
    instance = world.launch({"probe": "at-launch"})
    events = world.wait_until(lambda: world.events.about(instance))
    if not events:
        return refuted(f"no tag event for {instance} in {world.patience:g} s")
    keys = sorted(events[0]["detail"]["changed-tag-keys"])
    return Seen("probe" in keys, f"a tag event with changed-tag-keys {', '.join(keys)}")


def attach_to_stopped(world: World) -> Seen:
    """Attach to a stopped instance, and wait for `attached`."""
    instance, interface = world.launch(), world.interface()
    world.ec2.stop_instances(InstanceIds=[instance])
    world.instance_comes_to(instance, "stopped")
    world.attach(instance, interface)
    at_once = world.attachment_status(interface)
    attached = world.wait_until(lambda: world.attachment_status(interface) == "attached")
    last = world.attachment_status(interface)
    return Seen(attached, f"{at_once} at once, {last} in the end")
