"""Write the status that the ledger prints now: on an instance, and on interfaces."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from dualhome.application.ports import StatusTags
from dualhome.application.requests import StatusRequest
from dualhome.application.sweep_ports import Claims
from dualhome.domain.attachment import Attachment
from dualhome.domain.errors import (
    AccessDeniedError,
    TaggingDeniedError,
    TransientError,
    UnavailableError,
)
from dualhome.domain.identifiers import InstanceId, InterfaceId
from dualhome.domain.states import doubled
from dualhome.domain.status import StatusScope, print_given_up, print_status

ROUNDS = 5
"""So often the ledger may change while its status is written; then the message is redelivered."""

FIRST_DELAY, LONGEST_DELAY = timedelta(seconds=1), timedelta(minutes=15)

RECEIVES = 14
"""
So often the queue gives a message out before it is a dead letter: for about an hour.

The waits in between double from a second to 15 minutes, 62 minutes in all.
"""


@dataclass(frozen=True, slots=True)
class Writing:
    """What a status is read from and written to."""

    ledger: Claims
    tags: StatusTags
    scope: StatusScope


def delay_after(receives: int) -> timedelta:
    """Return how long a message that could not be done waits after being received so often."""
    return doubled(FIRST_DELAY, receives - 1, LONGEST_DELAY)


def write_status(request: StatusRequest, writing: Writing) -> None:
    """
    Write what the ledger says now, and again if it says otherwise afterwards.

    Another writer may have read the ledger later and written earlier than this one: the last to
    write has read last, since it reads once more after each write.

    Raises:
        TransientError: some resources could not be written now, or the ledger not be read.
        TaggingDeniedError: some may not be written, or not yet: IAM learns of new tags late.
        UnreadableItemError: another version has written a record.
    """
    written: dict[str, str] = {}
    for _ in range(ROUNDS):
        said = _statuses(request, writing, written)
        pending = {it: text for it, text in said.items() if written.get(it) != text}
        if not pending:
            return
        _write(pending, writing)
        written |= pending
    raise UnavailableError(f"the ledger has changed {ROUNDS} times while its status was written")


def _write(pending: Mapping[str, str], writing: Writing) -> None:
    """Write all that can be written, then raise an error of the rest, first a transient one."""
    by_status: defaultdict[str, list[str]] = defaultdict(list)
    for resource, status in pending.items():
        by_status[status].append(resource)
    errors: list[TransientError | AccessDeniedError] = []
    for status, resources in by_status.items():
        try:
            writing.tags.write(resources, status)
        except (TransientError, AccessDeniedError) as error:
            errors.append(error)
    if throttled := [it for it in errors if isinstance(it, TransientError)]:
        raise throttled[0]
    if errors:
        raise TaggingDeniedError(errors[0].message, code=errors[0].code) from errors[0]


def _statuses(
    request: StatusRequest, writing: Writing, written: Mapping[str, str]
) -> Mapping[str, str]:
    """Return the status of each resource; what this run has ``written`` is judged again."""
    records = _records(request.instance, writing)
    held = [it.interface for it in records if it.holding and it.interface]
    said: dict[str, str] = {}
    if request.instance and writing.scope.on_instances:
        said[request.instance] = print_status(records)
    if writing.scope.on_interfaces:
        said |= dict.fromkeys(held, print_status(records))
        ours = [InterfaceId(it) for it in written if it != request.instance]
        said |= _given_up(request, writing, {*request.interfaces, *ours} - set(held), set(ours))
    return said


def _given_up(
    request: StatusRequest,
    writing: Writing,
    interfaces: Iterable[InterfaceId],
    ours: Iterable[InterfaceId],
) -> Mapping[str, str]:
    """
    Return the status of ``interfaces``, which the instance does not hold.

    One that another instance holds by now is that one's to write, but for ``ours``: this run may
    have overwritten it.
    """
    free = print_given_up(request.instance) if request.instance else ""
    claims = writing.ledger.claims(sorted(interfaces))
    said: dict[str, str] = {}
    for interface in sorted(interfaces):
        if interface not in claims:
            said[interface] = free
        elif interface in ours:
            said[interface] = print_status(_records(claims[interface].instance, writing))
    return said


def _records(instance: InstanceId | None, writing: Writing) -> list[Attachment]:
    return list(writing.ledger.records([instance])[instance].values()) if instance else []
