"""The ledger in memory, its audit log, and what sweeps read of it page by page."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from itertools import count
from typing import TypeVar

from dualhome.application.sweep_ports import Page
from dualhome.domain.attachment import Attachment, AuditEntry, Move, Trace
from dualhome.domain.ec2 import DeviceSlot
from dualhome.domain.errors import ClaimTakenError, RecordMovedError, SlotClaimedError
from dualhome.domain.identifiers import InstanceId, InterfaceId, TargetName, Zone
from dualhome.domain.pause import PauseChange
from dualhome.domain.planning.types import Holder
from dualhome.domain.states import SETTLED, State
from dualhome.domain.sweep import SweepCheckpoint
from tests.support.fakes.call_log import Calls

Slot = tuple[InstanceId, DeviceSlot]


@dataclass(slots=True)
class InMemoryLedger:
    """The port ``Ledger``; ``audit`` is the past, oldest first."""

    calls: Calls = field(default_factory=Calls)
    new_id: Callable[[], str] = field(
        default_factory=lambda: map("{:026}".format, count(1)).__next__
    )
    audit: list[AuditEntry] = field(default_factory=list)
    _records: dict[Holder, Attachment] = field(default_factory=dict)
    _claims: dict[InterfaceId, Holder] = field(default_factory=dict)
    _slots: dict[Slot, Holder] = field(default_factory=dict)

    def records(
        self, instances: Iterable[InstanceId]
    ) -> Mapping[InstanceId, Mapping[TargetName, Attachment]]:
        """Return every record of each instance; an instance without any maps to none."""
        with self.calls.making("records"):
            return {id_: self.of(id_) for id_ in instances}

    def claims(self, interfaces: Iterable[InterfaceId]) -> Mapping[InterfaceId, Holder]:
        """Return who holds which of ``interfaces``; the free ones are left out."""
        with self.calls.making("claims"):
            return {id_: self._claims[id_] for id_ in interfaces if id_ in self._claims}

    def commit(self, move: Move, trace: Trace) -> None:
        """Write the move, its claim and slot, and its audit entry: all, or nothing."""
        with self.calls.making("commit"):
            holder = Holder(move.after.instance, move.after.target)
            entry = AuditEntry(self.new_id(), move, trace)
            self._check(move, holder)
            self._check_new(entry)
            for id_ in _interfaces(move.before) - _interfaces(move.after):
                del self._claims[id_]
            for slot in _slots(move.before) - _slots(move.after):
                del self._slots[slot]
            self._claims |= dict.fromkeys(_interfaces(move.after), holder)
            self._slots |= dict.fromkeys(_slots(move.after), holder)
            self._records[holder] = move.after
            self.audit.append(entry)

    def in_state(
        self, target: TargetName, state: State, zone: Zone | None = None, page: int | None = None
    ) -> Iterable[Attachment]:
        """Return the records for ``target`` that are in ``state``, longest first."""
        with self.calls.making("in_state"):
            found = (
                record
                for record in self._records.values()
                if (record.target, record.state) == (target, state) and zone in {None, record.zone}
            )
            ordered = sorted(found, key=lambda it: (it.zone or "", it.since, it.instance))
            starts = range(0, len(ordered), page or max(len(ordered), 1))
            return (it for start in starts for it in ordered[start:][:page])

    def unreleased(self, target: TargetName) -> Iterable[Attachment]:
        """Return every record of ``target`` but the released."""
        with self.calls.making("unreleased"):
            found = [record for record in self._records.values() if record.target == target]
            return [record for record in found if record.state != State.RELEASED]

    def unsettled(self) -> Iterable[Attachment]:
        """Return every record that is neither attached nor released."""
        with self.calls.making("unsettled"):
            yield from [it for it in self._records.values() if it.state not in SETTLED]

    def of(self, instance: InstanceId) -> dict[TargetName, Attachment]:
        """Return the records of ``instance``, for a test to look at."""
        return {it.target: it for it in self._records.values() if it.instance == instance}

    def present(self) -> dict[Holder, Attachment]:
        """Return every record, for a test to look at."""
        return dict(self._records)

    def claimed(self) -> dict[InterfaceId, Holder]:
        """Return every claim, for a test to look at."""
        return dict(self._claims)

    def slots(self) -> dict[Slot, Holder]:
        """Return every slot taken, for a test to look at."""
        return dict(self._slots)

    def _check(self, move: Move, holder: Holder) -> None:
        stored = self._records.get(holder)
        if (stored and stored.version) != (move.before and move.before.version):
            raise RecordMovedError(f"{holder}: not at the version that was read")
        for id_ in _interfaces(move.after) - _interfaces(move.before):
            if id_ in self._claims:
                raise ClaimTakenError(f"{id_} is claimed by {self._claims[id_]}")
        for slot in _slots(move.after) - _slots(move.before):
            if slot in self._slots:
                raise SlotClaimedError(f"{slot} is claimed by {self._slots[slot]}")

    def _check_new(self, entry: AuditEntry) -> None:
        if _key(entry) in map(_key, self.audit):
            raise RecordMovedError(f"{entry.id} is written already")


def _key(entry: AuditEntry) -> tuple[InstanceId, datetime, str]:
    return entry.after.instance, entry.at, entry.id


def _interfaces(record: Attachment | None) -> set[InterfaceId]:
    return {record.interface} if record and record.holding and record.interface else set()


def _slots(record: Attachment | None) -> set[Slot]:
    return {(record.instance, record.slot)} if record and record.holding and record.slot else set()


@dataclass(frozen=True, slots=True)
class InMemoryAuditLog:
    """The port ``AuditLog``; ``audit`` and ``pauses`` may grow while they are read."""

    audit: Sequence[AuditEntry]
    pauses: Sequence[PauseChange] = ()

    def of_instance(
        self, instance: InstanceId, since: datetime | None = None, *, newest: bool = False
    ) -> Iterator[AuditEntry]:
        """Yield the moves of an instance's attachments."""
        return self._those(lambda it: it.after.instance == instance, since, newest=newest)

    def of_interface(
        self, interface: InterfaceId, since: datetime | None = None, *, newest: bool = False
    ) -> Iterator[AuditEntry]:
        """Yield the moves that had to do with an interface."""
        return self._those(
            lambda it: bool(it.held and it.held.interface == interface), since, newest=newest
        )

    def of_day(
        self, day: date, since: datetime | None = None, *, newest: bool = False
    ) -> Iterator[AuditEntry | PauseChange]:
        """Yield the moves and pauses of a day, in UTC."""
        every: list[AuditEntry | PauseChange] = [*self.audit, *self.pauses]
        found = [
            it
            for it in every
            if it.at.astimezone(UTC).date() == day and (not since or it.at >= since)
        ]
        return iter(sorted(found, key=lambda it: (it.at, it.id), reverse=newest))

    def _those(
        self, mine: Callable[[AuditEntry], bool], since: datetime | None, *, newest: bool
    ) -> Iterator[AuditEntry]:
        found = [it for it in self.audit if mine(it) and (not since or it.at >= since)]
        return iter(sorted(found, key=lambda it: (it.at, it.id), reverse=newest))


