"""What has become of attachments that hold an interface: EC2's account against the ledger's."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from dualhome.domain.attachment import UNEXPLAINED, Attachment, Changes, Failure, Move, Why
from dualhome.domain.ec2 import ACTING, AttachmentStatus, SeenAttachment
from dualhome.domain.observed import ObservedInstance
from dualhome.domain.planning.eligibility import Candidate, warnings_now, why_ineligible
from dualhome.domain.planning.release import (
    defer,
    is_due,
    keep_or_release,
    release_as_asked,
    start_release,
)
from dualhome.domain.planning.types import (
    GOING,
    Decision,
    End,
    InstanceView,
    Next,
    Reattach,
    ResumeRelease,
    Terms,
    Wait,
    Wantedness,
    Write,
)
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State, doubled, retry_after

RESUME_AFTER = timedelta(seconds=10)
"""A younger claim is left to the invocation that took it."""

RESUMED_AT_ONCE = frozenset({Reason.THROTTLED, Reason.PERMISSION_PENDING})
"""Why a claim was left on purpose: no invocation still attaches for it."""

IN_FLIGHT = timedelta(minutes=3)
"""Longer than an invocation lives: none attaches for an older claim any more."""

ATTACH_TIMEOUT = timedelta(minutes=5)
"""An attachment that takes longer is released; Terraform's AWS provider waits as long."""

VISIBLE_AFTER = timedelta(minutes=1)
"""An accepted attachment is seen by then (EC2 User Guide, "Eventual consistency")."""


def observe(
    view: InstanceView,
    instance: ObservedInstance,
    record: Attachment,
    wantedness: Wantedness,
    terms: Terms,
) -> Decision | None:
    """
    Decide what follows from how EC2 shows the interface that ``record`` holds.

    Only what is wanted is attached, and only what is unwanted is released; what EC2 shows is
    recorded in any case. What an operator asks for goes before all that.
    """
    if asked := release_as_asked(view, record):
        return asked
    seen = instance.attachment_of(record.interface)
    match record.state:
        case State.CLAIMED | State.ATTACHING | State.ATTACHED if seen:
            return _seen(view, record, seen, wantedness, terms)
        case State.CLAIMED | State.ATTACHING | State.ATTACHED:
            return _not_seen(view, instance, record, terms, wanted=wantedness.wanted)
        case State.RELEASING:
            return None if view.policy.paused else ResumeRelease(record)
        case State.STUCK if not (seen or _in_pool_read(view, record)):
            # The operator has detached it: it ends as the rollback would have ended.
            state = State.FAILED if record.failure else State.RELEASED
            return end(view.move(record, state, record.why), terms, plan_again=True)
        case _:
            return None


def close_departed(view: InstanceView, terms: Terms) -> Iterator[Decision]:
    """Close the records of an instance that is terminated, or about to be, or gone."""
    for record in view.records.values():
        if record.state == State.RELEASED:
            continue
        if record.state == State.RELEASING:
            if not view.policy.paused:
                yield ResumeRelease(record)
        elif record.holding and (_in_pool_read(view, record) or _may_yet_be_seen(view, record)):
            yield Wait(record.target)
        elif record.state == State.ATTACHED and not is_due(
            view, record, Reason.INSTANCE_STATE, terms
        ):
            yield defer(view, record, Why(Reason.INSTANCE_STATE), record.warnings)
        else:
            yield end(view.move(record, State.RELEASED, _why_departed(view, record)), terms)


def end(over: Move, terms: Terms, *, plan_again: bool = False) -> End | Wait:
    """Return what ends a record because of what was read, or wait for the next pass."""
    target = over.after.target
    return End(over, plan_again) if terms.may_end(target) else Wait(target)


