"""Records that need attention, and interfaces that other users have attached."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from dualhome.domain.attachment import Attachment
from dualhome.domain.drift import MOVING_LIMIT, foreign_attachments
from dualhome.domain.invariants.snapshot import Account
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State
from dualhome.domain.status import MOVING
from dualhome_cli.data.unrecorded import unrecorded
from dualhome_cli.doctor.check import Remark, Severity, error, listed, note, warning
from dualhome_cli.doctor.shared_causes import explained_by_cause
from dualhome_cli.errors import INSTALL
from dualhome_cli.status.details import is_overdue

UNTRIED = timedelta(hours=1)
"""The slowest sweep runs every 59 minutes: a failure is retried by then."""

SEVERITIES = {
    State.WAITING: Severity.NOTE,
    State.REFUSED: Severity.WARNING,
    State.FAILED: Severity.WARNING,
    State.ATTACHED: Severity.WARNING,
}


@dataclass(frozen=True, slots=True)
class Records:
    """The account as it is at a moment; ``unread`` says what of it cannot be read, item by item."""

    account: Account
    now: datetime
    unread: str = ""
    unread_items: tuple[str, ...] = ()


def name_of(record: Attachment) -> str:
    """Return how findings name an attachment."""
    return f"{record.instance}/{record.target}"


def left_out(records: Records) -> Iterator[Remark]:
    """What another version has written is missing from every other check of the account."""
    if records.unread:
        yield warning(records.unread, INSTALL, records.unread_items)


def stuck(records: Records) -> Iterator[Remark]:
    """A rollback has given up: the claim is kept until an operator acts."""
    for record in records.account.records.values():
        if record.state == State.STUCK:
            yield error(
                f"{name_of(record)} is stuck with {record.interface} since {record.since:%F %R}Z:"
                f" {record.reason}: {record.detail}",
                f"{record.reason.advice if record.reason else ''}"
                f" Then: dualhome retry {record.instance} --target {record.target}".strip(),
                [name_of(record)],
            )


def unsettled(records: Records) -> Iterator[Remark]:
    """
    Records that are not as their instances ask, by reason, and targets without a record.

    They wait, were refused or have failed, are kept though unwanted, or are moving; other checks
    report those that share a cause.
    """
    shown = explained_by_cause(records.account, records.now)
    grouped: dict[tuple[State, Reason], list[Attachment]] = defaultdict(list)
    for holder, record in records.account.records.items():
        if holder in shown or record.reason is Reason.RELEASE_PENDING:
            continue
        if record.reason and record.state in SEVERITIES:
            grouped[record.state, record.reason].append(record)
    for (state, reason), alike in sorted(grouped.items()):
        said = f" ({_first_failure(alike)})" if state == State.FAILED else ""
        names = tuple(sorted(map(name_of, alike)))
        yield Remark(
            SEVERITIES[state],
            f"{state} for {reason}: {listed(names)}{said}",
            reason.advice,
            names,
            details={name_of(it): said for it in alike if (said := _known_of(it))},
            about=tuple(it.interface for it in alike if it.holding and it.interface),
            targets=tuple(sorted({it.target for it in alike})),
        )
    if missing := unrecorded(records.account):
        yield warning(
            f"asked for, and not recorded: {listed(missing)}",
            f"dualhome retry {' '.join(missing)}",
            missing,
        )
    if moving := sorted(
        name_of(record) for record in records.account.records.values() if record.state in MOVING
    ):
        yield note(f"moving: {listed(moving)}", subjects=moving)
    yield from _pending(records)


def _pending(records: Records) -> Iterator[Remark]:
    """Releases for want of consent are in ``consent``, late ones in ``unconfirmed``."""
    pending = [
        record
        for record in records.account.records.values()
        if record.pending
        and record.reason is Reason.RELEASE_PENDING
        and record.pending.reason is not Reason.CONSENT_WITHDRAWN
        and not is_overdue(record, records.now)
    ]
    if pending:
        names = tuple(sorted(map(name_of, pending)))
        yield Remark(
            Severity.NOTE,
            f"to be released, if a second reading agrees: {listed(names)}",
            Reason.RELEASE_PENDING.advice,
            names,
            details={name_of(record): record.detail for record in pending},
            about=tuple(record.interface for record in pending if record.interface),
            targets=tuple(sorted({record.target for record in pending})),
        )


def unconfirmed(records: Records) -> Iterator[Remark]:
    """The request for the second reading was lost: a sweep queues another, a retry at once."""
    late = [
        record for record in records.account.records.values() if is_overdue(record, records.now)
    ]
    if late:
        names = tuple(sorted(map(name_of, late)))
        ids = sorted({record.instance for record in late})
        yield Remark(
            Severity.WARNING,
            f"due to be released, without a second reading: {listed(names)}",
            f"dualhome retry {' '.join(ids)}",
            names,
            details={name_of(record): record.detail for record in late},
            about=tuple(record.interface for record in late if record.interface),
            targets=tuple(sorted({record.target for record in late})),
        )


def overdue(records: Records) -> Iterator[Remark]:
    """The sweep, too, has missed what moves for too long, or was not retried."""
    moving, untried = [], []
    for record in records.account.records.values():
        if record.state in MOVING and records.now - record.since > MOVING_LIMIT + UNTRIED:
            moving.append(name_of(record))
        if (
            record.state == State.FAILED
            and record.retry_at
            and records.now - record.retry_at > UNTRIED
        ):
            untried.append(name_of(record))
    remedy = "Check that the sweep runs, and the logs of the instance."
    if moving:
        names = sorted(moving)
        yield error(f"moving for more than an hour: {listed(names)}", remedy, names)
    if untried:
        names = sorted(untried)
        yield error(f"failed, and not retried when due: {listed(names)}", remedy, names)


def others(account: Account) -> Iterator[Remark]:
    """An interface of a pool that another user has attached is not free for those that wait."""
    held = frozenset(
        record.interface
        for record in account.records.values()
        if record.holding and record.interface
    )
    for interface, instance in sorted(
        foreign_attachments(account.interfaces.values(), held | account.claims.keys())
    ):
        yield warning(
            f"{interface} is in a pool, but another user has attached it to {instance}",
            f"Detach it, or remove its pool tag; it is adopted if {instance} asks for its target.",
        )


def _known_of(record: Attachment) -> str:
    failure = record.failure
    return record.detail or (f"{failure.code}: {failure.message}" if failure else "")


def _first_failure(records: Iterable[Attachment]) -> str:
    failures = (record.failure for record in records if record.failure)
    return next((f"{it.code}: {it.message}" for it in failures), "no error recorded")
