"""Interfaces that EC2 deletes with their instance: warned of, and told in the end."""

from collections.abc import Iterable

from dualhome.domain.attachment import Attachment
from dualhome.domain.network import SeenAttachment
from dualhome.domain.reasons import Reason
from dualhome.domain.view import View


def warned_of(warnings: Iterable[Reason], seen: SeenAttachment) -> tuple[Reason, ...]:
    """Return ``warnings``, ``DELETE_ON_TERMINATION`` among them exactly if EC2 shows that."""
    others = tuple(it for it in warnings if it is not Reason.DELETE_ON_TERMINATION)
    return (*others, Reason.DELETE_ON_TERMINATION) if seen.delete_on_termination else others


def end_with_instance(view: View, record: Attachment) -> dict[str, object]:
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
