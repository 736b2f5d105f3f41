"""What others do to an attachment: detach it again and again, or delete it with its instance."""

from collections.abc import Iterable
from datetime import timedelta

from dualhome.domain.attachment import Attachment, Move
from dualhome.domain.ec2 import SeenAttachment
from dualhome.domain.planning.types import InstanceView
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State, doubled

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


def detached(view: InstanceView, record: Attachment) -> Move:
    """
    Return the move of a wanted attachment that others have detached from the instance.

    It is attached again at once; after a contest, when its delay has passed. The delay doubles with
    each contest; adoption, a changed pin and an operator's retry do not wait for it.
    """
    stood = view.now - record.since
    contests = 0 if stood >= PEACE else record.contests
    recent = (time for time in record.detaches if view.now - time < WITHIN + NOTICED_LATE)
    times = (*recent, view.now)
    if len(times) < DETACHES:
        return view.move(
            record,
            State.WAITING,
            reason=Reason.DETACHED_BY_HAND,
            detaches=times,
            contests=contests,
        )
    delay = doubled(FIRST_DELAY, contests, LONGEST_DELAY)
    told = ", ".join(f"{time:%H:%M:%S}Z" for time in times)
    return view.move(
        record,
        State.WAITING,
        reason=Reason.CONTESTED,
        detail=f"{record.interface} was detached by others at {told};"
        f" attached again after {(view.now + delay):%H:%M:%S}Z",
        detaches=(),
        contests=contests + 1,
        retry_at=view.now + delay,
    )


def warned_of(warnings: Iterable[Reason], seen: SeenAttachment) -> tuple[Reason, ...]:
    """Return ``warnings``, ``DELETE_ON_TERMINATION`` among them exactly if EC2 shows that."""
    others = tuple(it for it in warnings if it is not Reason.DELETE_ON_TERMINATION)
    return (*others, Reason.DELETE_ON_TERMINATION) if seen.delete_on_termination else others


def end_with_instance(view: InstanceView, record: Attachment) -> dict[str, object]:
    """
    Return why ``record`` ends with its instance: its interface is free, or no more.

    The second reading has asked for it by its id, so what is not shown is no more.
    """
    if not record.holding or record.interface in view.pool:
        return {"reason": Reason.INSTANCE_STATE}
    if Reason.DELETE_ON_TERMINATION in record.warnings:
        detail = f"{record.interface} was deleted with {record.instance}"
        return {"reason": Reason.DELETED_WITH_INSTANCE, "detail": detail}
    detail = f"{record.interface} exists no more"
    return {"reason": Reason.INSTANCE_STATE, "detail": detail}
