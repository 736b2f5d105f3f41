"""What to do about one instance: wanted against actual."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from dualhome.domain.attachment import Attachment
from dualhome.domain.ec2 import ACTING, GONE, DeviceSlot
from dualhome.domain.errors import BadTagError
from dualhome.domain.identifiers import InstanceId, TargetName
from dualhome.domain.observed import ObservedInstance
from dualhome.domain.planning.acquire import Request, acquire
from dualhome.domain.planning.all_or_none import as_unit, lacking_of
from dualhome.domain.planning.confirm import (
    Answers,
    Questions,
    confirmed_view,
    contradicts,
    questions_of,
)
from dualhome.domain.planning.consent import consent_withdrawn
from dualhome.domain.planning.observe import close_departed, ended, observe
from dualhome.domain.planning.release import keep
from dualhome.domain.planning.types import InstanceView, Step, Wantedness
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State
from dualhome.domain.tags import WHOLE_TAG, Wanted


def plan_instance(view: InstanceView) -> tuple[Step, ...]:
    """
    Return the steps that bring the instance nearer to what its tags ask for.

    Planning twice over the same view gives the same steps; a view that shows what was wanted
    gives none.
    """
    instance = view.instance
    if instance is None or instance.state in GONE:
        return tuple(close_departed(view))
    desired = instance.desired
    if desired.excluded:
        return tuple(_observe_all(replace(view, operator_requests=()), instance, None))
    if desired.error:
        return (*_observe_all(view, instance, None), *_refuse_tag(view, desired.error))
    wanted, unit = tuple(desired.wanted.values()), desired.all_or_none
    acquired = tuple(_acquire_missing(view, instance, wanted))
    if unit:
        view = replace(view, lacking=lacking_of(view, wanted, acquired))
    return (
        *_observe_all(view, instance, wanted),
        *_close_unwanted(view, wanted),
        *(as_unit(view, instance, wanted, acquired) if unit else acquired),
    )


def plan_within(view: InstanceView, admits: Callable[[InstanceId], bool]) -> tuple[Step, ...]:
    """Return the plan, without its releases unless ``admits``; that is asked only if there are."""
    steps = plan_instance(view)
    if any(step.releases for step in steps) and not admits(view.id):
        return plan_instance(replace(view, releases_held=True))
    return steps


def plan_confirmed(
    view: InstanceView,
    ask: Callable[[Questions], Answers],
    admits: Callable[[InstanceId], bool],
) -> tuple[Step, ...]:
    """
    Return the plan in which everything that ends an attachment rests on two readings.

    ``ask`` reads by id, and is called only if there is something to confirm; ``admits`` is the
    release breaker, which is asked only about releases that are confirmed.
    """
    steps = plan_instance(view)
    questions = questions_of(view, steps)
    if questions is None:
        return steps
    second = confirmed_view(view, questions, ask(questions))
    if contradicts(view, second):
        return tuple(_not_gone(view))
    return plan_within(second, admits)


def _not_gone(view: InstanceView) -> Iterator[Step]:
    """The rest of the pass rests on a reading without the instance: it is made anew, soon."""
    for record in view.records.values():
        yield keep(view, record) or Step(record.target, requeue=True)


def targets_to_read(
    instance: ObservedInstance | None, records: Iterable[Attachment]
) -> frozenset[TargetName]:
    """Return the targets whose pools a plan for ``instance`` must see: wanted or held."""
    held = {record.target for record in records if record.holding}
    named = instance.desired.named.keys() if instance else set[TargetName]()
    return frozenset(held | named) - {WHOLE_TAG}


def _observe_all(
    view: InstanceView, instance: ObservedInstance, wanted: tuple[Wanted, ...] | None
) -> Iterator[Step]:
    for record in view.records.values():
        if step := observe(view, instance, record, _standing(view, record, wanted)):
            yield step


def _standing(
    view: InstanceView, record: Attachment, wanted: tuple[Wanted, ...] | None
) -> Wantedness:
    """An attachment at another index than the one pinned now is unwanted where it is."""
    if wanted is None:
        return Wantedness.HANDS_OFF
    index = record.slot.index if record.slot else None
    if not any(it.target == record.target and it.accepts(index) for it in wanted):
        return Wantedness.UNWANTED
    if view.policy.release_without_consent and consent_withdrawn(
        record, view.instance, view.vpcs, view.policy
    ):
        return Wantedness.WITHDRAWN
    return Wantedness.INCOMPLETE if view.lacking else Wantedness.WANTED


def _refuse_tag(view: InstanceView, error: BadTagError) -> Iterator[Step]:
    """Nothing is attached, and nothing that is attached is let go, for a tag that says nothing."""
    record = view.records.get(WHOLE_TAG)
    because = {"reason": Reason.BAD_TAG, "detail": error.message}
    if record is None:
        move = view.first_move(WHOLE_TAG, State.REFUSED, **because)
    elif (record.state, record.detail) != (State.REFUSED, error.message):
        move = view.move(record, State.REFUSED, **because)
    else:
        return
    yield Step(WHOLE_TAG, move=move)


def _close_unwanted(view: InstanceView, wanted: tuple[Wanted, ...]) -> Iterator[Step]:
    """
    Close the records of targets that hold nothing and are no longer asked for.

    These too are read twice: a place in line, a refusal and a wait are lost with them.
    """
    names = {want.target for want in wanted}
    for record in view.records.values():
        if record.target not in names and not record.holding and record.state != State.RELEASED:
            over = view.move(record, State.RELEASED, reason=Reason.NOT_WANTED)
            yield ended(view, record, over)


def _acquire_missing(
    view: InstanceView, instance: ObservedInstance, wanted: tuple[Wanted, ...]
) -> Iterator[Step]:
    """Plan each missing target, pinned ones first, each seeing the slots of those before it."""
    taken = {*instance.occupied(), *view.refused_slots, *_slots(view.records.values())}
    for want in sorted(wanted, key=lambda it: it.index is None):
        record = view.records.get(want.target)
        if record and record.holding:
            continue
        if instance.state not in ACTING:
            yield Step(want.target, requeue=True)
        elif step := acquire(Request(view, instance, want, record, frozenset(taken))):
            if step.move:
                taken.update(_slots([step.move.after]))
            yield step


def _slots(records: Iterable[Attachment]) -> Iterator[DeviceSlot]:
    return (record.slot for record in records if record.holding and record.slot)
