"""
Bring instances nearer to what their tags ask for; repeating it changes nothing.

One pass over one instance, in this order:

1. ``Invocation.view``: what EC2 and the ledger show of it, of its pools and of its VPCs;
2. ``_is_unknown``: an id that neither knows may be new, and is polled for a while;
3. ``_compare_announced``: tags that an event announced and EC2 does not show yet are requeued;
4. ``plan_confirmed``: one decision for each target; what ends rests on a second reading;
5. ``_carry_out``: each decision: a move is written first, then EC2 or Step Functions is asked;
   a pause that has begun meanwhile stops claims and releases, and all is planned again;
6. ``_requeue_what_is_due``: decisions that name a time;
7. ``_what_is_left``: the request to poll with, unless another pass follows at once.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from enum import Enum, auto
from functools import partial
from typing import assert_never

from dualhome.application.requests import ReconcileRequest
from dualhome.application.requeue import LAST_ATTEMPT
from dualhome.application.snapshot import Invocation
from dualhome.domain.answers import (
    Accepted,
    AttachAnswer,
    InDoubt,
    NotDetached,
    Postponed,
    Refused,
    move_after,
)
from dualhome.domain.attachment import Attachment, Cause
from dualhome.domain.errors import (
    AccessDeniedError,
    DualhomeError,
    InstanceGoneError,
    InstanceStateError,
    InterfaceInUseError,
    PausedError,
    RollbackExhaustedError,
    SlotTakenError,
    StalePlanError,
    ThrottledError,
    TransientError,
)
from dualhome.domain.identifiers import InterfaceId
from dualhome.domain.planning.observe import ATTACH_TIMEOUT, VISIBLE_AFTER
from dualhome.domain.planning.plan import plan_confirmed
from dualhome.domain.planning.types import (
    Claim,
    Decision,
    End,
    InstanceView,
    Next,
    Reattach,
    Release,
    ResumeRelease,
    Unchanged,
    Wait,
    Write,
)
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State

ROUNDS = 5
"""How often one invocation plans anew because others were faster, before it is requeued."""

GONE_ATTEMPTS = 5
"""How often an instance is read of which neither EC2 nor the ledger knows."""

COMPARE_AFTER = (timedelta(seconds=2), timedelta(seconds=5), timedelta(seconds=15))
"""Waits for EC2 to show the tags of an event (boto3, issue 4386); then the sweep finds them."""

TIME_TO_STOP = 15.0
"""Seconds: an instance is not begun with less left, but handed to the next invocation."""


class Outcome(Enum):
    """What carrying out a decision has led to."""

    SETTLED = auto()
    POLL = auto()
    """Something is on its way: the instance is reconciled again in a while."""
    MOVED_ON = auto()
    """As ``POLL``, and the waits in between, which grow while nothing happens, begin anew."""
    PLAN_AGAIN = auto()
    STALE = auto()
    """Another invocation, or a pause, was faster: nothing was done, and all is planned again."""


POLLED = {Outcome.POLL, Outcome.MOVED_ON, Outcome.STALE}
PLANNED_AGAIN = {Outcome.PLAN_AGAIN, Outcome.STALE}
FOLLOWS: Mapping[Next | datetime, Outcome] = {
    Next.POLL: Outcome.POLL,
    Next.PLAN_AGAIN: Outcome.PLAN_AGAIN,
}


def reconcile(request: ReconcileRequest, invocation: Invocation) -> None:
    """Reconcile one instance; what cannot be finished now is requeued."""
    if invocation.time_left() < TIME_TO_STOP:
        invocation.requeue.at_once(request)
        return
    try:
        again = _reconcile(request, invocation)
    except TransientError:
        # What was announced has been compared by then, and is requeued by a request of its own.
        again = replace(request, announced=(), compared=0)
    if again:
        invocation.requeue.later(again)


def _reconcile(request: ReconcileRequest, invocation: Invocation) -> ReconcileRequest | None:
    """Make passes until nothing more can be done at once; return the request to requeue."""
    polled = False
    for _ in range(ROUNDS):
        view = invocation.view(request)
        if _is_unknown(view):
            return request if request.attempt < GONE_ATTEMPTS else None
        request = _compare_announced(request, invocation)
        plan = plan_confirmed(view, partial(invocation.ask, view), invocation.ports.breaker.admits)
        outcomes = {_carry_out(decision, request.cause, invocation) for decision in plan}
        _requeue_what_is_due(plan, request, invocation)
        # A pause that cannot be read may be none.
        unread = bool(view.policy.pause.unread)
        request = _what_is_left(request, outcomes, unread=unread)
        polled |= bool(outcomes & POLLED) or unread
        if not outcomes & PLANNED_AGAIN:
            return request if polled else None
    return request


def _is_unknown(view: InstanceView) -> bool:
    """Whether neither EC2 nor the ledger knows the instance: it may be new."""
    return view.instance is None and not view.records


def _compare_announced(request: ReconcileRequest, invocation: Invocation) -> ReconcileRequest:
    """
    Requeue for tags that an event has announced and EC2 does not show; return what is left now.

    The plan goes on with what EC2 shows: what it would release is read once more anyway.
    """
    lags = request.announced and request.instance in invocation.snapshot.lagging
    if lags and request.compared < len(COMPARE_AFTER):
        again = replace(request, operator_requests=(), attempt=0, compared=request.compared + 1)
        invocation.requeue.after(again, COMPARE_AFTER[request.compared])
    return replace(request, announced=(), compared=0)


def _carry_out(decision: Decision, cause: Cause, invocation: Invocation) -> Outcome:
    """Write the move of ``decision``, and ask EC2 or Step Functions for what it asks for."""
    record = _rests_on(decision)
    try:
        return _do(decision, cause, invocation)
    except StalePlanError:
        if record:
            invocation.refresh(record.instance, record.interface)
        # EC2 may have acted for the one who was faster, or for us: it is read afresh.
        return Outcome.STALE
    except PausedError:
        return Outcome.STALE


def _rests_on(decision: Decision) -> Attachment | None:
    match decision:
        case Write(move=move) | End(move=move) | Claim(move=move) | Release(move=move):
            return move.after
        case Reattach(record) | ResumeRelease(record):
            return record
        case Unchanged() | Wait():
            return None
        case _:
            assert_never(decision)


def _do(decision: Decision, cause: Cause, invocation: Invocation) -> Outcome:
    outcome = Outcome.SETTLED
    match decision:
        case Unchanged():
            pass
        case Wait(at=at):
            outcome = Outcome.SETTLED if at else Outcome.POLL
        case Write(move, then):
            invocation.commit(move)
            outcome = FOLLOWS.get(then, Outcome.SETTLED)
        case End(move, plan_again):
            invocation.commit(move)
            outcome = Outcome.PLAN_AGAIN if plan_again else Outcome.SETTLED
        case Claim(move):
            invocation.ports.gate.check()
            outcome = _attach(invocation.commit(move), cause, invocation)
        case Reattach(record):
            outcome = _attach(record, cause, invocation)
        case Release(move, asked):
            if not asked:
                invocation.ports.gate.check()
            outcome = _start_rollback(invocation.commit(move), cause, invocation)
        case ResumeRelease(record):
            outcome = _start_rollback(record, cause, invocation)
        case _:
            assert_never(decision)
    return outcome


def _attach(record: Attachment, cause: Cause, invocation: Invocation) -> Outcome:
    answer = attach(record, cause, invocation)
    move = move_after(record, answer, invocation.ports.clock(), cause)
    if move is None:
        return Outcome.POLL
    invocation.snapshot.note_answer(record, answer)
    invocation.commit(move)
    match move.after.state:
        case State.CLAIMED:
            return Outcome.POLL
        case State.ATTACHING:
            return Outcome.MOVED_ON
        case _:
            # Another interface may do; and if none is left, it may be a loss for a whole unit.
            return Outcome.PLAN_AGAIN


def _start_rollback(record: Attachment, cause: Cause, invocation: Invocation) -> Outcome:
    """Start it; while paused the record stays ``releasing``, and the end of the pause starts it."""
    reading = invocation.ports.gate.reading()
    if reading.paused:
        return Outcome.POLL if reading.unread else Outcome.SETTLED
    try:
        invocation.ports.rollbacks.start(record)
    except RollbackExhaustedError as error:
        answer = NotDetached(Reason.UNDO_FAILED, error.message)
        if move := move_after(record, answer, invocation.ports.clock(), cause):
            invocation.commit(move)
    return Outcome.SETTLED


def _requeue_what_is_due(
    plan: Iterable[Decision], request: ReconcileRequest, invocation: Invocation
) -> None:
    """Reconcile again at the times that decisions name."""
    for due in {due for it in plan if (due := _due(it))}:
        # Attempts count on: else a list and an answer by id that differ would go on for ever.
        again = ReconcileRequest(request.instance, request.cause, request.attempt)
        invocation.requeue.after(again, due - invocation.ports.clock())


def _due(decision: Decision) -> datetime | None:
    match decision:
        case Wait(at=at):
            return at
        case Write(then=datetime() as due):
            return due
        case _:
            return None


def _what_is_left(
    request: ReconcileRequest, outcomes: set[Outcome], *, unread: bool
) -> ReconcileRequest:
    """Return what is to be asked again: operators' requests too, if they may not be met yet."""
    # Requests of operators are requeued for ever: those that only wait for a reading end here.
    kept = Outcome.STALE in outcomes or (unread and request.attempt < LAST_ATTEMPT)
    if not kept:
        request = replace(request, operator_requests=())
    return replace(request, attempt=0) if Outcome.MOVED_ON in outcomes else request


