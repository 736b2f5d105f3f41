"""Targets that an instance wants all together or not at all."""

from collections.abc import Container, Iterable, Iterator, Mapping
from typing import Any

from dualhome.domain.attachment import Attachment
from dualhome.domain.identifiers import TargetName
from dualhome.domain.network import Instance
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State
from dualhome.domain.tags import Wanted
from dualhome.domain.undoing import undo
from dualhome.domain.view import Step, View

LACKING = frozenset({State.WAITING, State.REFUSED, State.FAILED, State.STUCK})


def as_unit(
    view: View, instance: Instance, wanted: tuple[Wanted, ...], steps: Iterable[Step]
) -> Iterator[Step]:
    """
    Return ``steps`` such that either every target of ``wanted`` is had, or none.

    While one cannot be had, nothing is claimed for the others, and what they hold is taken back;
    their records say which one it is. What EC2 has refused before is tried again before the others.
    """
    planned = {step.target: step for step in steps}
    tried = {it for it, step in planned.items() if step.attach and _refused_before(view, it)}
    lacking = [line for want in wanted if (line := _why_lacking(view, want, planned, tried))]
    if not lacking:
        yield from planned.values()
        return
    because = {"reason": Reason.UNIT_INCOMPLETE, "detail": "; ".join(lacking)}
    for want in wanted:
        record, step = view.records.get(want.target), planned.get(want.target)
        if record and record.state == State.ATTACHED and not view.policy.paused:
            yield undo(view, record, **because)
        elif record and record.state in {State.CLAIMED, State.ATTACHING}:
            yield Step(want.target, look_again=True)
        elif want.target in tried:
            if step and len(lacking) == len(tried):
                yield step
        elif step and step.attach:
            yield from _hold_back(view, instance, want, record, because)
        elif step:
            yield step


def _refused_before(view: View, target: TargetName) -> bool:
    record = view.records.get(target)
    return record is not None and record.state in LACKING and record.failure is not None


def _why_lacking(
    view: View, want: Wanted, planned: Mapping[TargetName, Step], tried: Container[TargetName]
) -> str:
    """Say why a target cannot be had, by its own reason; empty if it can, or has none."""
    step, record = planned.get(want.target), view.records.get(want.target)
    if step and step.move and want.target not in tried:
        record = step.move.after
    if record is None or record.state not in LACKING or record.reason is Reason.UNIT_INCOMPLETE:
        return ""
    return f"{want.target}: {record.reason}"


def _hold_back(
    view: View,
    instance: Instance,
    want: Wanted,
    record: Attachment | None,
    because: Mapping[str, object],
) -> Iterator[Step]:
    fields: dict[str, Any] = {**because, "pin": want.index, "zone": instance.zone}
    if record is None:
        yield Step(want.target, move=view.first_move(want.target, State.WAITING, **fields))
    elif record.state != State.WAITING or record.detail != because["detail"]:
        yield Step(want.target, move=view.move(record, State.WAITING, **fields))
