"""A request followed to its end: a line for each move, until nothing is in flight."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from rich.text import Text

from dualhome.domain.attachment import Attachment, AuditEntry
from dualhome.domain.identifiers import InstanceId, TargetName
from dualhome.domain.states import SETTLED, State
from dualhome.domain.status import MOVING
from dualhome_cli.data.ports import AuditLog
from dualhome_cli.stack import Stack
from dualhome_cli.status.attachment_row import sentence
from dualhome_cli.ui.shell_commands import with_options
from dualhome_cli.ui.terminal import colour_of, console, printable

QUIET = timedelta(seconds=20)
"""Without a move, what may stay as it is has been reconciled: queue and start take less."""

OVERDUE = timedelta(minutes=2)
"""Without a move, what must move has not been reconciled."""

ROLLBACK = timedelta(minutes=20)
"""A rollback that gives up does so after 16 minutes."""

CLOCKS_DIFFER = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Ending:
    """
    How an attachment was last seen; unless it ``moved`` to an end, it is still so.

    ``why`` says in the record's own words what its state leaves open.
    """

    instance: InstanceId
    target: TargetName
    state: State | None
    moved: bool
    why: str = ""


@dataclass(slots=True)
class Followed:
    """
    One instance's attachments; ``must`` and ``may`` are the targets whose end is waited for.

    ``ends`` are the states in which one has come to its end. What ``may`` move has ended, too,
    if it has not moved for a while. ``records`` is brought up to date on the way.
    """

    instance: InstanceId
    records: dict[TargetName, Attachment]
    must: set[TargetName]
    may: set[TargetName]
    ends: frozenset[State]
    since: datetime
    ended: dict[TargetName, Ending] = field(default_factory=dict)
    moved_at: datetime = field(init=False)

    def __post_init__(self) -> None:
        self.moved_at = self.since

    @property
    def open(self) -> set[TargetName]:
        """The targets whose end has not been seen."""
        return (self.must | self.may) - self.ended.keys()

    def note(self, entry: AuditEntry, now: datetime) -> None:
        """Take a move into account."""
        after = entry.after
        self.records[after.target] = after
        self.moved_at = now
        if after.target in self.open and after.state in self.ends:
            self._end(after.target, moved=True)

    def is_new(self, entry: AuditEntry) -> bool:
        """Whether a move is later than all that is known."""
        known = self.records.get(entry.after.target)
        return known is None or entry.after.version > known.version

    def time_out(self, now: datetime) -> None:
        """End what has not moved for too long."""
        for target in self.open:
            if now - self.moved_at >= self._timeout(target):
                self._end(target, moved=False)

    def end_at_once(self) -> None:
        """End at once what is in one of its last states before it is followed."""
        for target in self.open:
            record = self.records.get(target)
            if record and record.state in self.ends:
                self._end(target, moved=True)

    def _end(self, target: TargetName, *, moved: bool) -> None:
        record = self.records.get(target)
        state = record.state if record else None
        self.ended[target] = Ending(self.instance, target, state, moved, _why(record))

    def _timeout(self, target: TargetName) -> timedelta:
        record = self.records.get(target)
        if record and record.state in MOVING:
            return ROLLBACK
        return OVERDUE if target in self.must else QUIET


SECONDS_BETWEEN_READS = 1.0


def _why(record: Attachment | None) -> str:
    if record is None or (record.state in SETTLED and record.state != State.ATTACHED):
        return ""
    why = sentence(record.reason, record.detail, record.failure)
    advice = record.reason.advice if record.reason and record.state not in SETTLED else ""
    return " ".join(filter(None, (why, advice)))


def follow(
    every: Sequence[Followed],
    audit_log: AuditLog,
    clock: Callable[[], datetime],
    wait: Callable[[], None],
) -> Iterator[AuditEntry]:
    """Yield each new move of the followed instances, until all have ended."""
    while any(it.open for it in every):
        for followed in (it for it in every if it.open):
            since = followed.since - CLOCKS_DIFFER
            for entry in audit_log.of_instance(followed.instance, since):
                if followed.is_new(entry):
                    followed.note(entry, clock())
                    yield entry
            followed.time_out(clock())
        if any(it.open for it in every):
            wait()


def endings(every: Sequence[Followed]) -> list[Ending]:
    """Return how each attachment ended that was waited for."""
    return [ending for it in every for _, ending in sorted(it.ended.items())]


def show_moves(entries: Iterable[AuditEntry], doing: str) -> None:
    """Write each move as it comes; ``doing`` stands below while nothing does."""
    with waiting(doing) as write:
        for entry in entries:
            write(_line(entry))


def show_endings(endings: Iterable[Ending], stack: Stack, lead: str = "") -> None:
    """Write how each attachment ended, after ``lead``."""
    missing = with_options("not recorded: see `dualhome doctor`", stack)
    out = console()
    for it in endings:
        state = it.state or missing
        end = Text(state, colour_of(it.state)) if it.moved else Text(f"still {state}", "yellow")
        why = f": {printable(with_options(it.why, stack))}" if it.why else ""
        out.print(Text.assemble(f"{it.instance} {it.target}: {lead}", end, why), soft_wrap=True)


@contextmanager
def waiting(doing: str) -> Iterator[Callable[[Text], None]]:
    """Show ``doing`` with a spinner on a terminal; lines are written above it."""
    out = console()
    if not out.is_terminal:
        yield out.print
        return
    with out.status(doing):
        yield out.print


def _line(entry: AuditEntry) -> Text:
    after = entry.after
    before = entry.move.from_state or "new"
    why = " ".join(filter(None, (after.reason, printable(after.detail))))
    return Text.assemble(
        f"{after.written_at:%H:%M:%S}  {after.instance} {after.target}  {before} -> ",
        (after.state, colour_of(after.state)),
        f"  {after.interface or ''}  {why}".rstrip(),
    )


def follow_to_end(
    stack: Stack, every: Sequence[Followed], well: frozenset[State], lead: str = ""
) -> bool:
    """Show every move to the end, and each end after ``lead``; return whether all are ``well``."""
    _show(stack, every)
    found = endings(every)
    show_endings(found, stack, lead)
    return all(ending.moved and ending.state in well for ending in found)


def _show(stack: Stack, every: Sequence[Followed]) -> None:
    entries = follow(every, stack.audit_log, stack.now, lambda: time.sleep(SECONDS_BETWEEN_READS))
    show_moves(entries, "Waiting for the next move; Ctrl-C stops waiting, not the reconciler.")
