"""The ledger in DynamoDB: every write conditional, every move with its audit entry."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger
from botocore.exceptions import ClientError

from dualhome.adapters.aws_errors import domain_errors
from dualhome.adapters.dynamodb import items
from dualhome.adapters.dynamodb.items import read_items
from dualhome.domain.attachment import Attachment, AuditEntry, Move, Trace
from dualhome.domain.errors import (
    ClaimTakenError,
    RecordMovedError,
    SlotClaimedError,
    StalePlanError,
    ThrottledError,
)
from dualhome.domain.identifiers import InstanceId, InterfaceId, TargetName, Zone
from dualhome.domain.planning.types import Holder
from dualhome.domain.states import SETTLED, State

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

logger = Logger(child=True)

ReadRecords = Callable[[Iterable[Mapping[str, Any]]], Iterable[Attachment]]

OURS = "instance = :instance AND target = :target"


def why_cancelled(exc: ClientError, meanings: Sequence[type[StalePlanError]]) -> Exception:
    """Return what the first failed condition means; a conflict is another writer's success."""
    reasons = exc.response.get("CancellationReasons", [])
    for reason, meaning in zip(reasons, meanings, strict=False):
        if reason.get("Code") in {"ConditionalCheckFailed", "TransactionConflict"}:
            return meaning(f"{exc.operation_name}: {reason.get('Message', reason['Code'])}")
        if reason.get("Code") in {"ThrottlingError", "ProvisionedThroughputExceeded"}:
            return ThrottledError(f"{exc.operation_name}: {reason.get('Message', '')}")
    return exc


class DynamoDbRecords:
    """
    The records and claims of the attachments table, for functions that only read them.

    ``read_listed`` reads what the indexes hold; who only shows it may leave out what is unreadable.
    """

    def __init__(
        self,
        dynamodb: "DynamoDBClient",
        attachments_table: str,
        *,
        read_listed: ReadRecords = items.read_records,
    ) -> None:
        self._dynamodb = dynamodb
        self._attachments = attachments_table
        self._read_listed = read_listed

    def records(
        self, instances: Iterable[InstanceId]
    ) -> Mapping[InstanceId, Mapping[TargetName, Attachment]]:
        """Return every record of each instance, as last written."""
        return {instance: self._records_of(instance) for instance in instances}

    def claims(self, interfaces: Iterable[InterfaceId]) -> Mapping[InterfaceId, Holder]:
        """Return who holds which of ``interfaces``, as last written."""
        keys = {items.claim_key(it)["pk"]: it for it in interfaces}
        found = {}
        wanted = [items.claim_key(it) for it in keys.values()]
        for item in map(items.plain, read_items(self._dynamodb, self._attachments, wanted)):
            holder = Holder(InstanceId(item["instance"]), TargetName(item["target"]))
            found[keys[item["pk"]]] = holder
        return found

    def in_state(
        self, target: TargetName, state: State, zone: Zone | None = None, page: int | None = None
    ) -> Iterable[Attachment]:
        """Return the records for ``target`` in ``state``, longest first, ``page`` at a time."""
        return self._query(
            "target = :target AND begins_with(target_order, :state)",
            {":target": target, ":state": items.target_order(state, zone)},
            index="by-target",
            page_size=page,
        )

    def unreleased(self, target: TargetName) -> Iterable[Attachment]:
        """Return every record of ``target`` but the released, which are not in the index."""
        return self._query("target = :target", {":target": target}, index="by-target")

    def unsettled(self) -> Iterable[Attachment]:
        """Return every record in the index of those that need attention, state by state."""
        for state in sorted(set(State) - SETTLED):
            values = {":state": state.value}
            yield from self._query("attention = :state", values, index="needs-attention")

    def _records_of(self, instance: InstanceId) -> dict[TargetName, Attachment]:
        values = {":pk": items.instance_key(instance), ":sk": "TARGET#"}
        found = self._query("pk = :pk AND begins_with(sk, :sk)", values)
        return {record.target: record for record in found}

    def _query(
        self, condition: str, values: items.Item, index: str = "", page_size: int | None = None
    ) -> Iterator[Attachment]:
        """Yield the records of every page; of the table as last written, of an index soon after."""
        where = {"IndexName": index} if index else {"ConsistentRead": True}
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self._attachments,
            KeyConditionExpression=condition,
            ExpressionAttributeValues=items.wire(values),
            PaginationConfig={"PageSize": page_size} if page_size else {},
            **where,
        )
        read = self._read_listed if index else items.read_records
        with domain_errors():
            for page in pages:
                yield from read(page["Items"])


