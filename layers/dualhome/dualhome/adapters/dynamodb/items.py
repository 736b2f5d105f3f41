"""The ledger's items: their keys, what they hold as plain values, and DynamoDB's wire form."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from itertools import islice
from json import dumps, loads
from typing import TYPE_CHECKING, Any, TypeVar

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from cattrs import BaseValidationError, Converter, transform_error
from cattrs.gen import make_dict_unstructure_fn, override

from dualhome.adapters.aws_errors import domain_errors
from dualhome.domain.attachment import Attachment, AuditEntry, Move, Trace
from dualhome.domain.ec2 import DeviceSlot
from dualhome.domain.errors import ThrottledError, UnreadableItemError
from dualhome.domain.identifiers import InstanceId, InterfaceId, TargetName, Zone
from dualhome.domain.pause import PauseChange
from dualhome.domain.states import SETTLED, State
from dualhome.wire import stamp

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

T = TypeVar("T")
Values = dict[str, Any]


@cache
def _converter() -> Converter:
    converter = Converter(omit_if_default=False)
    converter.register_unstructure_hook(datetime, stamp)
    rare = override(omit_if_default=True)  # few records have them
    converter.register_unstructure_hook(
        Attachment,
        make_dict_unstructure_fn(
            Attachment,
            converter,
            detaches=rare,
            contests=rare,
            refusals=rare,
            sharing=rare,
        ),
    )
    converter.register_structure_hook(datetime, lambda text, _: datetime.fromisoformat(text))
    return converter


def values(value: object) -> Values:
    """Return a dataclass as plain values; what is None is left out, at every depth."""
    plain: Values = _converter().unstructure(value)
    return _without_nothing(plain)


def read(type_: type[T], plain: Values) -> T:
    """
    Return the ``type_`` that ``plain`` holds; numbers may be DynamoDB's decimals.

    Raises:
        cattrs.BaseValidationError: the values make no ``type_``.
    """
    return _converter().structure(plain, type_)


def audit_values(entry: AuditEntry) -> Values:
    """
    Return an audit entry as its table and its event show it; ``before`` and ``after`` nest.

    ``interface`` is the one that the move was about: an interface's past is found by it.
    """
    after = entry.after
    return values(entry.trace) | _without_nothing(
        {
            "id": entry.id,
            "at": stamp(entry.at),
            "instance": after.instance,
            "target": after.target,
            "interface": entry.held and entry.held.interface,
            "from_state": entry.move.from_state,
            "to_state": after.state.value,
            "reason": after.reason and after.reason.value,
            "seconds_to_attached": entry.seconds_to_attached,
            "cause": values(after.cause),
            **values(entry.move),
        }
    )


def pause_values(change: PauseChange) -> Values:
    """Return the audit entry of a pause or a resume as its table and its event show it."""
    return values(change) | {"at": stamp(change.at), "proven": change.proven}


def _without_nothing(plain: Values) -> Values:
    return {
        key: _without_nothing(value) if isinstance(value, dict) else value
        for key, value in plain.items()
        if value is not None
    }


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


def holder(record: Attachment) -> Item:
    """Return what a claim or a slot says of the record that holds it."""
    return {"instance": record.instance, "target": record.target}


def target_order(state: State, zone: Zone | None = None) -> str:
    """Return how the records of a target in ``state`` (and ``zone``) begin in their order."""
    return f"{state}#" if zone is None else f"{state}#{zone}#"


def record_item(record: Attachment) -> Item:
    """
    Return the item of a record.

    Only records that need attention are in the index of those, and only those that are not
    released in the index by target: what is over would fill it for ever.
    """
    since = stamp(record.since)
    item = record_key(record.instance, record.target) | values(record)
    if record.state != State.RELEASED:
        item["target_order"] = f"{target_order(record.state, record.zone or Zone(''))}{since}"
    if record.state not in SETTLED:
        item |= {"attention": record.state.value, "attention_at": since}
    return item


def read_item(type_: type[T], item: Mapping[str, Any]) -> T:
    """
    Return the ``type_`` that an item in wire form holds.

    Raises:
        UnreadableItemError: it holds none that this version knows.
    """
    it = plain(item)
    with _readable(it):
        return read(type_, it)


def read_record(item: Mapping[str, Any]) -> Attachment:
    """Return the record that an item in wire form holds; raises as ``read_item``."""
    return read_item(Attachment, item)


def read_records(items: Iterable[Mapping[str, Any]]) -> Iterator[Attachment]:
    """Yield the record of each item; raises as ``read_item``."""
    return map(read_record, items)


def audit_item(entry: AuditEntry, retention_days: int) -> Item:
    """Return the item of an audit entry; it expires after ``retention_days``, 0 being never."""
    item: Item = loads(dumps(audit_values(entry)), parse_float=Decimal)  # DynamoDB takes no float
    item["pk"] = instance_key(entry.after.instance)
    return _kept(item, entry.id, entry.at, retention_days)


def _kept(item: Item, id_: str, at: datetime, retention_days: int) -> Item:
    """Return an audit item with its sort key, its day, and when it expires."""
    item |= {"sk": f"{stamp(at)}#{id_}", "day": stamp(at)[:10]}
    if retention_days:
        item["expires_at"] = int((at + timedelta(days=retention_days)).timestamp())
    return item


PAUSED_BY = "PAUSE#"
"""The partition of a person's pauses and resumes begins so; the rest is the person's unique id."""


def pause_item(change: PauseChange, retention_days: int) -> Item:
    """Return the item of a pause's audit entry; it expires as every entry does."""
    item = pause_values(change)
    item["pk"] = f"{PAUSED_BY}{change.after.user_id}"
    return _kept(item, change.id, change.at, retention_days)


