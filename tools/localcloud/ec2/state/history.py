"""What instances, interfaces and VPCs showed before their latest changes."""

import copy
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from localcloud.ec2.api.call import Call, Scope
from localcloud.ec2.state import moto
from localcloud.ec2.state.model import FROZEN_TAGS, Identified
from localcloud.ec2.state.timeline import Timeline
from localcloud.server.settings import Settings

KINDS = ("i-", "eni-", "vpc-")
Resource = TypeVar("Resource", bound=Identified)


@dataclass(frozen=True)
class _Change:
    """``before`` is what the resource showed until then; None if it did not exist."""

    at: float
    resource: str
    before: Any


@dataclass(frozen=True)
class Before:
    """Copies of what a call names, by id, and the ids of all there is."""

    named: Mapping[str, Any]
    existing: AbstractSet[str]


@dataclass
class History:
    """
    Copies of resources from before each change, for as long as a read may lag behind.

    Changes are those of existence, state, tags and attachments. While ``read_lag_seconds`` is 0
    nothing is kept.
    """

    settings: Settings
    timeline: Timeline
    _changes: deque[_Change] = field(default_factory=deque)

    def before(self, call: Call) -> "Before | None":
        """Return what there is before a call that may change something, for ``keep``."""
        if not self._keeps():
            return None
        named = (_find(call.scope, value) for value in call.params.values())
        existing = {one.id for kind in KINDS for one in _all(call.scope, kind)}
        return Before(_frozen_with_attached(it for it in named if it is not None), existing)

    def keep(self, before: "Before", scope: Scope) -> None:
        """Keep what a call has changed, and that what it has created did not exist."""
        now = {one.id: one for kind in KINDS for one in _all(scope, kind)}
        for name, one in before.named.items():
            if name not in now or _face(one) != _face(now[name]):
                self._add(name, one)
        for name in now.keys() - before.existing:
            self._add(name, None)

    def note(self, resource: Identified) -> None:
        """Keep ``resource``, and what shows it as attached, as it is: it is about to change."""
        if self._keeps():
            for name, one in _frozen_with_attached([resource]).items():
                self._add(name, one)

    def at(self, moment: float, scope: Scope, kind: str) -> list[Any]:
        """Return the resources of ``kind`` (a prefix of ids) as they were at a moment."""
        earlier: dict[str, Any] = {}
        for change in self._changes:
            if change.at > moment and change.resource.startswith(kind):
                earlier.setdefault(change.resource, change.before)
        now = {one.id: one for one in _all(scope, kind)}
        owner = moto.backend(scope)
        gone = {
            name: one
            for name, one in earlier.items()
            if name not in now and one is not None and one.ec2_backend is owner
        }
        known = {name: earlier.get(name, one) for name, one in now.items()} | gone
        return [_by_clock(one, moment) for one in known.values() if one is not None]

    def _keeps(self) -> bool:
        return self.settings.read_lag_seconds > 0

    def _add(self, name: str, before: Any) -> None:  # noqa: ANN401 - any of moto's resources
        now = self.timeline.clock()
        while self._changes and self._changes[0].at < now - self.settings.read_lag_seconds:
            self._changes.popleft()
        self._changes.append(_Change(now, name, before))


def tags_of(resource: Any) -> dict[str, str]:  # noqa: ANN401 - any of moto's resources
    """Return the tags that a resource, or a copy of it, shows."""
    return {one["key"]: one["value"] for one in resource.get_tags()}


def frozen(resource: Resource, *, tagged: bool = True) -> Resource:
    """Return a copy that shows what ``resource`` shows now, with its tags or without any."""
    copied: Any = copy.copy(resource)
    shown: Any = resource
    vars(copied)[FROZEN_TAGS] = tags_of(resource) if tagged else {}
    if resource.id.startswith("i-"):
        vars(copied)["_state"] = copy.copy(shown.instance_state)
        copied.nics = {place: frozen(eni) for place, eni in shown.nics.items()}
    elif resource.id.startswith("eni-") and shown.attachment:
        copied.attachment = replace(shown.attachment)
    result: Resource = copied
    return result


def _by_clock(resource: Any, moment: float) -> Any:  # noqa: ANN401 - any of moto's resources
    """Let what became `attached` after ``moment`` by time alone show as `attaching`."""
    attached = [it.attachment for it in _on(resource) if it.attachment.status == "attached"]
    if all(it.attached_at <= moment for it in attached):
        return resource
    copied = frozen(resource)
    for eni in _on(copied):
        eni.attachment.clock = lambda: moment
    return copied


def _on(resource: Any) -> list[Any]:  # noqa: ANN401 - any of moto's resources
    """Return the interfaces of a resource that are attached, the resource itself among them."""
    nics = resource.nics.values() if resource.id.startswith("i-") else [resource]
    return [it for it in nics if it.id.startswith("eni-") and it.attachment]


def _frozen_with_attached(resources: Iterable[Any]) -> dict[str, Any]:
    found = {one.id: one for some in resources for one in _with_attached(some)}
    return {name: frozen(one) for name, one in found.items()}


def _with_attached(resource: Any) -> Iterator[Any]:  # noqa: ANN401 - any of moto's resources
    yield resource
    if resource.id.startswith("i-"):
        yield from resource.nics.values()
    elif resource.id.startswith("eni-") and resource.instance:
        yield resource.instance


def _face(resource: Any) -> tuple[object, ...]:  # noqa: ANN401 - any of moto's resources
    """Return what a change is a change of."""
    state = resource.instance_state.name if resource.id.startswith("i-") else ""
    attached = [(it.attachment.attachment_id, it.attachment.detaching) for it in _on(resource)]
    return state, tags_of(resource), attached


def _all(scope: Scope, kind: str) -> Iterable[Any]:
    backend = moto.backend(scope)
    match kind:
        case "eni-":
            return backend.enis.values()
        case "vpc-":
            return backend.vpcs.values()
        case _:
            return (one for group in backend.reservations.values() for one in group.instances)


def _find(scope: Scope, name: str) -> Any:  # noqa: ANN401 - any of moto's resources
    """Return the resource that an id, or an attachment's id, stands for."""
    backend = moto.backend(scope)
    if name.startswith("eni-attach-"):
        return moto.find_attachment(scope, name)
    if name.startswith("i-"):
        return backend.get_instance_by_id(name)
    return backend.enis.get(name) or backend.vpcs.get(name)