LOSSES = 5
"""Claims lost to nothing that EC2 shows before it is a failure, to be tried ever less often."""

SEES_NEW_TAGS_AFTER = timedelta(minutes=1)
"""Until so long after a tag event, permissions that rest on tags may not know the new ones."""

TAG_EVENTS = "aws.tag"

OF_INSTANCE = (InstanceStateError, InstanceGoneError)
"""What another interface, or another index, does not cure."""


def attach(record: Attachment, cause: Cause, invocation: Invocation) -> AttachAnswer:
    """
    Ask EC2 to attach what ``record`` claims; return what its answer means.

    AttachNetworkInterface takes no client token, so a refusal may be the echo of our own earlier
    success: EC2's account of the interface decides, not the error's text.

    Raises:
        TransientError: EC2 could not be asked; nothing is undone.
    """
    if not (record.interface and record.slot):
        raise ValueError(f"{record.instance}/{record.target}: a claim without interface or slot")
    try:
        attachment = invocation.ports.interfaces.attach(
            record.instance, record.interface, record.slot
        )
    except ThrottledError as error:
        return Postponed(Reason.THROTTLED, error.message)
    except PausedError:
        # An earlier try of the same call may have been carried out: EC2 shows it.
        return InDoubt()
    except DualhomeError as error:
        if isinstance(error, AccessDeniedError) and _may_not_see_tags(cause, invocation):
            return Postponed(Reason.PERMISSION_PENDING, error.message)
        return _not_accepted(record, error, record.interface, invocation)
    return Accepted(attachment, record.slot)


