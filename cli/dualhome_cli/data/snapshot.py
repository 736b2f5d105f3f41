"""The account as ledger and EC2 show it, read whole, or as far as a few instances go."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from dualhome.application.sweep_ports import Page
from dualhome.domain.attachment import Attachment, AuditEntry
from dualhome.domain.ec2 import Instance, Interface, Vpc, target_of
from dualhome.domain.identifiers import AttachmentId, InstanceId, InterfaceId, TargetName, VpcId
from dualhome.domain.invariants.snapshot import Account
from dualhome.domain.observed import desired_state
from dualhome.domain.planning.types import Holder
from dualhome.domain.tags import WHOLE_TAG
from dualhome_cli.data.ports import AccountSource, AuditLog

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class InstancesAudit:
    """The audit of some instances, each from its oldest entry; read anew each time."""

    log: AuditLog
    instances: tuple[InstanceId, ...]

    def __iter__(self) -> Iterator[AuditEntry]:
        for instance in self.instances:
            yield from self.log.of_instance(instance)


def read_present(source: AccountSource) -> Account:
    """
    Return the whole account without slots and audit; its records are those not released.

    Raises:
        DualhomeError: a read failed.
    """
    keys, whole_past = source.policy.keys, source.whole_past
    instances = {it.id: it for it in _all(source.scan.asking)}
    pools = {it.id: it for it in _all(source.scan.pools)}
    vpcs = source.sources.vpcs.describe()
    tagged = {TargetName(it.tags.get(keys.pool, "").strip()) for it in pools.values()}
    tagged |= {target for it in vpcs.values() if (target := target_of(it, keys))}
    targets = _asked_for(source, instances.values()) | (tagged - {TargetName("")})
    ledger = source.sources.ledger
    targets |= {record.target for record in ledger.unsettled()}
    targets |= source.swept_targets()
    records = [record for it in sorted(targets) for record in ledger.unreleased(it)]
    found = _account(source, instances, pools, records, vpcs)
    return replace(
        found,
        whole_past=whole_past,
        instances=_with_others(source, instances, found.records),
    )


def read_account(
    source: AccountSource,
    instances: Collection[InstanceId] | None = None,
    by_hand: frozenset[AttachmentId] = frozenset(),
) -> Account:
    """
    Return all there is of ``instances``, and of their pools; None stands for the whole account.

    The audit is read page by page when it is iterated; all else is held in memory. Of the
    whole account, instances whose records are all released, and that ask for nothing, are left out.

    Raises:
        DualhomeError: a read failed.
    """
    found = read_present(source) if instances is None else _read_some(source, instances)
    known = {*(instances or ()), *found.instances, *_instances_in(found.records)}
    ids = sorted(known | {holder.instance for holder in found.claims.values()})
    parts = [source.partitions.of(id_) for id_ in ids]
    records = {Holder(it.instance, it.target): it for part in parts for it in part.records}
    return replace(
        found,
        records=records,
        slots={slot: holder for part in parts for slot, holder in part.slots.items()},
        audit=InstancesAudit(source.audit_log, tuple(ids)),
        instances=_with_others(source, found.instances, records),
        by_hand=by_hand,
    )


def _read_some(source: AccountSource, ids: Collection[InstanceId]) -> Account:
    """Read also the pools that ``ids`` have had something of."""
    instances = source.sources.instances.describe(ids)
    records = [
        record for found in source.sources.ledger.records(ids).values() for record in found.values()
    ]
    targets = _asked_for(source, instances.values()) | {record.target for record in records}
    # In a filter of EC2's, what stands for a malformed tag would match every pool.
    pools = source.sources.interfaces.pool(targets - {WHOLE_TAG})
    return _account(source, instances, pools, records, source.sources.vpcs.describe())


def _account(
    source: AccountSource,
    instances: Mapping[InstanceId, Instance],
    pools: Mapping[InterfaceId, Interface],
    records: Collection[Attachment],
    vpcs: Mapping[VpcId, Vpc],
) -> Account:
    held = {record.interface for record in records if record.holding and record.interface}
    return Account(
        records={Holder(it.instance, it.target): it for it in records},
        claims=source.sources.ledger.claims(pools.keys() | held),
        slots={},
        audit=(),
        instances=instances,
        interfaces=pools,
        vpcs=vpcs,
        policy=source.policy,
        whole_past=source.whole_past,
    )


def _all(read: Callable[[str | None], Page[T]]) -> Iterator[T]:
    page = read(None)
    yield from page.items
    while page.token:
        page = read(page.token)
        yield from page.items


def _asked_for(source: AccountSource, instances: Iterable[Instance]) -> set[TargetName]:
    """Return the targets asked for, and what stands for malformed ones."""
    asked = (desired_state(instance, source.policy.keys).named for instance in instances)
    return {WHOLE_TAG}.union(*asked)


def _with_others(
    source: AccountSource, instances: Mapping[InstanceId, Instance], records: Iterable[Holder]
) -> Mapping[InstanceId, Instance]:
    """Add the instances of ``records`` as EC2 shows them, though they ask for nothing."""
    missing = _instances_in(records) - instances.keys()
    return {**instances, **(source.sources.instances.describe(missing) if missing else {})}


def _instances_in(records: Iterable[Holder]) -> set[InstanceId]:
    return {holder.instance for holder in records}
