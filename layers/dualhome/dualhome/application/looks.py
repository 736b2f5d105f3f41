"""What the queue asks for: a look at an instance, or at those who lack a target."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Self

from dualhome.domain.ask import Ask, Asked
from dualhome.domain.attachment import Cause
from dualhome.domain.identifiers import InstanceId, InterfaceId, TargetName

SOURCE = "dualhome"
DETAIL_TYPE = "Look"


@dataclass(frozen=True, slots=True)
class Look:
    """
    Look at one instance. ``attempt`` counts the looks since the ``cause``, from 0.

    ``asks`` are done by the first look that gets to them.
    """

    instance: InstanceId
    cause: Cause
    attempt: int = 0
    asks: tuple[Ask, ...] = ()

    def again(self) -> Self:
        """Return the next look for the same cause."""
        return replace(self, attempt=self.attempt + 1)

    def joined_by(self, other: Self) -> Self:
        """
        Return one look for both, at the same instance: the later one, with the asks of both.

        A look with asks counts as later than one without: an ask is about what stood when it was
        made, and by whom, which its cause tells.
        """
        later = max(other, self, key=lambda it: (bool(it.asks), it.cause.time, -it.attempt))
        return replace(later, asks=tuple(dict.fromkeys((*self.asks, *other.asks))))


@dataclass(frozen=True, slots=True)
class Wake:
    """
    Capacity for a target may have changed: look at every instance that lacks it.

    ``interface`` is the one whose tags changed; None where they are a VPC's.
    """

    target: TargetName
    cause: Cause
    interface: InterfaceId | None = None


def print_look(look: Look) -> dict[str, Any]:
    """Write a look in the shape of an event, as ``parse_look`` reads it."""
    cause = look.cause
    return {
        "source": SOURCE,
        "detail-type": DETAIL_TYPE,
        "detail": {
            "instance-id": look.instance,
            "attempt": look.attempt,
            "cause": {
                "id": cause.event_id,
                "source": cause.source,
                "detail-type": cause.detail_type,
                "time": cause.time.isoformat(),
                "tag-version": cause.tag_version,
                "resource": cause.resource,
                "principal": cause.principal,
            },
            "asks": [
                {"what": ask.what.value, "target": ask.target, "force": ask.force}
                for ask in look.asks
            ],
        },
    }


def parse_look(event: Mapping[str, Any]) -> Look:
    """
    Read a look.

    Raises:
        KeyError, TypeError, ValueError: the event is none that ``print_look`` writes.
    """
    detail = event["detail"]
    cause = detail["cause"]
    return Look(
        instance=InstanceId(detail["instance-id"]),
        attempt=int(detail["attempt"]),
        cause=Cause(
            event_id=cause["id"],
            source=cause["source"],
            detail_type=cause["detail-type"],
            time=datetime.fromisoformat(cause["time"]),
            tag_version=cause["tag-version"],
            resource=cause.get("resource"),
            principal=cause.get("principal"),
        ),
        asks=tuple(map(_ask, detail.get("asks", ()))),
    )


def _ask(it: Mapping[str, Any]) -> Ask:
    target = it["target"]
    return Ask(Asked(it["what"]), TargetName(target) if target else None, bool(it["force"]))
