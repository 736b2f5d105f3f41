"""Make a claimed attachment true in EC2."""

from dataclasses import dataclass
from datetime import timedelta

from dualhome.application.snapshot import Batch
from dualhome.domain.attachment import Attachment, Cause, Failure
from dualhome.domain.ec2 import SeenAttachment
from dualhome.domain.errors import (
    AccessDeniedError,
    AttachmentLimitError,
    DualhomeError,
    InstanceGoneError,
    InstanceStateError,
    InterfaceGoneError,
    InterfaceInUseError,
    SlotTakenError,
    StalePlanError,
    ThrottledError,
    TransientError,
)
from dualhome.domain.identifiers import InterfaceId
from dualhome.domain.planning.observe import ATTACH_TIMEOUT, VISIBLE_AFTER
from dualhome.domain.reasons import Reason
from dualhome.domain.refusals import remember
from dualhome.domain.states import State, retry_after

LOSSES = 5
"""Claims lost to nobody that EC2 shows before it is a failure, to be tried ever less often."""

SEES_NEW_TAGS_AFTER = timedelta(minutes=1)
"""Until so long after a tag event, permissions that rest on tags may not know the new ones."""

TAG_EVENTS = "aws.tag"

OF_INSTANCE = (InstanceStateError, InstanceGoneError)
"""What another interface, or another index, does not cure."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """
    Whether to look at the instance again in a while, and whether to plan again at once.

    ``moved_on``: the waits between looks, which grow while nothing happens, begin anew. ``stale``:
    somebody was faster, and nothing was done.
    """

    requeue: bool = False
    plan_again: bool = False
    moved_on: bool = False
    stale: bool = False


def attach(record: Attachment, cause: Cause, batch: Batch) -> Outcome:
    """
    Ask EC2 to attach what ``record`` claims, and record the answer.

    AttachNetworkInterface takes no client token, so a refusal may be the echo of our own earlier
    success: EC2's account of the interface decides, not the error's text.

    Raises:
        TransientError: EC2 or the ledger could not be asked; nothing is undone.
        StalePlanError: somebody wrote the record meanwhile.
    """
    if not (record.interface and record.slot):
        raise ValueError(f"{record.instance}/{record.target}: a claim without interface or slot")
    try:
        attachment_id = batch.run.sources.interfaces.attach(
            record.instance, record.interface, record.slot
        )
    except ThrottledError as error:
        return _kept(record, cause, batch, Reason.THROTTLED, error)
    except AccessDeniedError as error:
        if _may_not_see_tags(cause, batch):
            return _kept(record, cause, batch, Reason.PERMISSION_PENDING, error)
        return _not_accepted(record, cause, batch, error, record.interface)
    except DualhomeError as error:
        return _not_accepted(record, cause, batch, error, record.interface)
    return _attaching(record, cause, batch, attachment_id=attachment_id)


def _kept(
    record: Attachment, cause: Cause, batch: Batch, reason: Reason, error: DualhomeError
) -> Outcome:
    """Keep the claim: the same call may be accepted in a moment."""
    if record.reason is not reason:
        because = {"reason": reason, "detail": error.message}
        batch.move(record, State.CLAIMED, cause, warnings=record.warnings, **because)
    return Outcome(requeue=True)


def _may_not_see_tags(cause: Cause, batch: Batch) -> bool:
    """Whether a tag is so new that the permission, which is fenced by tags, may not see it yet."""
    age = batch.run.clock() - cause.time
    return cause.source == TAG_EVENTS and age < SEES_NEW_TAGS_AFTER


def _not_accepted(
    record: Attachment, cause: Cause, batch: Batch, error: DualhomeError, interface: InterfaceId
) -> Outcome:
    """Return what an error leads to, once EC2 has shown ``interface``."""
    age = batch.run.clock() - record.since
    if isinstance(error, (TransientError, *OF_INSTANCE)) and age < ATTACH_TIMEOUT:
        return Outcome(requeue=True)
    shown = batch.run.sources.interfaces.find(interface)
    seen = shown.attachment if shown else None
    if seen and seen.instance == record.instance:
        return _found(record, cause, batch, seen)
    unexplained = seen is None and _may_be_ours(record, batch, error)
    if unexplained and age < VISIBLE_AFTER:
        return Outcome(requeue=True)
    given_up = isinstance(error, OF_INSTANCE) or (unexplained and record.attempt >= LOSSES)
    return _refused(record, cause, batch, error, for_good=given_up)


def _attaching(record: Attachment, cause: Cause, batch: Batch, **seen: object) -> Outcome:
    batch.move(record, State.ATTACHING, cause, warnings=record.warnings, **seen)
    return Outcome(requeue=True, moved_on=True)


def _found(record: Attachment, cause: Cause, batch: Batch, seen: SeenAttachment) -> Outcome:
    """Our own earlier call was carried out, or somebody attached it here for us."""
    return _attaching(record, cause, batch, attachment_id=seen.id, slot=seen.slot)


def _may_be_ours(record: Attachment, batch: Batch, error: DualhomeError) -> bool:
    """Whether EC2 refuses what is in use without showing by whom: reads may lag behind our act."""
    match error:
        case InterfaceInUseError():
            return True
        case SlotTakenError():
            instance = batch.read_instance(record.instance)
            return instance is None or record.slot not in instance.occupied()
        case _:
            return False


def _refused(
    record: Attachment, cause: Cause, batch: Batch, error: DualhomeError, *, for_good: bool
) -> Outcome:
    failure, now = Failure(error.code, error.verbatim), batch.run.clock()
    refusals = record.refusals
    match error:
        case StalePlanError() if not for_good:
            _note_loss(record, batch, error)
            because = {"reason": Reason.INTERFACE_TAKEN, "detail": error.message}
            batch.move(record, State.WAITING, cause, failure=failure, **because)
            return Outcome(plan_again=True)
        case AttachmentLimitError():
            state, reason = State.REFUSED, Reason.INSTANCE_LIMIT
        case _:
            state, reason = State.FAILED, Reason.EC2_REFUSED
            if error.about_interface and record.interface:
                refusals = remember(refusals, record.interface, error.code, now)
                batch.snapshot.note_refused(record)
    batch.move(
        record,
        state,
        cause,
        reason=reason,
        detail=error.message,
        failure=failure,
        retry_at=now + retry_after(record.attempt),
        refusals=refusals,
    )
    # Another interface may do; and if none is left, it may be a loss for a whole unit.
    return Outcome(plan_again=True)


def _note_loss(record: Attachment, batch: Batch, error: StalePlanError) -> None:
    """Keep the next plan of this batch from resting on what EC2 has just refused."""
    match error:
        case InterfaceInUseError() if record.interface:
            batch.snapshot.note_unavailable(record.interface)
        case InterfaceGoneError() if record.interface:
            batch.snapshot.pool.pop(record.interface, None)
        case SlotTakenError() if record.slot:
            batch.snapshot.note_occupied(record.instance, record.slot)
        case _:
            pass
