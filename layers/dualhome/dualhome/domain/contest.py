"""
Another controller that detaches what we attach: attach again, but ever less often.

Some controllers detach, or delete, every interface that they did not attach themselves
(amazon-vpc-cni-k8s, issue 725). Attaching anew each time would use up a pool.
"""

from datetime import timedelta

from dualhome.domain.attachment import Attachment, Move
from dualhome.domain.reasons import Reason
from dualhome.domain.retries import doubled
from dualhome.domain.states import State
from dualhome.domain.view import View

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


def detached(view: View, record: Attachment) -> Move:
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
