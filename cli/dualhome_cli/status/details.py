"""What a record says besides its reason: what is pending, what EC2 refused, who shares a Name."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from dualhome.domain.attachment import Attachment
from dualhome.domain.drift import MOVING_LIMIT
from dualhome.domain.reasons import Reason
from dualhome.domain.refusals import Refusal
from dualhome.domain.states import SETTLED
from dualhome_cli.ui.times import print_time

CONFIRMED_WITHIN: timedelta = MOVING_LIMIT
"""A release that is pending for longer after its time has lost the message that confirms it."""

WHAT_KEEPS: Mapping[Reason, str] = {
    Reason.NOT_WANTED: "the instance's tag asks for it where it is",
    Reason.UNIT_INCOMPLETE: "the instance can have all its targets",
    Reason.CONSENT_WITHDRAWN: "its VPC allows the instance's VPC",
    Reason.INSTANCE_STATE: "EC2 shows the instance, and does not show it terminated",
}
"""What a later reading must show for an attachment to stay, by the reason of its release."""


def is_overdue(record: Attachment, now: datetime) -> bool:
    """Return whether a release is pending whose second reading should have come by now."""
    pending = record.pending if record.reason is Reason.RELEASE_PENDING else None
    return pending is not None and now - pending.due >= CONFIRMED_WITHIN


def refusals_now(record: Attachment, now: datetime) -> tuple[Refusal, ...]:
    """Return what EC2 has refused to ``record`` and is tried last at ``now``, the latest last."""
    return tuple(it for it in record.refusals if it.until > now)


def particulars(record: Attachment, now: datetime) -> Iterator[str]:
    """Yield in sentences what is known besides reason, detail and advice."""
    if record.reason is Reason.RELEASE_PENDING and record.pending:
        if keeps := WHAT_KEEPS.get(record.pending.reason):
            yield f"It stays if {keeps} by then."
        if is_overdue(record, now):
            again = f"`dualhome retry {record.instance} --target {record.target}`"
            yield f"There was no second reading since: {again} reads again now."
    if record.reason is Reason.RESERVED_IN_USE and record.sharing > 1:
        yield (
            f"{record.sharing} instances of the Name {record.reservation} ask for {record.target}"
            f" in {record.zone}."
        )
    if record.state not in SETTLED and (refused := refusals_now(record, now)):
        yield print_refusals(refused)


def why_pending(record: Attachment) -> str:
    """Return why a release is pending: the detail without its time, which is shown apart."""
    return record.detail.rpartition("; ")[0] or str(record.pending.reason if record.pending else "")


def print_refusals(refused: Iterable[Refusal]) -> str:
    """Name what EC2 has refused, with its code, and until when it is tried last."""
    each = ", ".join(f"{it.interface} ({_how(it)})" for it in refused)
    return f"EC2 has refused {each}."


def print_others(count: int) -> str:
    """Say how many interfaces are free besides those that EC2 has refused."""
    if count == 1:
        return "1 other of this pool is free in its zone."
    return f"{count or 'No'} others of this pool are free in its zone."


def _how(refusal: Refusal) -> str:
    often = f", {refusal.times} times" if refusal.times > 1 else ""
    return f"{refusal.code}{often}; tried last until {print_time(refusal.until)}Z"
