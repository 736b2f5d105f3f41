"""What a decision asks for, whichever it is."""

from collections.abc import Iterable

from dualhome.domain.attachment import Attachment
from dualhome.domain.planning.types import (
    Claim,
    Decision,
    Next,
    Reattach,
    Release,
    ResumeRelease,
    Wait,
    Write,
    move_of,
)


def attach_of(decision: Decision) -> Attachment | None:
    """Return the record that EC2 is asked to attach, if it is."""
    match decision:
        case Claim(move):
            return move.after
        case Reattach(record):
            return record
        case _:
            return None


def release_of(decision: Decision) -> Attachment | None:
    """Return the record whose rollback is started, if one is."""
    match decision:
        case Release(move):
            return move.after
        case ResumeRelease(record):
            return record
        case _:
            return None


def polls(decision: Decision) -> bool:
    """Return whether the instance is reconciled again in a while."""
    match decision:
        case Wait(at=at):
            return at is None
        case Write(then=then):
            return then is Next.POLL
        case Reattach():
            return True
        case _:
            return False


def after_of(decision: Decision) -> Attachment:
    """Return the record as the decision's move leaves it; it has to have one."""
    move = move_of(decision)
    assert move
    return move.after


def attached_by(plan: Iterable[Decision]) -> list[Attachment]:
    """Return the records that EC2 is asked to attach."""
    return [record for it in plan if (record := attach_of(it))]
