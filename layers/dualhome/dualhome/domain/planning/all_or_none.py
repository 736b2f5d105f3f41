"""Targets that an instance wants all together or not at all: a unit."""

from collections.abc import Container, Iterable, Iterator, Mapping

from dualhome.domain.attachment import Attachment, Changes, Why
from dualhome.domain.identifiers import TargetName
from dualhome.domain.observed import ObservedInstance
from dualhome.domain.planning.types import Acquisition, Claim, InstanceView, Wait, Write, move_of
from dualhome.domain.reasons import Reason
from dualhome.domain.refusals import in_force
from dualhome.domain.states import State
from dualhome.domain.tags import Wanted

LACKING = frozenset({State.WAITING, State.REFUSED, State.FAILED, State.STUCK})

Planned = Mapping[TargetName, Acquisition]


def as_unit(
    view: InstanceView,
    instance: ObservedInstance,
    wanted: tuple[Wanted, ...],
    acquired: Iterable[Acquisition],
) -> Iterator[Acquisition]:
    """
    Return what is ``acquired`` such that nothing is claimed while the unit lacks something.

    What it holds by then is released where it is observed; the records say what is lacking. What
    EC2 has refused before is tried again before the others, and must be accepted; what is being
    released must be free.
    """
    planned = {it.target: it for it in acquired}
    lacking = _lacking(view, wanted, planned)
    if not lacking:
        yield from _one_after_the_other(view, wanted, planned)
        return
    tried = _tried(view, planned)
    only_tried = len(tried) == len(lacking)
    why = Why(Reason.UNIT_INCOMPLETE, "; ".join(lacking))
    for want in wanted:
        record, decision = view.records.get(want.target), planned.get(want.target)
        if record and record.state in {State.CLAIMED, State.ATTACHING}:
            yield Wait(want.target)
        elif want.target in tried:
            if decision and only_tried:
                yield decision
        elif isinstance(decision, Claim):
            yield from _hold_back(view, instance, want, decision, why)
        elif decision:
            yield decision


def _one_after_the_other(
    view: InstanceView, wanted: Iterable[Wanted], planned: Planned
) -> Iterator[Acquisition]:
    """Return the claims; while it is open whether one can be had, the others wait for it."""
    trying = {it.target for it in planned.values() if _tries_another(view, it)}
    open_ = trying or any(_is_open(view.records.get(want.target)) for want in wanted)
    for it in planned.values():
        waits = open_ and isinstance(it, Claim) and it.target not in trying
        yield Wait(it.target) if waits else it


def lacking_of(
    view: InstanceView, wanted: tuple[Wanted, ...], acquired: Iterable[Acquisition]
) -> str:
    """Say which targets of a unit cannot be had, and why; empty if all can, or may yet."""
    return "; ".join(_lacking(view, wanted, {it.target: it for it in acquired}))


def _lacking(view: InstanceView, wanted: tuple[Wanted, ...], planned: Planned) -> list[str]:
    tried = _tried(view, planned)
    return [line for want in wanted if (line := _why_lacking(view, want, planned, tried))]


def _tried(view: InstanceView, planned: Planned) -> set[TargetName]:
    """Return the targets that EC2 has refused before, and is asked for once more."""
    return {
        target
        for target, it in planned.items()
        if isinstance(it, Claim) and _refused_before(view, target) and not _tries_another(view, it)
    }


def _tries_another(view: InstanceView, decision: Acquisition) -> bool:
    """
    Whether EC2 has refused an interface, and is asked for one that it has not refused.

    What may still be had is no reason to release the others, nor to claim them.
    """
    record = view.records.get(decision.target)
    if record is None or not record.failed_on_interface:
        return False
    if isinstance(decision, Claim):
        return decision.move.after.interface not in in_force(record.refusals, view.now)
    return isinstance(decision, Wait)


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
    view: InstanceView, want: Wanted, planned: Planned, tried: Container[TargetName]
) -> str:
    """Say why a target cannot be had, by its own reason; empty if it can, or has none."""
    decision, record = planned.get(want.target), view.records.get(want.target)
    if decision and _tries_another(view, decision):
        return ""
    move = move_of(decision) if decision else None
    if move and want.target not in tried:
        record = move.after
    if record is None or record.state not in LACKING or record.reason is Reason.UNIT_INCOMPLETE:
        return ""
    return f"{want.target}: {record.reason}"


def _hold_back(
    view: InstanceView, instance: ObservedInstance, want: Wanted, claim: Claim, why: Why
) -> Iterator[Write]:
    """Record that what could be claimed waits for the others."""
    record, own = view.records.get(want.target), claim.move.after
    if record and (record.state, record.detail) == (State.WAITING, why.detail):
        return
    changes: Changes = {
        "pin": want.index,
        "zone": instance.zone,
        "reservation": own.reservation,
        "sharing": own.sharing,
    }
    yield Write(view.move_target(want.target, State.WAITING, why, **changes))
