"""Tag changes, and the events that AWS raises for them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from localcloud.ec2.actions import rules
from localcloud.ec2.api.call import Call, Reply, Scope
from localcloud.ec2.state import moto
from localcloud.ec2.state.world import World
from localcloud.server.events import Event

TAG_CALLS = {"CreateTags", "DeleteTags"}
Tags = dict[str, dict[str, str]]


def create_tags(world: World, call: Call) -> Reply:
    """Answer CreateTags; moto would tag instances that do not exist."""
    resources, new = call.items("ResourceId"), _tags_of(call)
    rules.known_resources(call.scope, resources)
    _check(world, new)
    tags = moto.backend(call.scope).tags
    for name in resources:
        rules.room_for_tags({*tags.get(name, {}), *new})
    with _reserved_hidden(call.scope, resources):
        return moto.forward(call)


def check_tags_at_creation(world: World, call: Call) -> None:
    """
    Check what a call says of the tags of resources that it creates.

    Raises:
        Ec2Error: EC2 refuses such tags, and the resource with them (EC2 User Guide, "Tag your
            Amazon EC2 resources": tagging and creation succeed or fail together).
    """
    by_kind: Tags = {}
    for spec in call.groups("TagSpecification"):
        kind = spec.get("ResourceType", "")
        by_kind.setdefault(kind, {}).update(_tags_of(call.nested(spec)))
    for tags in by_kind.values():
        _check(world, tags)
        rules.room_for_tags(tags)


def _tags_of(call: Call) -> dict[str, str]:
    return {tag.get("Key", ""): tag.get("Value", "") for tag in call.groups("Tag")}


def _check(world: World, tags: dict[str, str]) -> None:
    rules.own_tag_keys(tags)
    rules.fitting_tags(tags, world.alternatives)


@contextmanager
def _reserved_hidden(scope: Scope, resources: list[str]) -> Iterator[None]:
    """Hide AWS's own tags from moto, which counts them towards the limit."""
    tags = moto.backend(scope).tags
    hidden = {name: {k: v for k, v in tags[name].items() if _reserved(k)} for name in resources}
    for name, reserved in hidden.items():
        for key in reserved:
            del tags[name][key]
    try:
        yield
    finally:
        for name, reserved in hidden.items():
            tags[name] |= reserved


def _reserved(key: str) -> bool:
    return key.startswith(rules.RESERVED)


def delete_tags(_world: World, call: Call) -> Reply:
    """
    Answer DeleteTags; without tags it deletes all of a resource's own, which moto does not.

    Source: EC2 API Reference, DeleteTags.
    """
    rules.known_resources(call.scope, call.items("ResourceId"))
    if named := _tags_of(call):
        rules.own_tag_keys(named)
        return moto.forward(call)
    tags = moto.backend(call.scope).tags
    keys = {key for name in call.items("ResourceId") for key in tags.get(name, {})}
    own = sorted(key for key in keys if not _reserved(key))
    if not own:
        return moto.forward(call)
    return moto.forward(call.adding(**{f"Tag.{n}.Key": key for n, key in enumerate(own, 1)}))


def snapshot(scope: Scope) -> Tags:
    """Return a copy of all tags, by resource."""
    return {resource: dict(tags) for resource, tags in moto.backend(scope).tags.items()}


@dataclass
class TagEvents:
    """
    Publishes what changed since a snapshot.

    Source: "Monitor tag changes with serverless workflows and Amazon EventBridge": the changed
    keys, all tags after the change, and a version that rises for each resource.
    """

    world: World
    _versions: dict[tuple[Scope, str], int] = field(default_factory=dict)

    def publish_changes(self, call: Call, before: Tags, *, at_launch: bool) -> None:
        """Publish an event for each resource whose tags changed; ``at_launch``: new ones too."""
        for resource, tags in snapshot(call.scope).items():
            old = before.get(resource, {})
            changed = {k for k in old.keys() | tags.keys() if old.get(k) != tags.get(k)}
            changed |= self._written_again(call, resource)
            if changed and (at_launch or call.action in TAG_CALLS):
                self._publish_for(call.scope, resource, sorted(changed), tags)

    def _written_again(self, call: Call, resource: str) -> set[str]:
        if not self.world.alternatives.unchanged_tags_raise_events:
            return set()
        named = call.action == "CreateTags" and resource in call.items("ResourceId")
        return set(_tags_of(call)) if named else set()

    def _publish_for(
        self, scope: Scope, resource: str, changed: list[str], tags: dict[str, str]
    ) -> None:
        kind, alternatives = moto.resource_kind(resource), self.world.alternatives
        silent = {
            "network-interface": alternatives.interface_tags_raise_no_event,
            "vpc": alternatives.vpc_tags_raise_no_event,
        }
        if silent.get(kind, False):
            return
        apart = alternatives.each_key_has_its_tag_event
        for keys in [[key] for key in changed] if apart else [changed]:
            self._publish_one(scope, resource, keys, tags)

    def _publish_one(
        self, scope: Scope, resource: str, changed: list[str], tags: dict[str, str]
    ) -> None:
        kind = moto.resource_kind(resource)
        version = self._versions.get((scope, resource), 0) + 1
        self._versions[scope, resource] = version
        detail: dict[str, Any] = {
            "changed-tag-keys": changed,
            "service": "ec2",
            "resource-type": kind,
            "version": version,
            "tags": tags,
        }
        if self.world.alternatives.tag_events_have_a_version_vector:
            detail["version-vector"] = {"local": version}
        arn = scope.arn(kind, resource)
        event = Event(scope, "aws.tag", "Tag Change on Resource", (arn,), detail)
        if seconds := self.world.settings.tag_event_seconds:
            self.world.timeline.after(seconds, lambda: self.world.publish(event))
        else:
            self.world.publish(event)
