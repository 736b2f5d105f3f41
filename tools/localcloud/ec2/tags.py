"""Tag changes, and the events that AWS raises for them."""

from dataclasses import dataclass, field

from localcloud.ec2 import moto, rules
from localcloud.ec2.call import Call, Reply, Scope
from localcloud.ec2.world import World
from localcloud.events import Event, Publish

TAG_CALLS = {"CreateTags", "DeleteTags"}
Tags = dict[str, dict[str, str]]


def create_tags(_world: World, call: Call) -> Reply:
    """Answer CreateTags; moto would tag instances that do not exist."""
    rules.known_resources(call.scope, call.items("ResourceId"))
    return moto.forward(call)


def delete_tags(_world: World, call: Call) -> Reply:
    """
    Answer DeleteTags; without tags it deletes all of a resource's own, which moto does not.

    Source: EC2 API Reference, DeleteTags.
    """
    rules.known_resources(call.scope, call.items("ResourceId"))
    if call.groups("Tag"):
        return moto.forward(call)
    tags = moto.backend(call.scope).tags
    keys = {key for name in call.items("ResourceId") for key in tags.get(name, {})}
    own = sorted(key for key in keys if not key.startswith("aws:"))
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

    publish: Publish
    _versions: dict[tuple[Scope, str], int] = field(default_factory=dict)

    def publish_changes(self, call: Call, before: Tags, *, at_launch: bool) -> None:
        """Publish an event for each resource whose tags changed; ``at_launch``: new ones too."""
        for resource, tags in snapshot(call.scope).items():
            old = before.get(resource, {})
            changed = sorted(k for k in old.keys() | tags.keys() if old.get(k) != tags.get(k))
            if changed and (at_launch or call.action in TAG_CALLS):
                self._publish_one(call.scope, resource, changed, tags)

    def _publish_one(
        self, scope: Scope, resource: str, changed: list[str], tags: dict[str, str]
    ) -> None:
        kind = moto.resource_kind(resource)
        version = self._versions.get((scope, resource), 0) + 1
        self._versions[scope, resource] = version
        detail = {
            "changed-tag-keys": changed,
            "service": "ec2",
            "resource-type": kind,
            "version": version,
            "tags": tags,
        }
        arn = scope.arn(kind, resource)
        self.publish(Event(scope, "aws.tag", "Tag Change on Resource", (arn,), detail))
