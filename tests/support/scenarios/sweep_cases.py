"""Instances of every fate that a sweep tells apart, each with an interface of its own."""

from collections.abc import Iterable
from datetime import timedelta
from enum import StrEnum

from dualhome.domain.attachment import Attachment, Move
from dualhome.domain.ec2 import SeenAttachment
from dualhome.domain.identifiers import TargetName
from dualhome.domain.planning.types import Holder
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State
from tests.support.builders.values import (
    NOW,
    SLOT,
    TRACE,
    a_primary,
    a_record,
    a_seen_attachment,
    an_instance,
    an_interface,
)
from tests.support.scenarios.scene import Scene, a_scene

TARGETS = ("mgmt", "data")


class Fate(StrEnum):
    """What has become of what an instance asks for."""

    AS_WANTED = "as wanted"
    UNWANTED = "unwanted"
    NOTED = "unwanted, and its record says why it stays"
    DETACHED = "detached by hand"
    MISSING = "missing"
    RENAMED = "unwanted, and another target missing"
    WAITING = "waiting"
    OVERDUE = "overdue"
    GONE = "gone"
    FOREIGN = "a foreign attachment"
    TORN = "an inconsistent claim"
    NO_CLAIM = "an inconsistent record"


WISHES = {
    Fate.UNWANTED: None,
    Fate.NOTED: "",
    Fate.RENAMED: "backup",
    Fate.FOREIGN: None,
    Fate.TORN: None,
}
RECORDS: dict[Fate, State | None] = {
    Fate.MISSING: None,
    Fate.WAITING: State.WAITING,
    Fate.OVERDUE: State.CLAIMED,
    Fate.FOREIGN: None,
    Fate.TORN: None,
}
UNATTACHED = {Fate.DETACHED, Fate.MISSING, Fate.WAITING, Fate.OVERDUE, Fate.GONE, Fate.TORN}


def a_fleet_of(fates: Iterable[Fate]) -> Scene:
    """Return a deployment with one instance for each of ``fates``, their targets by turns."""
    scene = a_scene()
    for number, fate in enumerate(fates):
        _add(scene, fate, f"{number:03}", TARGETS[number % 2])
    scene.clock.now = NOW + timedelta(hours=1)
    scene.calls.forget()
    return scene


def _add(scene: Scene, fate: Fate, number: str, target: str) -> None:
    seen = a_seen_attachment(f"eni-{number}", f"i-{number}")
    here = (a_primary(seen.instance), *([] if fate in UNATTACHED else [seen]))
    desired = WISHES.get(fate, target)
    scene.ec2.add(an_interface(seen.interface, pool=target))
    if fate is not Fate.GONE:
        scene.ec2.add(an_instance(seen.instance, targets=desired, attachments=here))
    if state := RECORDS.get(fate, State.ATTACHED):
        scene.ledger.commit(Move(None, _record(state, fate, seen, target)), TRACE)
    claims = scene.ledger._claims  # noqa: SLF001 - a hand in the tables
    if fate is Fate.TORN:
        claims[seen.interface] = Holder(seen.instance, TargetName("nobody"))
    if fate is Fate.NO_CLAIM:
        del claims[seen.interface]


def _record(state: State, fate: Fate, seen: SeenAttachment, target: str) -> Attachment:
    held = {"interface": seen.interface, "slot": SLOT, "attachment_id": seen.id}
    return a_record(
        state,
        instance=seen.instance,
        target=target,
        reason=Reason.RELEASE_HELD if fate is Fate.NOTED else None,
        **({} if state is State.WAITING else held),
    )