def _seen(
    view: InstanceView,
    record: Attachment,
    seen: SeenAttachment,
    wantedness: Wantedness,
    terms: Terms,
) -> Decision | None:
    found: Changes = {
        "slot": seen.slot,
        "attachment_id": seen.id,
        "warnings": warned_of(record.warnings, seen),
    }
    overdue = view.read_at - record.since >= ATTACH_TIMEOUT
    may_release = wantedness is not Wantedness.LEFT_AS_IS and not view.policy.paused
    same = record.attachment_id == seen.id
    match seen.status, record.state:
        case AttachmentStatus.ATTACHED, State.ATTACHED if same:
            known = warnings_now(record, view.instance, view.vpcs, view.policy)
            return keep_or_release(view, record, wantedness, warned_of(known, seen), terms)
        case AttachmentStatus.ATTACHED, State.ATTACHED | State.ATTACHING if not same:
            # Attached anew by others. The claim is dropped first: another record may hold its slot.
            return _drop_claim(
                view, record, Why(Reason.DETACHED_BY_HAND), terms, wanted=wantedness.wanted
            )
        case AttachmentStatus.ATTACHED, _:
            then = Next.PLAN_AGAIN if wantedness in GOING else Next.REST
            return Write(view.move(record, State.ATTACHED, UNEXPLAINED, **found), then)
        case AttachmentStatus.ATTACHING, State.CLAIMED:
            return Write(view.move(record, State.ATTACHING, UNEXPLAINED, **found), Next.POLL)
        case AttachmentStatus.ATTACHING, State.ATTACHING if overdue and may_release:
            message = f"{seen.id} of {seen.interface} is still attaching after {ATTACH_TIMEOUT}"
            why = Why(Reason.ATTACH_TIMEOUT, message, Failure("AttachTimeout", message))
            return start_release(view, record, why, terms)
        case _:
            return Wait(record.target)


def _not_seen(
    view: InstanceView,
    instance: ObservedInstance,
    record: Attachment,
    terms: Terms,
    *,
    wanted: bool,
) -> Decision:
    """
    Return what follows from an instance that does not show the interface.

    That proves little: EC2's answers may lag behind each other (EC2 User Guide, "Eventual
    consistency"), and the record may be newer than the answer.
    """
    age = view.read_at - record.since
    if _in_pool_read(view, record):
        return Wait(record.target)
    decision: Decision
    match record.state:
        case State.CLAIMED if wanted and _may_resume(view, instance, record, age):
            decision = Reattach(record)
        case State.CLAIMED if age >= IN_FLIGHT:
            decision = _drop_claim(
                view, record, _why_not_attached(view, record), terms, wanted=wanted
            )
        case State.ATTACHING if age >= VISIBLE_AFTER:
            decision = end(_lost(view, record), terms)
        case State.ATTACHED if wanted and age >= RESUME_AFTER:
            decision = end(_detached_by_others(view, record), terms, plan_again=True)
        case State.ATTACHED if age >= RESUME_AFTER:
            decision = _drop_claim(view, record, Why(Reason.DETACHED_BY_HAND), terms, wanted=False)
        case _:
            decision = Wait(record.target)
    return decision


def _may_resume(
    view: InstanceView, instance: ObservedInstance, record: Attachment, age: timedelta
) -> bool:
    """Whether no invocation attaches for this claim, and the claimed interface is still free."""
    interface = view.pool.get(record.interface) if record.interface else None
    left = record.reason in RESUMED_AT_ONCE or age >= RESUME_AFTER
    if view.policy.paused or not left or interface is None or instance.state not in ACTING:
        return False
    candidate = Candidate(interface, instance, record.target, view.vpcs, view.policy)
    return why_ineligible(candidate) is None


def _why_not_attached(view: InstanceView, record: Attachment) -> Why:
    """Return why no invocation attaches for a claim: a pause, or others hold the interface."""
    interface = view.pool.get(record.interface) if record.interface else None
    if view.policy.paused and interface and interface.status == "available":
        return Why(Reason.PAUSED, view.policy.pause.detail)
    return Why(Reason.INTERFACE_TAKEN)


