"""Probes of the events of tags."""

from collections.abc import Callable
from typing import Any

from ulid import ULID

from live.probe import Seen, refuted, unclear
from live.probes import timing
from live.tagging import pairs
from live.world import World

KEY = "probe"
FIELDS = {"changed-tag-keys", "service", "resource-type", "version", "tags"}


def creation_tag_events(world: World) -> Seen:
    """Create a tagged interface, and wait for a tag event that names the key."""
    return _announced(world, world.interface({KEY: "at-creation"}), "network-interface")


def interface_tag_events(world: World) -> Seen:
    """Tag an interface, and wait for its tag event."""
    interface = world.interface()
    world.ec2.create_tags(Resources=[interface], Tags=pairs({KEY: "later"}))
    return _announced(world, interface, "network-interface")


def vpc_tag_events(world: World) -> Seen:
    """Tag a VPC, and wait for its tag event; the tag is taken off again."""
    vpc, key = world.network.application.id, f"{KEY}-{ULID()}"
    world.ec2.create_tags(Resources=[vpc], Tags=pairs({key: "later"}))
    try:
        return _announced(world, vpc, "vpc", key)
    finally:
        world.ec2.delete_tags(Resources=[vpc], Tags=[{"Key": key}])


def tag_event_fields(world: World) -> Seen:
    """Tag an interface, and look at what the event's detail holds."""
    interface = world.interface()
    world.ec2.create_tags(Resources=[interface], Tags=pairs({KEY: "fields"}))
    event = _event(world, interface, _names(KEY))
    if event is None:
        return unclear(f"no tag event for {interface} in {world.patience:g} s")
    shown = ", ".join(sorted(event["detail"]))
    return Seen(set(event["detail"]) == FIELDS, f"the detail has {shown}")


def delete_all_tags_event(world: World) -> Seen:
    """Delete all tags of an interface in one call, and look at what the event names."""
    interface = world.interface({KEY: "a", "second": "b"})
    keys = {tag["Key"] for tag in world.shown_interface(interface)["TagSet"]}
    try:
        world.ec2.delete_tags(Resources=[interface])
        event = _event(world, interface, lambda detail: bool(keys - set(detail["tags"])))
    finally:
        world.ec2.delete_network_interface(NetworkInterfaceId=interface)
    if event is None:
        return unclear(f"no event without the tags of {interface} in {world.patience:g} s")
    named = event["detail"]["changed-tag-keys"]
    what = f"of {len(keys)} keys deleted, one event names {', '.join(sorted(named))}"
    return Seen(keys == set(named), what)


def unchanged_tag_events(world: World) -> Seen:
    """Write a tag again as it is; the version of the next event tells if that had one, too."""
    interface = world.interface()
    for value in ("first", "first", "second"):
        world.ec2.create_tags(Resources=[interface], Tags=pairs({KEY: value}))
    first = _event(world, interface, lambda detail: detail["tags"].get(KEY) == "first")
    second = _event(world, interface, lambda detail: detail["tags"].get(KEY) == "second")
    if first is None or second is None:
        return unclear(f"not every change of {interface} had its event in {world.patience:g} s")
    versions = [int(float(event["detail"]["version"])) for event in (first, second)]
    what = f"two changes, one write without change between them: versions {versions}"
    return Seen(versions[1] - versions[0] == 1, what)


def tag_event_delay(world: World) -> Seen:
    """Tag an interface, and measure the seconds until its event is there."""
    interface = world.interface()
    world.ec2.create_tags(Resources=[interface], Tags=pairs({KEY: "delay"}))
    return timing.within(
        world, timing.TAG_EVENT, "its tag event", lambda: _find(world, interface, _names(KEY))
    )


def _announced(world: World, resource: str, kind: str, key: str = KEY) -> Seen:
    event = _event(world, resource, _names(key))
    if event is None:
        return refuted(f"no tag event for {resource} in {world.patience:g} s")
    shown = event["detail"]["resource-type"]
    return Seen(shown == kind, f"a tag event of resource type {shown}")


def _names(key: str) -> Callable[[dict[str, Any]], bool]:
    return lambda detail: key in detail["changed-tag-keys"]


def _event(
    world: World, resource: str, fits: Callable[[dict[str, Any]], bool]
) -> dict[str, Any] | None:
    """Wait for a tag event of ``resource`` whose detail ``fits``."""
    return world.wait_until(lambda: _find(world, resource, fits))


def _find(
    world: World, resource: str, fits: Callable[[dict[str, Any]], bool]
) -> dict[str, Any] | None:
    return next((it for it in world.events.about(resource) if fits(it["detail"])), None)
