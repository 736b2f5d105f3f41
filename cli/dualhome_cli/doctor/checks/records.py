"""Records that need somebody's attention, and interfaces that others have attached."""

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
"""The slowest sweep comes every 59 minutes: a failure is tried again by then."""

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
    """What another version has written is missing from all that is said of the account."""
    if records.unread:
        yield warning(records.unread, INSTALL, records.unread_items)


def stuck(records: Records) -> Iterator[Remark]:
    """A rollback has given up: the claim is kept, and nothing goes on without a person."""
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
    What is not as asked for, by reason, and what nobody has looked at.

    That is what waits, was refused or has failed, what is kept though nobody asks, and what is on
    its way; without what other checks tell by its cause.
    """
    told = explained_by_cause(records.account, records.now)
    grouped: dict[tuple[State, Reason], list[Attachment]] = defaultdict(list)
    for holder, record in records.account.records.items():
        if holder in told or record.reason is Reason.RELEASE_PENDING:
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
            f"asked for, and nothing is recorded: {listed(missing)}",
            f"dualhome retry {' '.join(missing)}",
            missing,
        )
    if moving := sorted(
        name_of(record) for record in records.account.records.values() if record.state in MOVING
    ):
        yield note(f"on their way: {listed(moving)}", subjects=moving)
    yield from _pending(records)


def _pending(records: Records) -> Iterator[Remark]:
    """What goes for want of consent, another check tells; what is late, ``unconfirmed``."""
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
    """The message for the second reading was lost: a sweep sends another, a retry does at once."""
    late = [
        record for record in records.account.records.values() if is_overdue(record, records.now)
    ]
    if late:
        names = tuple(sorted(map(name_of, late)))
        ids = sorted({record.instance for record in late})
        yield Remark(
            Severity.WARNING,
            f"due to be released, and not read a second time: {listed(names)}",
            f"dualhome retry {' '.join(ids)}",
            names,
            details={name_of(record): record.detail for record in late},
            about=tuple(record.interface for record in late if record.interface),
            targets=tuple(sorted({record.target for record in late})),
        )


def overdue(records: Records) -> Iterator[Remark]:
    """What has been moving for too long, or was not tried again, has been lost by the sweep too."""
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
    remedy = "See whether the sweep runs, and what the logs say of the instance."
    if moving:
        names = sorted(moving)
        yield error(f"moving for more than an hour: {listed(names)}", remedy, names)
    if untried:
        names = sorted(untried)
        yield error(f"failed, and not tried again when due: {listed(names)}", remedy, names)


def others(account: Account) -> Iterator[Remark]:
    """An interface of a pool that somebody else uses is not there for whoever waits."""
    held = frozenset(
        record.interface
        for record in account.records.values()
        if record.holding and record.interface
    )
    for interface, instance in sorted(
        foreign_attachments(account.interfaces.values(), held | account.claims.keys())
    ):
        yield warning(
            f"{interface} is in a pool, but somebody else has attached it to {instance}",
            f"Detach it, or take it out of the pool; it is adopted if {instance} asks for its"
            " target.",
        )


def _known_of(record: Attachment) -> str:
    failure = record.failure
    return record.detail or (f"{failure.code}: {failure.message}" if failure else "")


def _first_failure(records: Iterable[Attachment]) -> str:
    failures = (record.failure for record in records if record.failure)
    return next((f"{it.code}: {it.message}" for it in failures), "no error kept")
