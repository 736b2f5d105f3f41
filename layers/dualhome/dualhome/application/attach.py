"""Ask EC2 to attach what is claimed, and find out what its answer means."""

from datetime import timedelta

from dualhome.application.invocation import Invocation
from dualhome.domain.answers import Accepted, AttachAnswer, InDoubt, Postponed, Refused
from dualhome.domain.attachment import Attachment, Cause
from dualhome.domain.errors import (
    AccessDeniedError,
    DualhomeError,
    InstanceGoneError,
    InstanceStateError,
    InterfaceInUseError,
    SlotTakenError,
    ThrottledError,
    TransientError,
)
from dualhome.domain.identifiers import InterfaceId
from dualhome.domain.planning.observe import ATTACH_TIMEOUT, VISIBLE_AFTER
from dualhome.domain.reasons import Reason

LOSSES = 5
"""Claims lost to nothing that EC2 shows before it is a failure, to be tried ever less often."""

SEES_NEW_TAGS_AFTER = timedelta(minutes=1)
"""Until so long after a tag event, permissions that rest on tags may not know the new ones."""

TAG_EVENTS = "aws.tag"

OF_INSTANCE = (InstanceStateError, InstanceGoneError)
"""What another interface, or another index, does not cure."""


def attach(record: Attachment, cause: Cause, invocation: Invocation) -> AttachAnswer:
    """
    Ask EC2 to attach what ``record`` claims; return what its answer means.

    AttachNetworkInterface takes no client token, so a refusal may be the echo of our own earlier
    success: EC2's account of the interface decides, not the error's text.

    Raises:
        TransientError: EC2 could not be asked; nothing is undone.
    """
    if not (record.interface and record.slot):
        raise ValueError(f"{record.instance}/{record.target}: a claim without interface or slot")
    try:
        attachment = invocation.ports.interfaces.attach(
            record.instance, record.interface, record.slot
        )
    except ThrottledError as error:
        return Postponed(Reason.THROTTLED, error.message)
    except DualhomeError as error:
        if isinstance(error, AccessDeniedError) and _may_not_see_tags(cause, invocation):
            return Postponed(Reason.PERMISSION_PENDING, error.message)
        return _not_accepted(record, error, record.interface, invocation)
    return Accepted(attachment, record.slot)


def _may_not_see_tags(cause: Cause, invocation: Invocation) -> bool:
    """Whether a tag is so new that the permission, which is fenced by tags, may not see it yet."""
    age = invocation.ports.clock() - cause.time
    return cause.source == TAG_EVENTS and age < SEES_NEW_TAGS_AFTER


def _not_accepted(
    record: Attachment, error: DualhomeError, interface: InterfaceId, invocation: Invocation
) -> AttachAnswer:
    """Return what an error means, once EC2 has shown ``interface``."""
    age = invocation.ports.clock() - record.since
    if isinstance(error, (TransientError, *OF_INSTANCE)) and age < ATTACH_TIMEOUT:
        return InDoubt()
    shown = invocation.ports.interfaces.find(interface)
    seen = shown.attachment if shown else None
    if seen and seen.instance == record.instance:
        # An earlier call of the reconciler was carried out, or others attached it there.
        return Accepted(seen.id, seen.slot)
    unexplained = seen is None and _may_be_ours(record, error, invocation)
    if unexplained and age < VISIBLE_AFTER:
        return InDoubt()
    final = isinstance(error, OF_INSTANCE) or (unexplained and record.attempt >= LOSSES)
    return Refused(error, final)


def _may_be_ours(record: Attachment, error: DualhomeError, invocation: Invocation) -> bool:
    """Whether EC2 refuses what is in use without showing by whom: reads may lag behind our act."""
    match error:
        case InterfaceInUseError():
            return True
        case SlotTakenError():
            instance = invocation.read_instance(record.instance)
            return instance is None or record.slot not in instance.occupied()
        case _:
            return False
