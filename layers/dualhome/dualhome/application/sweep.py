"""Find what no event told: compare everything, and ask for looks; nothing is changed here."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from dualhome.application.agenda import Agenda
from dualhome.application.looks import Look
from dualhome.application.ports import Fleet, Ledger
from dualhome.domain.attachment import Attachment, Cause
from dualhome.domain.drift import Drift, Seen, drifts_of, strangers, wish_of
from dualhome.domain.identifiers import InstanceId, InterfaceId, TargetName
from dualhome.domain.network import Instance, Interface
from dualhome.domain.tags import WHOLE_TAG, TagKeys
from dualhome.domain.view import Holder


@dataclass(frozen=True, slots=True)
class Sweeping:
    """
    What a sweep works with.

    With more than ``most_releases`` releases the breaker trips; while ``paused`` there are none.
    """

    fleet: Fleet
    ledger: Ledger
    keys: TagKeys
    most_releases: int
    paused: bool
    clock: Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Report:
    """
    What a sweep found.

    ``looks`` counts drifts, ``releases`` the instances that would lose an interface; with
    ``tripped`` none of those is looked at. ``strangers`` are pool interfaces that somebody else
    attached, ``torn`` are claims without their record, or records without their claim: a defect,
    or a hand in the tables.
    """

    instances: int
    looks: Mapping[Drift, int]
    releases: int
    tripped: bool
    strangers: tuple[tuple[InterfaceId, InstanceId], ...] = ()
    torn: tuple[InterfaceId, ...] = ()


@dataclass(frozen=True, slots=True)
class _Reading:
    instances: Mapping[InstanceId, Instance]
    pool: Mapping[InterfaceId, Interface]
    records: Mapping[InstanceId, list[Attachment]]
    claims: dict[InterfaceId, Holder] = field(default_factory=dict)
    drifts: dict[InstanceId, list[Drift]] = field(default_factory=dict)

    def seen(self) -> Seen:
        """Return how EC2 shows interfaces: those of the pools, and those on the instances."""
        on_instances = (seen for it in self.instances.values() for seen in it.attachments)
        of_pools = {it.id: it.attachment for it in self.pool.values()}
        return of_pools | {seen.interface: seen for seen in on_instances}

    def held(self) -> dict[InterfaceId, set[Holder]]:
        """Return who holds which interface, by the records."""
        found: dict[InterfaceId, set[Holder]] = defaultdict(set)
        for record in (record for records in self.records.values() for record in records):
            if record.holding and record.interface:
                found[record.interface].add(Holder(record.instance, record.target))
        return found


def sweep(here: Sweeping, cause: Cause, agenda: Agenda) -> Report:
    """
    Put every instance whose wish, records and attachments differ on the agenda.

    EC2 is read before the ledger, so that what is recorded meanwhile looks newer, not lost.
    Reads: one of EC2 for each 1,000 tagged instances and each 1,000 pool interfaces; of the
    ledger one for each target and MiB of records, and one for each 100 pool interfaces.

    Raises:
        TransientError: a read failed; the next sweep begins anew.
    """
    now = here.clock()
    reading = _read(here)
    seen = reading.seen()
    for instance in reading.instances.keys() | reading.records.keys():
        wish = wish_of(reading.instances.get(instance), here.keys)
        records = reading.records.get(instance, [])
        found = [
            drift
            for drift in drifts_of(wish, records, seen, now)
            if not (here.paused and drift is Drift.UNWANTED)
        ]
        if found:
            reading.drifts[instance] = found
    releases = {id_ for id_, found in reading.drifts.items() if Drift.UNWANTED in found}
    tripped = len(releases) > here.most_releases
    for instance in sorted(reading.drifts.keys() - (releases if tripped else set())):
        agenda.at_once(Look(instance, cause))
    return Report(
        instances=len(reading.instances),
        looks=Counter(drift for found in reading.drifts.values() for drift in found),
        releases=len(releases),
        tripped=tripped,
        strangers=_strangers(reading),
        torn=tuple(_torn(reading, here.ledger)),
    )


def _read(here: Sweeping) -> _Reading:
    instances = here.fleet.asking()
    pool = here.fleet.pools()
    wishes = (wish_of(instance, here.keys) for instance in instances.values())
    targets = {target for wish in wishes for target in wish.wanted} | {WHOLE_TAG}
    targets |= {TargetName(it.tags.get(here.keys.pool, "").strip()) for it in pool.values()}
    # Those that nobody asks for any more, and that no pool is left for.
    targets |= {record.target for record in here.ledger.unsettled()}
    records: dict[InstanceId, list[Attachment]] = defaultdict(list)
    for target in sorted(targets - {TargetName("")}):
        for record in here.ledger.unreleased(target):
            records[record.instance].append(record)
    reading = _Reading(instances, pool, records)
    reading.claims.update(here.ledger.claims(pool.keys() | reading.held().keys()))
    return reading


def _strangers(reading: _Reading) -> tuple[tuple[InterfaceId, InstanceId], ...]:
    held = reading.held().keys() | reading.claims.keys()
    return tuple(strangers(reading.pool.values(), frozenset(held)))


def _torn(reading: _Reading, ledger: Ledger) -> Iterator[InterfaceId]:
    """Return interfaces whose claim and record disagree; both are read anew, to be sure."""
    held = reading.held()
    for interface in sorted(held.keys() | reading.claims.keys()):
        claim = reading.claims.get(interface)
        claimed = {claim} if claim else set()
        recorded = held.get(interface, set())
        if recorded != claimed and _disagree(interface, recorded | claimed, ledger):
            yield interface


def _disagree(interface: InterfaceId, holders: set[Holder], ledger: Ledger) -> bool:
    claim = ledger.claims([interface]).get(interface)
    for holder in holders:
        record = ledger.records([holder.instance])[holder.instance].get(holder.target)
        holds = record is not None and record.holding and record.interface == interface
        if holds != (claim == holder):
            return True
    return False