def _drop_claim(
    view: InstanceView, record: Attachment, why: Why, terms: Terms, *, wanted: bool
) -> End | Wait:
    state = State.WAITING
    if not wanted:
        state, why = State.RELEASED, Why(Reason.NOT_WANTED)
    return end(view.move(record, state, why), terms, plan_again=True)


def _lost(view: InstanceView, record: Attachment) -> Move:
    message = f"{record.attachment_id} of {record.interface} was accepted, then not seen"
    why = Why(Reason.ATTACH_LOST, message, Failure("AttachLost", message))
    return view.move(record, State.FAILED, why, retry_at=view.now + retry_after(record.attempt))


def _in_pool_read(view: InstanceView, record: Attachment) -> bool:
    """Whether the interface itself says that it is on the instance."""
    interface = view.pool.get(record.interface) if record.interface else None
    return bool(interface and interface.attachment and interface.attachment.instance == view.id)


def _may_yet_be_seen(view: InstanceView, record: Attachment) -> bool:
    """Whether EC2 may be about to show the interface, or an instance that it does not show now."""
    age = view.read_at - record.since
    if record.state == State.CLAIMED:
        return age < IN_FLIGHT
    return view.instance is None and age < VISIBLE_AFTER


def warned_of(warnings: Iterable[Reason], seen: SeenAttachment) -> tuple[Reason, ...]:
    """Return ``warnings``, ``DELETE_ON_TERMINATION`` among them exactly if EC2 shows that."""
    others = tuple(it for it in warnings if it is not Reason.DELETE_ON_TERMINATION)
    return (*others, Reason.DELETE_ON_TERMINATION) if seen.delete_on_termination else others


def _why_departed(view: InstanceView, record: Attachment) -> Why:
    """
    Return why ``record`` ends with its instance: its interface is free, or deleted.

    The second reading has asked for it by its id, so what is not shown does not exist.
    """
    if not record.holding or record.interface in view.pool:
        return Why(Reason.INSTANCE_STATE)
    if Reason.DELETE_ON_TERMINATION in record.warnings:
        detail = f"{record.interface} was deleted with {record.instance}"
        return Why(Reason.DELETED_WITH_INSTANCE, detail)
    return Why(Reason.INSTANCE_STATE, f"{record.interface} exists no more")


DETACHES = 3
WITHIN = timedelta(minutes=10)
"""So many detaches by others within this time are a contest."""

NOTICED_LATE = timedelta(minutes=1)
"""
No event tells of a detach: sweeps notice it, by default every five minutes, and their schedule is
exact to a minute (EventBridge Scheduler User Guide, "Schedule types").
"""

FIRST_DELAY = timedelta(minutes=5)
LONGEST_DELAY = timedelta(hours=1)

PEACE = timedelta(hours=1)
"""An attachment that has stood for so long ends a series of contests."""


def _detached_by_others(view: InstanceView, record: Attachment) -> Move:
    """
    Return the move of a wanted attachment that others have detached from the instance.

    It is attached again at once; after a contest, when its delay has passed. The delay doubles with
    each contest; adoption, a changed pin and an operator's retry do not wait for it.
    """
    contests = 0 if view.now - record.since >= PEACE else record.contests
    recent = (time for time in record.detaches if view.now - time < WITHIN + NOTICED_LATE)
    times = (*recent, view.now)
    if len(times) < DETACHES:
        why = Why(Reason.DETACHED_BY_HAND)
        return view.move(record, State.WAITING, why, detaches=times, contests=contests)
    due = view.now + doubled(FIRST_DELAY, contests, LONGEST_DELAY)
    listed = ", ".join(f"{time:%H:%M:%S}Z" for time in times)
    detail = (
        f"{record.interface} was detached by others at {listed}; attached again after"
        f" {due:%H:%M:%S}Z"
    )
    return view.move(
        record,
        State.WAITING,
        Why(Reason.CONTESTED, detail),
        detaches=(),
        contests=contests + 1,
        retry_at=due,
    )
