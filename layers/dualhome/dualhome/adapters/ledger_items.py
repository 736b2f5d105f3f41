"""The ledger's items: their keys, what their indexes need, and DynamoDB's wire form."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from json import dumps, loads
from typing import Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from dualhome.adapters.records import audit_values, read, stamp, values
from dualhome.domain.attachment import Attachment, Move
from dualhome.domain.audit import AuditEntry, Trace
from dualhome.domain.identifiers import InstanceId, InterfaceId, TargetName, Zone
from dualhome.domain.network import DeviceSlot
from dualhome.domain.states import SETTLED, State

Item = dict[str, Any]

_to_wire = TypeSerializer().serialize
_from_wire = TypeDeserializer().deserialize


def wire(item: Item) -> Item:
    """Return an item in DynamoDB's wire form: each value under the name of its type."""
    return {key: _to_wire(value) for key, value in item.items()}


def plain(item: Mapping[str, Any]) -> Item:
    """Return an item in wire form as plain values."""
    return {key: _from_wire(value) for key, value in item.items()}


def instance_key(instance: InstanceId) -> str:
    """Return the partition of an instance: its records and slots, or its past."""
    return f"INSTANCE#{instance}"


def record_key(instance: InstanceId, target: TargetName) -> Item:
    """Return the key of an attachment's record."""
    return {"pk": instance_key(instance), "sk": f"TARGET#{target}"}


def claim_key(interface: InterfaceId) -> Item:
    """Return the key of an interface's claim."""
    return {"pk": f"INTERFACE#{interface}", "sk": "CLAIM"}


def slot_key(instance: InstanceId, slot: DeviceSlot) -> Item:
    """Return the key of an instance's slot."""
    return {"pk": instance_key(instance), "sk": f"SLOT#{slot.card}#{slot.index}"}


def holder(it: Attachment) -> Item:
    """Return what a claim or a slot says of the record that holds it."""
    return {"instance": it.instance, "target": it.target}


def target_order(state: State, zone: Zone | None = None) -> str:
    """Return how the records of a target in ``state`` (and ``zone``) begin in their order."""
    return f"{state}#" if zone is None else f"{state}#{zone}#"


def record_item(it: Attachment) -> Item:
    """
    Return the item of a record.

    Only records that need attention are in the index of those, and only those that are not
    released in the index by target: what is over would fill it for ever.
    """
    since = stamp(it.since)
    item = record_key(it.instance, it.target) | values(it)
    if it.state != State.RELEASED:
        item["target_order"] = f"{target_order(it.state, it.zone or Zone(''))}{since}"
    if it.state not in SETTLED:
        item |= {"attention": it.state.value, "attention_at": since}
    return item


def read_record(item: Mapping[str, Any]) -> Attachment:
    """Return the record that an item in wire form holds."""
    return read(Attachment, plain(item))


def audit_item(entry: AuditEntry, retention_days: int) -> Item:
    """Return the item of an audit entry; it expires after ``retention_days``, 0 being never."""
    item: Item = loads(dumps(audit_values(entry)), parse_float=Decimal)  # DynamoDB takes no float
    at, after = item["at"], entry.after
    item |= {"pk": instance_key(after.instance), "sk": f"{at}#{entry.id}", "day": at[:10]}
    if retention_days:
        expires = after.since + timedelta(days=retention_days)
        item["expires_at"] = int(expires.timestamp())
    return item


def read_audit(item: Mapping[str, Any]) -> AuditEntry:
    """Return the entry that an audit item in wire form holds."""
    it = plain(item)
    return AuditEntry(id=it["id"], move=read(Move, {"before": None} | it), trace=read(Trace, it))
