"""Whether an attachment stays, and how its release begins."""

from datetime import timedelta

from dualhome.domain.attachment import UNEXPLAINED, Attachment, OperatorAction, PendingRelease, Why
from dualhome.domain.ec2 import ACTING
from dualhome.domain.planning.types import (
    GOING,
    Decision,
    InstanceView,
    Next,
    Release,
    Terms,
    Wait,
    Wantedness,
    Write,
)
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State

SOON = timedelta(seconds=1)
"""What is due, but not confirmed by the reading at hand, is reconciled again after this."""


def start_release(view: InstanceView, record: Attachment, why: Why, terms: Terms) -> Decision:
    """
    Begin to release what ``record`` holds, or wait for the next pass.

    EC2 detaches from an instance that runs or is stopped (EC2 User Guide, "Network interface
    attachments"); one that is on its way there will be.
    """
    between_states = view.instance and view.instance.state not in ACTING
    if between_states or not terms.may_end(record.target):
        return Wait(record.target)
    return Release(view.move(record, State.RELEASING, why))


def release_as_asked(view: InstanceView, record: Attachment) -> Release | None:
    """
    Release ``record`` because an operator asks for it; None if none does.

    The queue may deliver a request twice, or days later: what has come about since was not meant.
    It is done at once, whatever the instance does: a request is not kept, and a rollback polls.
    """
    release = view.asked(OperatorAction.RELEASE, record.target)
    force = release is not None and release.force
    match record.state:
        case State.ATTACHING | State.ATTACHED:
            due = release is not None
        case State.STUCK:
            due = release is not None or view.asked(OperatorAction.RETRY, record.target) is not None
        case State.RELEASING:
            due = force and not record.force_detach
        case _:
            due = False
    if not due or record.since > view.cause.time:
        return None
    why = Why(Reason.OPERATOR_ASKED, view.cause.principal or "", record.failure)
    return Release(view.move(record, State.RELEASING, why, force_detach=force), asked=True)


def keep_or_release(
    view: InstanceView,
    record: Attachment,
    wantedness: Wantedness,
    warnings: tuple[Reason, ...],
    terms: Terms,
) -> Decision | None:
    """
    Release an unwanted attachment, or record why its release is deferred; else remove that note.

    ``warnings`` are those that the record shall carry now.
    """
    reason = GOING.get(wantedness)
    # What a unit lacks may be the pause's own doing, or that its type is not described now.
    unproven = view.policy.paused or view.capacity is None
    decision: Decision | None
    if reason is None or (unproven and wantedness is Wantedness.INCOMPLETE):
        decision = _noted(view, record, UNEXPLAINED, None, warnings)
    elif view.policy.paused:
        why = Why(Reason.PAUSED, view.policy.pause.detail)
        decision = _noted(view, record, why, None, warnings)
    elif not _has_waited(view, record, reason):
        decision = defer(view, record, Why(reason, terms.lacking), warnings)
    elif not terms.admitted:
        decision = _noted(view, record, Why(Reason.RELEASE_HELD), record.pending, warnings)
    elif not terms.may_end(record.target):
        decision = Wait(record.target, at=view.now + SOON)
    else:
        lacking = terms.lacking if wantedness is Wantedness.INCOMPLETE else ""
        decision = start_release(view, record, Why(reason, lacking), terms)
    return decision


def keep(view: InstanceView, record: Attachment) -> Decision:
    """Remove the note of a release from an attachment that a second reading does not end."""
    noted = None
    if record.state == State.ATTACHED and record.pending:
        noted = _noted(view, record, UNEXPLAINED, None, record.warnings)
    return Write(noted.move, then=Next.POLL) if noted else Wait(record.target)


def is_due(view: InstanceView, record: Attachment, reason: Reason, terms: Terms) -> bool:
    """Return whether this reading may confirm the release, which was noted long enough ago."""
    return terms.may_end(record.target) and _has_waited(view, record, reason)


def _has_waited(view: InstanceView, record: Attachment, reason: Reason) -> bool:
    """Return whether a release for ``reason`` was noted long enough ago to be confirmed."""
    if not view.policy.release_delay:
        return True
    pending = record.pending
    return pending is not None and pending.reason is reason and pending.due <= view.now


def defer(
    view: InstanceView, record: Attachment, why: Why, warnings: tuple[Reason, ...]
) -> Write | Wait:
    """Record that one reading asks for a release; the record is reconciled again when it is due."""
    reason, pending, detail = why.reason, record.pending, record.detail
    if reason is None:
        raise ValueError(f"{record.instance}/{record.target}: a release without a reason")
    if not (pending and pending.reason is reason and record.reason is Reason.RELEASE_PENDING):
        pending = PendingRelease(reason, view.now + view.policy.release_delay)
        because = f"{reason}: {why.detail}" if why.detail else reason
        detail = f"{because}; released at {pending.due:%H:%M:%S}Z if EC2 still says so"
    due = max(pending.due, view.now + SOON)
    noted = _noted(view, record, Why(Reason.RELEASE_PENDING, detail), pending, warnings)
    return Write(noted.move, then=due) if noted else Wait(record.target, at=due)


def _noted(
    view: InstanceView,
    record: Attachment,
    why: Why,
    pending: PendingRelease | None,
    warnings: tuple[Reason, ...],
) -> Write | None:
    """Return what notes all this on an attached record; None if it says so already."""
    same = (record.reason, record.pending, record.warnings) == (why.reason, pending, warnings)
    if same and (why.reason is not Reason.PAUSED or record.detail == why.detail):
        return None
    move = view.move(record, State.ATTACHED, why, pending=pending, warnings=warnings)
    return Write(move)
