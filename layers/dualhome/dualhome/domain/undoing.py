"""How taking back begins: for a reason of ours, or because an operator asks for it."""

from dataclasses import replace

from dualhome.domain.ask import Asked
from dualhome.domain.attachment import Attachment
from dualhome.domain.network import ACTING
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State
from dualhome.domain.view import Step, View


def undo(view: View, record: Attachment, **because: object) -> Step:
    """
    Return the step that starts to take back what ``record`` holds, or one that comes back later.

    It rests on what was read, so a second reading must agree.

    EC2 detaches from an instance that runs or is stopped (EC2 User Guide, "Network interface
    attachments"); one that is on its way there will be.
    """
    between_states = view.instance and view.instance.state not in ACTING
    if between_states or not view.may_end(record.target):
        return Step(record.target, look_again=True)
    return replace(_begin(view, record, **because), confirm=True)


def _begin(view: View, record: Attachment, **because: object) -> Step:
    move = view.move(record, State.RELEASING, **because)
    return Step(record.target, move=move, undo=move.after)


def as_asked(view: View, record: Attachment) -> Step | None:
    """
    Return the step that takes back ``record`` because an operator asks for it.

    The queue may deliver an ask twice, or days later: what has come about since was not meant.
    """
    release = view.asked(Asked.RELEASE, record.target)
    force = release is not None and release.force
    match record.state:
        case State.ATTACHING | State.ATTACHED:
            due = release is not None
        case State.STUCK:
            due = release is not None or view.asked(Asked.RETRY, record.target) is not None
        case State.RELEASING:
            due = force and not record.force_detach
        case _:
            due = False
    if not due or record.since > view.cause.time:
        return None
    asked = {"reason": Reason.OPERATOR_ASKED, "detail": view.cause.principal or ""}
    # At once, whatever the instance does: an ask is not kept, and the rollback has patience.
    return _begin(view, record, failure=record.failure, force_detach=force, **asked)
