"""Make a claimed attachment true in EC2."""

from dataclasses import dataclass

from dualhome.application.batch import Batch
from dualhome.domain.attachment import Attachment, Cause, Failure
from dualhome.domain.errors import (
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
from dualhome.domain.network import SeenAttachment
from dualhome.domain.reasons import Reason
from dualhome.domain.retries import retry_after
from dualhome.domain.states import State


@dataclass(frozen=True, slots=True)
class Outcome:
    """
    Whether to look at the instance again in a while, and whether to plan again at once.

    ``moved_on``: the waits between looks, which grow while nothing happens, begin anew. ``stale``:
    somebody was faster, and nothing was done.
    """

    look_again: bool = False
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
    interfaces = batch.run.sources.interfaces
    try:
        attachment_id = interfaces.attach(record.instance, record.interface, record.slot)
    except ThrottledError as error:
        if record.reason is not Reason.THROTTLED:
            because = {"reason": Reason.THROTTLED, "detail": error.message}
            batch.move(record, State.CLAIMED, cause, warnings=record.warnings, **because)
        return Outcome(look_again=True)
    except TransientError:
        return Outcome(look_again=True)
    except DualhomeError as error:
        seen = interfaces.find_attachment(record.interface)
        if seen is None or seen.instance != record.instance:
            return _refused(record, cause, batch, error)
        return _found(record, cause, batch, seen)
    return _attaching(record, cause, batch, attachment_id=attachment_id)


def _attaching(record: Attachment, cause: Cause, batch: Batch, **seen: object) -> Outcome:
    batch.move(record, State.ATTACHING, cause, warnings=record.warnings, **seen)
    return Outcome(look_again=True, moved_on=True)


def _found(record: Attachment, cause: Cause, batch: Batch, seen: SeenAttachment) -> Outcome:
    """Our own earlier call was carried out, or somebody attached it here for us."""
    return _attaching(record, cause, batch, attachment_id=seen.id, slot=seen.slot)


def _refused(record: Attachment, cause: Cause, batch: Batch, error: DualhomeError) -> Outcome:
    match error:
        case InstanceStateError() | InstanceGoneError():
            return Outcome(look_again=True)
        case StalePlanError():
            _note_loss(record, batch, error)
            because = {"reason": Reason.INTERFACE_TAKEN, "detail": error.message}
            batch.move(record, State.WAITING, cause, **because)
            return Outcome(plan_again=True)
        case AttachmentLimitError():
            state, reason, wait = State.REFUSED, Reason.INSTANCE_LIMIT, None
        case _:
            state, reason, wait = State.FAILED, Reason.EC2_REFUSED, retry_after(record.attempt)
    batch.move(
        record,
        state,
        cause,
        reason=reason,
        detail=error.message,
        failure=Failure(error.code, error.verbatim),
        retry_at=batch.run.clock() + wait if wait else None,
    )
    # What fails alone may be a loss for a whole unit; it is itself not tried before ``retry_at``.
    return Outcome(plan_again=wait is not None)


def _note_loss(record: Attachment, batch: Batch, error: StalePlanError) -> None:
    """Keep the next plan of this batch from resting on what EC2 has just refused."""
    match error:
        case InterfaceInUseError() if record.interface:
            batch.survey.note_unavailable(record.interface)
        case InterfaceGoneError() if record.interface:
            batch.survey.pool.pop(record.interface, None)
        case SlotTakenError():
            batch.survey.instances.update(batch.run.sources.instances.describe([record.instance]))
        case _:
            pass
