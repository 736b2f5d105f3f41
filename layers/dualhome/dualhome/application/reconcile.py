"""Bring instances nearer to what their tags ask for; repeating it changes nothing."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

from dualhome.application.attach import Outcome, attach
from dualhome.application.requests import ReconcileRequest
from dualhome.application.snapshot import Batch
from dualhome.domain.attachment import Attachment, Cause
from dualhome.domain.errors import RollbackExhaustedError, StalePlanError, TransientError
from dualhome.domain.planning.plan import plan_confirmed
from dualhome.domain.planning.types import Step
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State

ROUNDS = 5
"""How often one look plans anew because others were faster, before it comes back later."""

GONE_ATTEMPTS = 5
"""How often we look for an instance of which neither EC2 nor the ledger knows."""

COMPARE_AFTER = (timedelta(seconds=2), timedelta(seconds=5), timedelta(seconds=15))
"""Waits for EC2 to show the tags of an event (boto3, issue 4386); then the sweep finds them."""

TIME_TO_STOP = 15.0
"""Seconds: an instance is not begun with less left, but handed to the next invocation."""


def reconcile(request: ReconcileRequest, batch: Batch) -> None:
    """Look at one instance; what cannot be finished now is put on the agenda."""
    if batch.run.time_left() < TIME_TO_STOP:
        batch.requeue.at_once(request)
        return
    try:
        again = _plan_and_apply(request, batch)
    except TransientError:
        # What was announced has been compared by then, and comes back by a look of its own.
        again = replace(request, announced=(), compared=0)
    if again:
        batch.requeue.later(again)


def _plan_and_apply(request: ReconcileRequest, batch: Batch) -> ReconcileRequest | None:
    """Plan and apply until nothing more can be done at once; return the look to come back with."""
    requeue = False
    for _ in range(ROUNDS):
        view = batch.snapshot.view(request, batch.run.policy, batch.run.clock())
        if view.instance is None and not view.records:
            return request if request.attempt < GONE_ATTEMPTS else None
        request = _compared(request, batch)
        steps = plan_confirmed(view, partial(batch.ask, view), batch.run.breaker.admits)
        outcomes = [_apply(step, request.cause, batch) for step in steps]
        requeue |= any(outcome.requeue for outcome in outcomes)
        for due in {step.requeue_at for step in steps if step.requeue_at}:
            # It counts on: else a list and an answer by id that differ would never be left alone.
            again = ReconcileRequest(request.instance, request.cause, request.attempt)
            batch.requeue.after(again, due - batch.run.clock())
        if not any(outcome.stale for outcome in outcomes):
            request = replace(request, operator_requests=())
        if any(outcome.moved_on for outcome in outcomes):
            request = replace(request, attempt=0)
        if not any(outcome.plan_again for outcome in outcomes):
            return request if requeue else None
    return request


def _compared(request: ReconcileRequest, batch: Batch) -> ReconcileRequest:
    """
    Come back for tags that an event has announced and EC2 does not show; return the look for now.

    The plan goes on with what EC2 shows: what it would release is read once more anyway.
    """
    lags = request.announced and request.instance in batch.snapshot.lagging
    if lags and request.compared < len(COMPARE_AFTER):
        again = replace(request, operator_requests=(), attempt=0, compared=request.compared + 1)
        batch.requeue.after(again, COMPARE_AFTER[request.compared])
    return replace(request, announced=(), compared=0)


def _apply(step: Step, cause: Cause, batch: Batch) -> Outcome:
    try:
        if step.move:
            batch.commit(step.move)
        if step.attach:
            return attach(step.attach, cause, batch)
        if step.undo:
            _undo(step.undo, cause, batch)
    except StalePlanError:
        record = step.move.after if step.move else step.attach or step.undo
        if record:
            batch.refresh(record.instance, record.interface)
        # EC2 may have acted for the one who was faster, or for us: read it afresh.
        return Outcome(requeue=True, plan_again=True, stale=True)
    return Outcome(step.requeue, step.plan_again)


def _undo(record: Attachment, cause: Cause, batch: Batch) -> None:
    try:
        batch.run.rollbacks.start(record)
    except RollbackExhaustedError as error:
        because = {"reason": Reason.UNDO_FAILED, "detail": error.message}
        batch.move(record, State.STUCK, cause, failure=record.failure, **because)