T = TypeVar("T")

PAGE = 1000


def a_page(found: Iterable[T], token: str | None, size: int, key: Callable[[T], str]) -> Page[T]:
    """Return the page behind ``token``, which is the key of the last item before it."""
    left: Sequence[T] = sorted((it for it in found if key(it) > (token or "")), key=key)
    return Page(left[:size], key(left[size - 1]) if len(left) > size else None)


@dataclass(frozen=True, slots=True)
class InMemoryInventory:
    """The port ``Inventory``; ``page`` is the size of one."""

    ledger: InMemoryLedger
    page: int = PAGE

    def attached(self, target: TargetName, token: str | None) -> Page[Attachment]:
        """Return a page of the records of ``target`` that are attached."""
        with self.ledger.calls.making("attached"):
            return self._page(State.ATTACHED, token, target)

    def unsettled(self, state: State, token: str | None) -> Page[Attachment]:
        """Return a page of the records in ``state``."""
        with self.ledger.calls.making("unsettled"):
            return self._page(state, token)

    def recorded(self, holders: Iterable[Holder]) -> Iterable[Attachment]:
        """Return those records of ``holders`` that there are."""
        with self.ledger.calls.making("recorded"):
            present = self.ledger.present()
            return [present[it] for it in holders if it in present]

    def _page(
        self, state: State, token: str | None, target: TargetName | None = None
    ) -> Page[Attachment]:
        found = (it for it in self.ledger.present().values() if it.state is state)
        of_target = (it for it in found if target in {None, it.target})
        return a_page(of_target, token, self.page, lambda it: f"{it.instance} {it.target}")


@dataclass(slots=True)
class InMemorySweepCheckpoints:
    """The port ``SweepCheckpoints``; ``written`` are all checkpoints, oldest first."""

    calls: Calls = field(default_factory=Calls)
    written: list[SweepCheckpoint] = field(default_factory=list)

    def read(self) -> SweepCheckpoint | None:
        """Return the round as last written; None before the first sweep."""
        with self.calls.making("read_round"):
            return self.written[-1] if self.written else None

    def write(self, checkpoint: SweepCheckpoint) -> SweepCheckpoint:
        """Write ``checkpoint`` over the version that it names; return it with its new version."""
        with self.calls.making("write_round"):
            if checkpoint.version != (self.written[-1].version if self.written else 0):
                raise RecordMovedError(f"a sweep has written version {checkpoint.version + 1}")
            self.written.append(replace(checkpoint, version=checkpoint.version + 1))
            return self.written[-1]

    def targets(self) -> frozenset[TargetName]:
        """Return every target under which sweeps say that something may be attached."""
        last = self.read()
        return last.known() if last else frozenset()