class DynamoDbLedger(DynamoDbRecords):
    """Both tables; ``new_id`` gives each audit entry its ULID."""

    def __init__(
        self,
        dynamodb: "DynamoDBClient",
        attachments_table: str,
        audit_table: str,
        new_id: Callable[[], str],
        audit_retention_days: int = 0,
        *,
        read_listed: ReadRecords = items.read_records,
    ) -> None:
        super().__init__(dynamodb, attachments_table, read_listed=read_listed)
        self._audit = audit_table
        self._new_id = new_id
        self._retention_days = audit_retention_days

    def commit(self, move: Move, trace: Trace) -> None:
        """Write the move, its claim and slot, and its audit entry: all, or nothing."""
        writes = [(RecordMovedError, self._put_record(move)), *self._holdings(move)]
        entry = AuditEntry(self._new_id(), move, trace)
        audit = items.audit_item(entry, self._retention_days)
        writes.append((RecordMovedError, self._put_new(self._audit, audit)))
        with domain_errors():
            try:
                self._dynamodb.transact_write_items(TransactItems=[write for _, write in writes])
            except self._dynamodb.exceptions.TransactionCanceledException as exc:
                raise why_cancelled(exc, [error for error, _ in writes]) from exc
        after = move.after
        logger.info(
            "moved",
            instance=after.instance,
            target=after.target,
            before=move.from_state,
            after=after.state,
            reason=after.reason,
            detail=after.detail,
            code=after.failure and after.failure.code,
            interface=after.interface,
        )

    def _put_record(self, move: Move) -> "TransactWriteItemTypeDef":
        item = items.record_item(move.after)
        if move.before is None:
            return self._put_new(self._attachments, item)
        return {
            "Put": {
                "TableName": self._attachments,
                "Item": items.wire(item),
                "ConditionExpression": "version = :version",
                "ExpressionAttributeValues": items.wire({":version": move.before.version}),
            }
        }

    def _holdings(
        self, move: Move
    ) -> Iterable[tuple[type[StalePlanError], "TransactWriteItemTypeDef"]]:
        """Delete what only the record before held, and put what only the one after holds."""
        before, after = _held(move.before), _held(move.after)
        for key, error, item in before:
            if key not in [kept for kept, _, _ in after]:
                yield error, self._delete(item)
        for key, error, item in after:
            if key not in [kept for kept, _, _ in before]:
                yield error, self._put_new(self._attachments, item)

    def _put_new(self, table: str, item: items.Item) -> "TransactWriteItemTypeDef":
        return {
            "Put": {
                "TableName": table,
                "Item": items.wire(item),
                "ConditionExpression": "attribute_not_exists(pk)",
            }
        }

    def _delete(self, item: items.Item) -> "TransactWriteItemTypeDef":
        return {
            "Delete": {
                "TableName": self._attachments,
                "Key": items.wire({"pk": item["pk"], "sk": item["sk"]}),
                "ConditionExpression": OURS,
                "ExpressionAttributeValues": items.wire(
                    {":instance": item["instance"], ":target": item["target"]}
                ),
            }
        }


def _held(
    record: Attachment | None,
) -> list[tuple[items.Item, type[StalePlanError], items.Item]]:
    """Return key, error and item of the claim and the slot that ``record`` holds."""
    if record is None or not record.holding or not record.interface or not record.slot:
        return []
    claim = items.claim_key(record.interface)
    slot = items.slot_key(record.instance, record.slot)
    ours = items.holder(record)
    return [(claim, ClaimTakenError, claim | ours), (slot, SlotClaimedError, slot | ours)]