def read_audit(item: Mapping[str, Any]) -> AuditEntry | PauseChange:
    """Return the entry that an audit item in wire form holds; raises as ``read_item``."""
    it = plain(item)
    with _readable(it):
        if it["pk"].startswith(PAUSED_BY):
            # The key's, which IAM has checked: what the item says beside it is its writer's word.
            it["after"] = it["after"] | {"user_id": it["pk"].removeprefix(PAUSED_BY)}
            return read(PauseChange, {"before": None} | it)
        move = read(Move, {"before": None} | it)
        return AuditEntry(id=it["id"], move=move, trace=read(Trace, it))


def read_audits(items: Iterable[Mapping[str, Any]]) -> Iterator[AuditEntry | PauseChange]:
    """Yield the entry of each audit item; raises as ``read_item``."""
    return map(read_audit, items)


@contextmanager
def _readable(item: Item) -> Iterator[None]:
    try:
        yield
    except (BaseValidationError, KeyError) as exc:
        why = transform_error(exc)[0]
        key = f"{item.get('pk')} {item.get('sk')}"
        raise UnreadableItemError(
            f"Another version of dualhome has written the item {key}: {why}"
        ) from exc


KEYS_PER_GET = 100
"""Keys that one BatchGetItem takes (DynamoDB API Reference)."""


def read_items(dynamodb: "DynamoDBClient", table: str, keys: Iterable[Item]) -> Iterator[Item]:
    """
    Yield those items of ``keys`` that there are, in wire form, as last written.

    Raises:
        TransientError: some could not be read.
    """
    rest = iter(keys)
    while some := [wire(key) for key in islice(rest, KEYS_PER_GET)]:
        with domain_errors():
            answer = dynamodb.batch_get_item(
                RequestItems={table: {"Keys": some, "ConsistentRead": True}}
            )
        if answer.get("UnprocessedKeys"):
            raise ThrottledError("BatchGetItem left keys unread: DynamoDB throttles")
        yield from answer["Responses"].get(table, [])
