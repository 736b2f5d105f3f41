"""Targets that an instance wants all together or not at all."""

from collections.abc import Container, Iterable, Iterator, Mapping
from typing import Any

from dualhome.domain.attachment import Attachment
from dualhome.domain.identifiers import TargetName
from dualhome.domain.observed import ObservedInstance
from dualhome.domain.planning.types import InstanceView, Step
from dualhome.domain.reasons import Reason
from dualhome.domain.refusals import in_force
from dualhome.domain.states import State
from dualhome.domain.tags import Wanted

LACKING = frozenset({State.WAITING, State.REFUSED, State.FAILED, State.STUCK})


def as_unit(
    view: InstanceView,
    instance: ObservedInstance,
    wanted: tuple[Wanted, ...],
    steps: Iterable[Step],
) -> Iterator[Step]:
    """
    Return ``steps`` such that nothing is claimed while the unit lacks something.

    What it holds by then is taken back where it is observed; the records say what is lacking. What
    EC2 has refused before is tried again before the others, and must be accepted; what is being
    taken back must be free.
    """
    planned = {step.target: step for step in steps}
    if not view.lacking:
        trying = {it.target for it in planned.values() if _tries_another(view, it)}
        open_ = trying or any(_is_open(view.records.get(want.target)) for want in wanted)
        for it in planned.values():
            held_up = open_ and it.attach and it.target not in trying
            yield Step(it.target, requeue=True) if held_up else it
        return
    tried = _tried(view, planned)
    only_tried = len(tried) == len(_lacking(view, wanted, planned))
    because: dict[str, object] = {"reason": Reason.UNIT_INCOMPLETE, "detail": view.lacking}
    for want in wanted:
        record, step = view.records.get(want.target), planned.get(want.target)
        if record and record.state in {State.CLAIMED, State.ATTACHING}:
            yield Step(want.target, requeue=True)
        elif want.target in tried:
            if step and only_tried:
                yield step
        elif step and step.attach:
            own = {"reservation": step.attach.reservation, "sharing": step.attach.sharing}
            yield from _hold_back(view, instance, want, record, because | own)
        elif step:
            yield step


def lacking_of(view: InstanceView, wanted: tuple[Wanted, ...], steps: Iterable[Step]) -> str:
    """Say which targets of a unit cannot be had, and why; empty if all can, or may yet."""
    return "; ".join(_lacking(view, wanted, {step.target: step for step in steps}))


def _lacking(
    view: InstanceView, wanted: tuple[Wanted, ...], planned: Mapping[TargetName, Step]
) -> list[str]:
    tried = _tried(view, planned)
    return [line for want in wanted if (line := _why_lacking(view, want, planned, tried))]


def _tried(view: InstanceView, planned: Mapping[TargetName, Step]) -> set[TargetName]:
    return {
        it
        for it, step in planned.items()
        if step.attach and _refused_before(view, it) and not _tries_another(view, step)
    }


def _tries_another(view: InstanceView, step: Step) -> bool:
    """
    Whether EC2 has refused an interface, and is asked for one that it has not refused.

    What may still be had is no reason to release the others, nor to claim them.
    """
    record = view.records.get(step.target)
    if record is None or not record.failed_on_interface:
        return False
    if step.attach is None:
        return step.requeue and step.move is None
    return step.attach.interface not in in_force(record.refusals, view.now)


def _is_open(record: Attachment | None) -> bool:
    """Whether it may yet turn out that this one cannot be had."""
    if record is None:
        return False
    # EC2 has refused it, and has not yet accepted what was claimed after that.
    tried_again = record.state == State.CLAIMED and record.attempt > 1
    return tried_again or record.state == State.RELEASING


def _refused_before(view: InstanceView, target: TargetName) -> bool:
    record = view.records.get(target)
    return record is not None and record.state in LACKING and record.failure is not None


def _why_lacking(
    view: InstanceView,
    want: Wanted,
    planned: Mapping[TargetName, Step],
    tried: Container[TargetName],
) -> str:
    """Say why a target cannot be had, by its own reason; empty if it can, or has none."""
    step, record = planned.get(want.target), view.records.get(want.target)
    if step and _tries_another(view, step):
        return ""
    if step and step.move and want.target not in tried:
        record = step.move.after
    if record is None or record.state not in LACKING or record.reason is Reason.UNIT_INCOMPLETE:
        return ""
    return f"{want.target}: {record.reason}"


def _hold_back(
    view: InstanceView,
    instance: ObservedInstance,
    want: Wanted,
    record: Attachment | None,
    because: Mapping[str, object],
) -> Iterator[Step]:
    fields: dict[str, Any] = {**because, "pin": want.index, "zone": instance.zone}
    if record is None:
        yield Step(want.target, move=view.first_move(want.target, State.WAITING, **fields))
    elif record.state != State.WAITING or record.detail != because["detail"]:
        yield Step(want.target, move=view.move(record, State.WAITING, **fields))
