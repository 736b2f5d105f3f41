"""Probes of the condition keys that a transaction of DynamoDB brings to a policy."""

from collections.abc import Mapping
from typing import Any

from live.probe import Seen, refuted
from live.roles import Statement, allow, arn, caller_with, is_denied
from live.world import World

TRANSACTION = "TransactWriteItems"


def leading_keys_in_transactions(world: World) -> Seen:
    """Write by transactions with a role that may write one key alone."""
    table = make_table(world)
    dynamodb = caller_with(world, may_put(world, table, key_is("mine")))("dynamodb")
    if not world.wait_until(lambda: not _denied(dynamodb, (table, "mine"))):
        return refuted("a transaction on the key that the policy permits is denied")
    if not _denied(dynamodb, (table, "mine"), (table, "other")):
        return refuted("a transaction on a key that the policy does not permit is permitted")
    return Seen(holds=True, what="its own key is permitted, one with another key is denied")


def own_leading_keys_in_transactions(world: World) -> Seen:
    """Write to two tables at once with a role that may write another key in each."""
    first, second = make_table(world), make_table(world)
    may = (may_put(world, first, key_is("one")), may_put(world, second, key_is("two")))
    dynamodb = caller_with(world, *may)("dynamodb")
    if not world.wait_until(lambda: not _denied(dynamodb, (first, "one"), (second, "two"))):
        return refuted("each item has a key that its table permits, and the transaction is denied")
    if not _denied(dynamodb, (first, "two"), (second, "one")):
        return refuted("each item has a key that the other table permits, and that is permitted")
    return Seen(holds=True, what="each item is permitted by its own key, denied by the other's")


def enclosing_operation(world: World) -> Seen:
    """Write with a role that may put items in a transaction alone."""
    table = make_table(world)
    enclosed = {"ForAnyValue:StringEquals": {"dynamodb:EnclosingOperation": [TRANSACTION]}}
    dynamodb = caller_with(world, may_put(world, table, enclosed))("dynamodb")
    if not world.wait_until(lambda: not _denied(dynamodb, (table, "mine"))):
        return refuted("PutItem in a transaction is denied")
    if not is_denied(dynamodb.put_item, TableName=table, Item=item("mine")):
        return refuted("PutItem on its own is permitted")
    return Seen(holds=True, what="PutItem is permitted in a transaction, denied on its own")


def may_put(world: World, table: str, when: Mapping[str, Any]) -> Statement:
    """Return a statement that allows to put items into ``table`` under a condition."""
    return allow("dynamodb:PutItem", on=arn(world, "dynamodb", f"table/{table}"), when=when)


def key_is(key: str) -> Mapping[str, Any]:
    """Return a condition: the partition key is ``key``."""
    return {
        "ForAllValues:StringEquals": {"dynamodb:LeadingKeys": [key]},
        "Null": {"dynamodb:LeadingKeys": "false"},
    }


def _denied(dynamodb: Any, *items: tuple[str, str]) -> bool:  # noqa: ANN401 - DynamoDB's client
    """Return whether a transaction is denied that puts ``items``, each a table and a key."""
    puts = [{"Put": {"TableName": table, "Item": item(key)}} for table, key in items]
    return is_denied(dynamodb.transact_write_items, TransactItems=puts)


def item(key: str) -> Mapping[str, Any]:
    """Return an item of such a table."""
    return {"pk": {"S": key}}


def make_table(world: World) -> str:
    """Make a table with the run's tag; return its name once it can be used."""
    dynamodb, name = world.client("dynamodb"), world.name("table")
    dynamodb.create_table(
        TableName=name,
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
        Tags=world.run.tags(),
    )
    dynamodb.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 2})
    return name
