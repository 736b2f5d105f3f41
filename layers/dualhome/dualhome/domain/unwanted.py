"""
Whether an attachment stays: it is released once two readings, some time apart, say so.

One answer of EC2 may lack tags, or show older ones (EC2 User Guide, "Tag your Amazon EC2
resources": describing several resources "may not return all of your tags"). So the first reading
is noted on the record, and a reading that disagrees removes the note. When it is due, the reading
of that pass and one by id must agree; only then is the release breaker asked.
"""

from dataclasses import replace
from datetime import timedelta

from dualhome.domain.attachment import Attachment, PendingRelease
from dualhome.domain.reasons import Reason
from dualhome.domain.standing import GOING, Standing
from dualhome.domain.states import State
from dualhome.domain.undoing import undo
from dualhome.domain.view import Step, View

SOON = timedelta(seconds=1)
"""What is due, but not confirmed by the reading at hand, is reconciled again after this."""


def keep_or_release(
    view: View, record: Attachment, standing: Standing, warnings: tuple[Reason, ...]
) -> Step | None:
    """
    Release what is not wanted, or note why that is deferred; remove a note that is over.

    ``warnings`` are those that the record shall carry now.
    """
    reason = GOING.get(standing)
    # What a unit lacks may be the pause's own doing, or that its type is not described now.
    unproven = view.policy.paused or view.capacity is None
    if reason is None or (unproven and standing is Standing.INCOMPLETE):
        return _noted(view, record, None, warnings=warnings)
    if view.policy.paused:
        return _noted(view, record, Reason.PAUSED, warnings=warnings)
    if not _has_waited(view, record, reason):
        return defer(view, record, reason, warnings)
    if view.releases_held:
        pending = record.pending
        return _noted(view, record, Reason.RELEASE_HELD, pending=pending, warnings=warnings)
    if not view.may_end(record.target):
        return Step(record.target, look_at=view.now + SOON)
    incomplete = standing is Standing.INCOMPLETE
    return undo(view, record, reason=reason, detail=view.lacking if incomplete else "")


def keep(view: View, record: Attachment) -> Step | None:
    """Remove the note of a release from an attachment that a second reading does not end."""
    if record.state != State.ATTACHED or record.pending is None:
        return None
    step = _noted(view, record, None)
    return replace(step, look_again=True) if step else None


def is_due(view: View, record: Attachment, reason: Reason) -> bool:
    """Return whether this reading may confirm the release, which was noted long enough ago."""
    return view.may_end(record.target) and _has_waited(view, record, reason)


def _has_waited(view: View, record: Attachment, reason: Reason) -> bool:
    """Return whether a release for ``reason`` was noted long enough ago to be confirmed."""
    if not view.policy.release_delay:
        return True
    pending = record.pending
    return pending is not None and pending.reason is reason and pending.due <= view.now


def defer(
    view: View, record: Attachment, reason: Reason, warnings: tuple[Reason, ...] | None = None
) -> Step:
    """Note that one reading asks for a release; the record is reconciled again when it is due."""
    pending, detail = record.pending, record.detail
    if not (pending and pending.reason is reason and record.reason is Reason.RELEASE_PENDING):
        pending = PendingRelease(reason, view.now + view.policy.release_delay)
        detail = _why(view, pending)
    why = Reason.RELEASE_PENDING
    step = _noted(view, record, why, pending=pending, detail=detail, warnings=warnings)
    due = max(pending.due, view.now + SOON)
    return Step(record.target, move=step.move if step else None, look_at=due)


def _noted(
    view: View,
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


def _why(view: View, pending: PendingRelease) -> str:
    because = f"{pending.reason}: {view.lacking}" if view.lacking else pending.reason
    return f"{because}; released at {pending.due:%H:%M:%S}Z if EC2 still says so"
