"""Probes of the condition keys that a transaction of DynamoDB brings to a policy."""

from collections.abc import Mapping
from typing import Any

from live.probe import Seen, refuted
from live.roles import allow, arn, caller_with, is_denied
from live.world import World

TRANSACTION = "TransactWriteItems"


def leading_keys_in_transactions(world: World) -> Seen:
    """Write by transactions with a role that may write one key alone."""
    table = _make_table(world)
    dynamodb = _writer(world, table, _of_key("mine"))
    if not world.wait_until(lambda: not _denied(dynamodb, table, "mine")):
        return refuted("a transaction on the key that the policy permits is denied")
    if not _denied(dynamodb, table, "mine", "other"):
        return refuted("a transaction on a key that the policy does not permit is permitted")
    return Seen(holds=True, what="its own key is permitted, one with another key is denied")


def enclosing_operation(world: World) -> Seen:
    """Write with a role that may put items in a transaction alone."""
    table = _make_table(world)
    enclosed = {"ForAnyValue:StringEquals": {"dynamodb:EnclosingOperation": [TRANSACTION]}}
    dynamodb = _writer(world, table, enclosed)
    if not world.wait_until(lambda: not _denied(dynamodb, table, "mine")):
        return refuted("PutItem in a transaction is denied")
    if not is_denied(dynamodb.put_item, TableName=table, Item=_item("mine")):
        return refuted("PutItem on its own is permitted")
    return Seen(holds=True, what="PutItem is permitted in a transaction, denied on its own")


def own_leading_keys_in_transactions(world: World) -> Seen:
    """Write to two tables at once with a role that may write another key in each."""
    tables = {_make_table(world): "one", _make_table(world): "other"}
    dynamodb = caller_with(
        world, *(_may_put(world, table, _of_key(key)) for table, key in tables.items())
    )("dynamodb")
    puts = [{"Put": {"TableName": it, "Item": _item(key)}} for it, key in tables.items()]

    def denied() -> bool:
        return is_denied(dynamodb.transact_write_items, TransactItems=puts)

    if not world.wait_until(lambda: not denied()):
        return refuted("a transaction whose items are permitted one by one is denied")
    return Seen(holds=True, what="a transaction on both permitted keys is permitted")


def userid_in_policies(world: World) -> Seen:
    """Write the key that a policy names by the variable of the caller's unique id."""
    table = _make_table(world)
    clients = caller_with(world, _may_put(world, table, _of_key("${aws:userid}")))
    dynamodb, own = clients("dynamodb"), clients("sts").get_caller_identity()["UserId"]
    if not world.wait_until(lambda: not _denied(dynamodb, table, own)):
        return refuted(f"the key {own} is denied")
    if not _denied(dynamodb, table, "other"):
        return refuted("another key is permitted")
    return Seen(holds=True, what="the caller's id is permitted as a key, another one is denied")


def _writer(world: World, table: str, when: Mapping[str, Any]) -> Any:  # noqa: ANN401 - DynamoDB's
    return caller_with(world, _may_put(world, table, when))("dynamodb")


def _may_put(world: World, table: str, when: Mapping[str, Any]) -> Mapping[str, Any]:
    on = arn(world, "dynamodb", f"table/{table}")
    return allow("dynamodb:PutItem", on=on, when=when)


def _of_key(key: str) -> Mapping[str, Any]:
    return {
        "ForAllValues:StringEquals": {"dynamodb:LeadingKeys": [key]},
        "Null": {"dynamodb:LeadingKeys": "false"},
    }


def _denied(dynamodb: Any, table: str, *keys: str) -> bool:  # noqa: ANN401 - DynamoDB's client
    puts = [{"Put": {"TableName": table, "Item": _item(key)}} for key in keys]
    return is_denied(dynamodb.transact_write_items, TransactItems=puts)


def _item(key: str) -> Mapping[str, Any]:
    return {"pk": {"S": key}}


def _make_table(world: World) -> str:
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
