"""What to do about one instance: wanted against actual."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from dualhome.domain.attachment import Attachment, Why
from dualhome.domain.ec2 import ACTING, GONE, DeviceSlot
from dualhome.domain.errors import BadTagError
from dualhome.domain.identifiers import InstanceId, TargetName
from dualhome.domain.observed import ObservedInstance
from dualhome.domain.planning.acquire import Vacancy, acquire
from dualhome.domain.planning.all_or_none import as_unit, lacking_of
from dualhome.domain.planning.confirm import (
    Answers,
    Questions,
    confirmed_view,
    contradicts,
    questions_of,
)
from dualhome.domain.planning.eligibility import consent_withdrawn
from dualhome.domain.planning.observe import close_departed, end, observe
from dualhome.domain.planning.release import keep
from dualhome.domain.planning.types import (
    Acquisition,
    Decision,
    End,
    InstanceView,
    Release,
    Terms,
    Wait,
    Wantedness,
    Write,
    move_of,
)
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State
from dualhome.domain.tags import WHOLE_TAG, Wanted

FIRST_READING = Terms()


def plan_confirmed(
    view: InstanceView,
    ask: Callable[[Questions], Answers],
    admits: Callable[[InstanceId], bool],
) -> tuple[Decision, ...]:
    """
    Return the plan in which everything that ends an attachment rests on two readings.

    ``ask`` reads by id, and is called only if there is something to confirm; ``admits`` is the
    release breaker, which is asked only about releases that are confirmed.
    """
    first = plan_instance(view)
    questions = questions_of(view, first)
    if questions is None:
        return first
    second = confirmed_view(view, questions, ask(questions))
    if contradicts(view, second):
        # The first reading lacks the instance: what else it says is not to be trusted either.
        return tuple(keep(view, record) for record in view.records.values())
    terms = Terms(confirmed=questions.targets)
    confirmed = plan_instance(second, terms)
    if any(isinstance(it, Release) and it.by_tags for it in confirmed) and not admits(view.id):
        return plan_instance(second, replace(terms, admitted=False))
    return confirmed


def plan_instance(view: InstanceView, terms: Terms = FIRST_READING) -> tuple[Decision, ...]:
    """
    Return the decisions that bring the instance nearer to what its tags ask for.

    Planning twice over the same view gives the same decisions; a view that shows what was wanted
    gives none.
    """
    instance = view.instance
    if instance is None or instance.state in GONE:
        return tuple(close_departed(view, terms))
    desired = instance.desired
    if desired.excluded:
        left_alone = replace(view, operator_requests=())
        return tuple(_observe_all(left_alone, instance, None, terms))
    if desired.error:
        observed = _observe_all(view, instance, None, terms)
        return (*observed, *_refuse_tag(view, desired.error))
    wanted = tuple(desired.wanted.values())
    acquired = tuple(_acquire_missing(view, instance, wanted))
    if desired.all_or_none:
        terms = replace(terms, lacking=lacking_of(view, wanted, acquired))
        acquired = tuple(as_unit(view, instance, wanted, acquired))
    return (
        *_observe_all(view, instance, wanted, terms),
        *_close_unwanted(view, wanted, terms),
        *acquired,
    )


def targets_to_read(
    instance: ObservedInstance | None, records: Iterable[Attachment]
) -> frozenset[TargetName]:
    """Return the targets whose pools a plan for ``instance`` must see: wanted or held."""
    held = {record.target for record in records if record.holding}
    named = instance.desired.named.keys() if instance else set[TargetName]()
    return frozenset(held | named) - {WHOLE_TAG}


def _observe_all(
    view: InstanceView, instance: ObservedInstance, wanted: tuple[Wanted, ...] | None, terms: Terms
) -> Iterator[Decision]:
    for record in view.records.values():
        wantedness = _wantedness(view, record, wanted, terms)
        if decision := observe(view, instance, record, wantedness, terms):
            yield decision


def _wantedness(
    view: InstanceView, record: Attachment, wanted: tuple[Wanted, ...] | None, terms: Terms
) -> Wantedness:
    """An attachment at another index than the one pinned now is unwanted where it is."""
    index = record.slot.index if record.slot else None
    if wanted is None:
        wantedness = Wantedness.LEFT_AS_IS
    elif not any(it.target == record.target and it.accepts(index) for it in wanted):
        wantedness = Wantedness.UNWANTED
    elif view.policy.release_without_consent and consent_withdrawn(
        record, view.instance, view.vpcs, view.policy
    ):
        wantedness = Wantedness.WITHDRAWN
    elif terms.lacking:
        wantedness = Wantedness.INCOMPLETE
    else:
        wantedness = Wantedness.WANTED
    return wantedness


def _refuse_tag(view: InstanceView, error: BadTagError) -> Iterator[Write]:
    """Nothing is attached, and nothing attached is released, for a tag that cannot be read."""
    record = view.records.get(WHOLE_TAG)
    if record is None or (record.state, record.detail) != (State.REFUSED, error.message):
        why = Why(Reason.BAD_TAG, error.message)
        yield Write(view.move_target(WHOLE_TAG, State.REFUSED, why))


def _close_unwanted(
    view: InstanceView, wanted: tuple[Wanted, ...], terms: Terms
) -> Iterator[End | Wait]:
    """
    Close the records of targets that hold nothing and are no longer asked for.

    These too are read twice: a place in line, a refusal and a wait are lost with them.
    """
    names = {want.target for want in wanted}
    for record in view.records.values():
        if record.target not in names and not record.holding and record.state != State.RELEASED:
            yield end(view.move(record, State.RELEASED, Why(Reason.NOT_WANTED)), terms)


def _acquire_missing(
    view: InstanceView, instance: ObservedInstance, wanted: tuple[Wanted, ...]
) -> Iterator[Acquisition]:
    """Plan each missing target, pinned ones first, each seeing the slots of those before it."""
    taken = {*instance.occupied(), *view.refused_slots, *_slots(view.records.values())}
    for want in sorted(wanted, key=lambda it: it.index is None):
        record = view.records.get(want.target)
        if record and record.holding:
            continue
        if instance.state not in ACTING:
            yield Wait(want.target)
        elif decision := acquire(Vacancy(view, instance, want, frozenset(taken))):
            if move := move_of(decision):
                taken.update(_slots([move.after]))
            yield decision


def _slots(records: Iterable[Attachment]) -> Iterator[DeviceSlot]:
    return (record.slot for record in records if record.holding and record.slot)
