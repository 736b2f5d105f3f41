"""The ledger in memory: one step is written whole or not at all, and only over what it read."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count

from dualhome.domain.attachment import Attachment, Move
from dualhome.domain.audit import AuditEntry, Trace
from dualhome.domain.errors import ClaimTakenError, RecordMovedError, SlotClaimedError
from dualhome.domain.identifiers import InstanceId, InterfaceId, TargetName, Zone
from dualhome.domain.network import DeviceSlot
from dualhome.domain.states import SETTLED, State
from dualhome.domain.view import Holder
from tests.support.in_memory_calls import Calls

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
