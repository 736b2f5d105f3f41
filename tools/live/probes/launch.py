"""Probes of what happens at launch."""

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
