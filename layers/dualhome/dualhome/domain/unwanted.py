"""
Whether an attachment stays: it is released once two readings, some time apart, say so.

One answer of EC2 may lack tags, or show older ones (EC2 User Guide, "Tag your Amazon EC2
resources": describing several resources "may not return all of your tags"). So the first reading
is noted on the record, and a reading that disagrees removes the note. When it is due, the reading
of that pass and one by id must agree; only then is the release breaker asked.
"""

from dataclasses import replace

from dualhome.domain.attachment import Attachment, PendingRelease
from dualhome.domain.reasons import Reason
from dualhome.domain.standing import GOING, Standing
from dualhome.domain.states import State
from dualhome.domain.undoing import undo
from dualhome.domain.view import Step, View


def keep_or_release(view: View, record: Attachment, standing: Standing) -> Step | None:
    """Release what is not wanted, or note why that is deferred; remove a note that is over."""
    reason = GOING.get(standing)
    # What a unit lacks may be the pause's own doing, or that its type is not described now.
    unproven = view.policy.paused or view.capacity is None
    if reason is None or (unproven and standing is Standing.INCOMPLETE):
        return _noted(view, record, None)
    if view.policy.paused:
        return _noted(view, record, Reason.PAUSED)
    if not is_due(view, record, reason):
        return defer(view, record, reason)
    if view.releases_held:
        return _noted(view, record, Reason.RELEASE_HELD, record.pending)
    incomplete = standing is Standing.INCOMPLETE
    return undo(view, record, reason=reason, detail=view.lacking if incomplete else "")


def keep(view: View, record: Attachment) -> Step | None:
    """Remove the note of a release from an attachment that a second reading does not end."""
    if record.state != State.ATTACHED or record.pending is None:
        return None
    step = _noted(view, record, None)
    return replace(step, look_again=True) if step else None


def is_due(view: View, record: Attachment, reason: Reason) -> bool:
    """Return whether a release for ``reason`` was noted long enough ago to be confirmed."""
    if not view.may_end(record.target):
        return False
    if not view.policy.release_delay:
        return True
    pending = record.pending
    return pending is not None and pending.reason is reason and pending.due <= view.now


def defer(view: View, record: Attachment, reason: Reason) -> Step:
    """Note that one reading asks for a release; the record is reconciled again when it is due."""
    pending = record.pending
    if pending and pending.reason is reason and record.reason is Reason.RELEASE_PENDING:
        return Step(record.target, look_at=max(pending.due, view.now))
    pending = PendingRelease(reason, view.now + view.policy.release_delay)
    step = _noted(view, record, Reason.RELEASE_PENDING, pending, _why(view, pending))
    return Step(record.target, move=step.move if step else None, look_at=pending.due)


def _noted(
    view: View,
    record: Attachment,
    reason: Reason | None,
    pending: PendingRelease | None = None,
    detail: str = "",
) -> Step | None:
    if (record.reason, record.pending) == (reason, pending):
        return None
    noted = view.move(
        record,
        State.ATTACHED,
        reason=reason,
        detail=detail,
        pending=pending,
        warnings=record.warnings,
    )
    return Step(record.target, move=noted)


def _why(view: View, pending: PendingRelease) -> str:
    because = f"{pending.reason}: {view.lacking}" if view.lacking else pending.reason
    return f"{because}; released at {pending.due:%H:%M:%S}Z if EC2 still says so"