def _may_not_see_tags(cause: Cause, invocation: Invocation) -> bool:
    """Whether a tag is so new that the permission, which is fenced by tags, may not see it yet."""
    age = invocation.ports.clock() - cause.time
    return cause.source == TAG_EVENTS and age < SEES_NEW_TAGS_AFTER


def _not_accepted(
    record: Attachment, error: DualhomeError, interface: InterfaceId, invocation: Invocation
) -> AttachAnswer:
    """Return what an error means, once EC2 has shown ``interface``."""
    age = invocation.ports.clock() - record.since
    if isinstance(error, (TransientError, *OF_INSTANCE)) and age < ATTACH_TIMEOUT:
        return InDoubt()
    shown = invocation.ports.interfaces.find(interface)
    seen = shown.attachment if shown else None
    if seen and seen.instance == record.instance:
        # An earlier call of the reconciler was carried out, or others attached it there.
        return Accepted(seen.id, seen.slot)
    unexplained = seen is None and _may_be_ours(record, error, invocation)
    if unexplained and age < VISIBLE_AFTER:
        return InDoubt()
    final = isinstance(error, OF_INSTANCE) or (unexplained and record.attempt >= LOSSES)
    return Refused(error, final)


def _may_be_ours(record: Attachment, error: DualhomeError, invocation: Invocation) -> bool:
    """Whether EC2 refuses what is in use without showing by whom: reads may lag behind our act."""
    match error:
        case InterfaceInUseError():
            return True
        case SlotTakenError():
            instance = invocation.read_instance(record.instance)
            return instance is None or record.slot not in instance.occupied()
        case _:
            return False
