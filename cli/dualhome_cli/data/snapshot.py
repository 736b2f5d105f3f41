"""The account as ledger and EC2 show it, read whole, or as far as a few instances go."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

from dualhome.adapters.aws_errors import domain_errors
from dualhome.adapters.dynamodb import items
from dualhome.adapters.ec2.instances import Ec2Instances, Ec2Vpcs
from dualhome.adapters.ec2.interfaces import Ec2Interfaces
from dualhome.adapters.ec2.scan import Ec2Scan
from dualhome.application.sweep_ports import Page
from dualhome.domain.attachment import Attachment, AuditEntry
from dualhome.domain.ec2 import DeviceSlot, Instance, Interface, Vpc, target_of
from dualhome.domain.identifiers import AttachmentId, InstanceId, InterfaceId, TargetName, VpcId
from dualhome.domain.invariants.snapshot import Account
from dualhome.domain.observed import desired_state
from dualhome.domain.planning.types import Holder
from dualhome.domain.tags import WHOLE_TAG
from dualhome_cli.data.audit_log import Archive
from dualhome_cli.stack import Books

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

RECORD, SLOT = "TARGET#", "SLOT#"


@dataclass(frozen=True, slots=True)
class Partition:
    """One instance's part of the table of attachments."""

    instance: InstanceId
    records: tuple[Attachment, ...]
    slots: Mapping[tuple[InstanceId, DeviceSlot], Holder]


def read_partition(dynamodb: "DynamoDBClient", table: str, instance: InstanceId) -> Partition:
    """Return the part of ``instance`` as last written, by one read."""
    found = list(_query(dynamodb, table, instance))
    records = (item for item in found if item["sk"]["S"].startswith(RECORD))
    slots = (items.plain(item) for item in found if item["sk"]["S"].startswith(SLOT))
    return Partition(
        instance=instance,
        records=tuple(map(items.read_record, records)),
        slots={(instance, _slot(it["sk"])): _holder(it) for it in slots},
    )


def _query(
    dynamodb: "DynamoDBClient", table: str, instance: InstanceId
) -> Iterator[Mapping[str, Any]]:
    pages = dynamodb.get_paginator("query").paginate(
        TableName=table,
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues=items.wire({":pk": items.instance_key(instance)}),
        ConsistentRead=True,
    )
    with domain_errors():
        for page in pages:
            yield from page["Items"]


def _slot(key: str) -> DeviceSlot:
    card, index = key.removeprefix(SLOT).split("#")
    return DeviceSlot(int(card), int(index))


def _holder(item: items.Item) -> Holder:
    return Holder(InstanceId(item["instance"]), TargetName(item["target"]))


T = TypeVar("T")


def read_present(books: Books) -> Account:
    """
    Return the whole account without slots and past; its records are those not released.

    Raises:
        DualhomeError: a read failed.
    """
    keys = books.policy.keys
    scan = Ec2Scan(books.ec2, keys)
    instances = {it.id: it for it in _all(scan.asking)}
    pools = {it.id: it for it in _all(scan.pools)}
    vpcs = Ec2Vpcs(books.ec2).describe()
    tagged = {TargetName(it.tags.get(keys.pool, "").strip()) for it in pools.values()}
    tagged |= {target for it in vpcs.values() if (target := target_of(it, keys))}
    targets = _asked_for(books, instances.values()) | (tagged - {TargetName("")})
    targets |= {record.target for record in books.ledger.unsettled()}
    targets |= books.swept_targets()
    records = [record for it in sorted(targets) for record in books.ledger.unreleased(it)]
    found = _account(books, instances, pools, records, vpcs)
    return replace(found, instances=_with_others(books, instances, found.records))


def read_account(
    books: Books,
    instances: Collection[InstanceId] | None = None,
    by_hand: frozenset[AttachmentId] = frozenset(),
) -> Account:
    """
    Return all there is of ``instances``, and of their pools; None stands for the whole account.

    The past is read when it is gone through, page by page; the present is held in memory. Of the
    whole account, instances whose records are all released, and that ask for nothing, are left out.

    Raises:
        DualhomeError: a read failed.
    """
    found = read_present(books) if instances is None else _read_some(books, instances)
    known = {*(instances or ()), *found.instances, *_instances_in(found.records)}
    ids = sorted(known | {holder.instance for holder in found.claims.values()})
    parts = [read_partition(books.dynamodb, books.attachments_table, id_) for id_ in ids]
    records = {Holder(it.instance, it.target): it for part in parts for it in part.records}
    return replace(
        found,
        records=records,
        slots={slot: holder for part in parts for slot, holder in part.slots.items()},
        audit=Past(books.archive, tuple(ids)),
        instances=_with_others(books, found.instances, records),
        by_hand=by_hand,
    )


@dataclass(frozen=True, slots=True)
class Past:
    """The audit of some instances, each from its oldest entry; read anew each time."""

    archive: Archive
    instances: tuple[InstanceId, ...]

    def __iter__(self) -> Iterator[AuditEntry]:
        for instance in self.instances:
            yield from self.archive.of_instance(instance)


def _read_some(books: Books, ids: Collection[InstanceId]) -> Account:
    """Read also the pools that ``ids`` have had something of."""
    instances = Ec2Instances(books.ec2).describe(ids)
    records = [record for found in books.ledger.records(ids).values() for record in found.values()]
    targets = _asked_for(books, instances.values()) | {record.target for record in records}
    # In a filter of EC2's, what stands for a malformed tag would match every pool.
    pools = Ec2Interfaces(books.ec2, books.policy.keys).pool(targets - {WHOLE_TAG})
    return _account(books, instances, pools, records, Ec2Vpcs(books.ec2).describe())


def _account(
    books: Books,
    instances: Mapping[InstanceId, Instance],
    pools: Mapping[InterfaceId, Interface],
    records: Collection[Attachment],
    vpcs: Mapping[VpcId, Vpc],
) -> Account:
    held = {record.interface for record in records if record.holding and record.interface}
    return Account(
        records={Holder(it.instance, it.target): it for it in records},
        claims=books.ledger.claims(pools.keys() | held),
        slots={},
        audit=(),
        instances=instances,
        interfaces=pools,
        vpcs=vpcs,
        policy=books.policy,
        whole_past=books.whole_past,
    )


def _all(read: Callable[[str | None], Page[T]]) -> Iterator[T]:
    page = read(None)
    yield from page.items
    while page.token:
        page = read(page.token)
        yield from page.items


def _asked_for(books: Books, instances: Iterable[Instance]) -> set[TargetName]:
    """Return the targets asked for, and what stands for malformed ones."""
    asked = (desired_state(instance, books.policy.keys).named for instance in instances)
    return {WHOLE_TAG}.union(*asked)


def _with_others(
    books: Books, instances: Mapping[InstanceId, Instance], records: Iterable[Holder]
) -> Mapping[InstanceId, Instance]:
    """Add the instances of ``records`` as EC2 shows them, though they ask for nothing."""
    missing = _instances_in(records) - instances.keys()
    return {**instances, **(Ec2Instances(books.ec2).describe(missing) if missing else {})}


def _instances_in(records: Iterable[Holder]) -> set[InstanceId]:
    return {holder.instance for holder in records}
