"""Whether an attachment stays, and how its release begins."""

from dataclasses import replace
from datetime import timedelta

from dualhome.domain.attachment import Attachment, OperatorAction, PendingRelease
from dualhome.domain.ec2 import ACTING
from dualhome.domain.planning.types import GOING, InstanceView, Step, Wantedness
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State


def undo(view: InstanceView, record: Attachment, **because: object) -> Step:
    """
    Return the step that starts to take back what ``record`` holds, or one that comes back later.

    It rests on what was read, so a second reading must agree.

    EC2 detaches from an instance that runs or is stopped (EC2 User Guide, "Network interface
    attachments"); one that is on its way there will be.
    """
    between_states = view.instance and view.instance.state not in ACTING
    if between_states or not view.may_end(record.target):
        return Step(record.target, requeue=True)
    return replace(_begin(view, record, **because), confirm=True)


def _begin(view: InstanceView, record: Attachment, **because: object) -> Step:
    move = view.move(record, State.RELEASING, **because)
    return Step(record.target, move=move, undo=move.after)


def as_asked(view: InstanceView, record: Attachment) -> Step | None:
    """
    Return the step that takes back ``record`` because an operator asks for it.

    The queue may deliver an ask twice, or days later: what has come about since was not meant.
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
    asked = {"reason": Reason.OPERATOR_ASKED, "detail": view.cause.principal or ""}
    # At once, whatever the instance does: an ask is not kept, and the rollback has patience.
    return _begin(view, record, failure=record.failure, force_detach=force, **asked)


SOON = timedelta(seconds=1)
"""What is due, but not confirmed by the reading at hand, is reconciled again after this."""


def keep_or_release(
    view: InstanceView, record: Attachment, standing: Wantedness, warnings: tuple[Reason, ...]
) -> Step | None:
    """
    Release what is not wanted, or note why that is deferred; remove a note that is over.

    ``warnings`` are those that the record shall carry now.
    """
    reason = GOING.get(standing)
    # What a unit lacks may be the pause's own doing, or that its type is not described now.
    unproven = view.policy.paused or view.capacity is None
    if reason is None or (unproven and standing is Wantedness.INCOMPLETE):
        return _noted(view, record, None, warnings=warnings)
    if view.policy.paused:
        return _noted(view, record, Reason.PAUSED, warnings=warnings)
    if not _has_waited(view, record, reason):
        return defer(view, record, reason, warnings)
    if view.releases_held:
        pending = record.pending
        return _noted(view, record, Reason.RELEASE_HELD, pending=pending, warnings=warnings)
    if not view.may_end(record.target):
        return Step(record.target, requeue_at=view.now + SOON)
    incomplete = standing is Wantedness.INCOMPLETE
    return undo(view, record, reason=reason, detail=view.lacking if incomplete else "")


def keep(view: InstanceView, record: Attachment) -> Step | None:
    """Remove the note of a release from an attachment that a second reading does not end."""
    if record.state != State.ATTACHED or record.pending is None:
        return None
    step = _noted(view, record, None)
    return replace(step, requeue=True) if step else None


def is_due(view: InstanceView, record: Attachment, reason: Reason) -> bool:
    """Return whether this reading may confirm the release, which was noted long enough ago."""
    return view.may_end(record.target) and _has_waited(view, record, reason)


def _has_waited(view: InstanceView, record: Attachment, reason: Reason) -> bool:
    """Return whether a release for ``reason`` was noted long enough ago to be confirmed."""
    if not view.policy.release_delay:
        return True
    pending = record.pending
    return pending is not None and pending.reason is reason and pending.due <= view.now


def defer(
    view: InstanceView,
    record: Attachment,
    reason: Reason,
    warnings: tuple[Reason, ...] | None = None,
) -> Step:
    """Note that one reading asks for a release; the record is reconciled again when it is due."""
    pending, detail = record.pending, record.detail
    if not (pending and pending.reason is reason and record.reason is Reason.RELEASE_PENDING):
        pending = PendingRelease(reason, view.now + view.policy.release_delay)
        detail = _why(view, pending)
    why = Reason.RELEASE_PENDING
    step = _noted(view, record, why, pending=pending, detail=detail, warnings=warnings)
    due = max(pending.due, view.now + SOON)
    return Step(record.target, move=step.move if step else None, requeue_at=due)


def _noted(
    view: InstanceView,
    record: Attachment,
    reason: Reason | None,
    *,
    pending: PendingRelease | None = None,
    detail: str = "",
    warnings: tuple[Reason, ...] | None = None,
) -> Step | None:
    """Return the step that notes all this on an attached record; None if it says so already."""
    shown = record.warnings if warnings is None else warnings
    if (record.reason, record.pending, record.warnings) == (reason, pending, shown):
        return None
    fields = {"reason": reason, "detail": detail, "pending": pending, "warnings": shown}
    return Step(record.target, move=view.move(record, State.ATTACHED, **fields))


def _why(view: InstanceView, pending: PendingRelease) -> str:
    because = f"{pending.reason}: {view.lacking}" if view.lacking else pending.reason
    return f"{because}; released at {pending.due:%H:%M:%S}Z if EC2 still says so"
