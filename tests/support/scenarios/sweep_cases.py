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


class SweepCase(StrEnum):
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
    INCONSISTENT = "an inconsistent claim"
    NO_CLAIM = "an inconsistent record"


TARGET_TAGS = {
    SweepCase.UNWANTED: None,
    SweepCase.NOTED: "",
    SweepCase.RENAMED: "backup",
    SweepCase.FOREIGN: None,
    SweepCase.INCONSISTENT: None,
}
RECORDS: dict[SweepCase, State | None] = {
    SweepCase.MISSING: None,
    SweepCase.WAITING: State.WAITING,
    SweepCase.OVERDUE: State.CLAIMED,
    SweepCase.FOREIGN: None,
    SweepCase.INCONSISTENT: None,
}
UNATTACHED = {
    SweepCase.DETACHED,
    SweepCase.MISSING,
    SweepCase.WAITING,
    SweepCase.OVERDUE,
    SweepCase.GONE,
    SweepCase.INCONSISTENT,
}


def a_fleet_of(cases: Iterable[SweepCase]) -> Scene:
    """Return a deployment with one instance for each of ``cases``, their targets by turns."""
    scene = a_scene()
    for number, case in enumerate(cases):
        _add(scene, case, f"{number:03}", TARGETS[number % 2])
    scene.clock.now = NOW + timedelta(hours=1)
    scene.calls.forget()
    return scene


def _add(scene: Scene, case: SweepCase, number: str, target: str) -> None:
    seen = a_seen_attachment(f"eni-{number}", f"i-{number}")
    here = (a_primary(seen.instance), *([] if case in UNATTACHED else [seen]))
    desired = TARGET_TAGS.get(case, target)
    scene.ec2.add(an_interface(seen.interface, pool=target))
    if case is not SweepCase.GONE:
        scene.ec2.add(an_instance(seen.instance, targets=desired, attachments=here))
    if state := RECORDS.get(case, State.ATTACHED):
        scene.ledger.commit(Move(None, _record(state, case, seen, target)), TRACE)
    claims = scene.ledger._claims  # noqa: SLF001 - a hand in the tables
    if case is SweepCase.INCONSISTENT:
        claims[seen.interface] = Holder(seen.instance, TargetName("nowhere"))
    if case is SweepCase.NO_CLAIM:
        del claims[seen.interface]


def _record(state: State, case: SweepCase, seen: SeenAttachment, target: str) -> Attachment:
    held = {"interface": seen.interface, "slot": SLOT, "attachment_id": seen.id}
    return a_record(
        state,
        instance=seen.instance,
        target=target,
        reason=Reason.RELEASE_HELD if case is SweepCase.NOTED else None,
        **({} if state is State.WAITING else held),
    )
