"""Probes of who may write what in a table: by the caller's id, and against a table's own policy."""

from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from live.probe import Seen, refuted
from live.probes.transactions import item, key_is, make_table, may_put
from live.roles import allow, arn, caller_with, is_denied
from live.world import World, code_of

VARIABLE = "${aws:userid}"
NO_ENTRY = {"pk": {"S": "PROBE"}, "sk": {"S": "none"}}
ONLY_IF_PRESENT = {"ConditionExpression": "attribute_exists(pk)"}
"""Never true of ``NO_ENTRY``: what a policy permits changes nothing all the same."""
PERMITTED_IN_VAIN = {"ConditionalCheckFailedException", "TransactionCanceledException"}


def userid_in_policies(world: World) -> Seen:
    """Write with a role that may write the key of its session's own id."""
    table = make_table(world)
    clients = caller_with(world, may_put(world, table, key_is(VARIABLE)))
    dynamodb, own = clients("dynamodb"), clients("sts").get_caller_identity()["UserId"]

    def denied(key: str) -> bool:
        return is_denied(dynamodb.put_item, TableName=table, Item=item(key))

    if not world.wait_until(lambda: not denied(own)):
        return refuted(f"the key {own} is denied, which STS says is the session's id")
    if permitted := [it for it in (VARIABLE, f"{own}-other") if not denied(it)]:
        return refuted(f"permitted beside the session's own id: {', '.join(permitted)}")
    return Seen(holds=True, what=f"{own} is permitted, and no other key")


def audit_append_only(world: World) -> Seen:
    """
    Ask for changes of the audit table with a role that may do everything in it.

    The entry of which they are asked does not exist: AWS asks policies first.
    """
    table = world.outputs["AuditTableName"]
    on = arn(world, "dynamodb", f"table/{table}")
    dynamodb = caller_with(world, allow("dynamodb:*", on=on))("dynamodb")
    entry = {"TableName": table, "Item": NO_ENTRY, **ONLY_IF_PRESENT}
    keyed = {"TableName": table, "Key": NO_ENTRY, **ONLY_IF_PRESENT}
    puts, deletes = [{"Put": entry}], [{"Delete": keyed}]
    if not world.wait_until(lambda: _permitted(dynamodb.transact_write_items, TransactItems=puts)):
        return refuted("an entry in a transaction is denied")
    batch = {table: [{"DeleteRequest": {"Key": NO_ENTRY}}]}
    statement = f"DELETE FROM \"{table}\" WHERE pk = 'PROBE' AND sk = 'none'"  # noqa: S608 - CloudFormation's name
    permitted = {
        "PutItem": _permitted(dynamodb.put_item, **entry),
        "UpdateItem": _permitted(
            dynamodb.update_item, **keyed, UpdateExpression="REMOVE expires_at"
        ),
        "DeleteItem": _permitted(dynamodb.delete_item, **keyed),
        "DeleteItem in a transaction": _permitted(
            dynamodb.transact_write_items, TransactItems=deletes
        ),
        "BatchWriteItem": _permitted(dynamodb.batch_write_item, RequestItems=batch),
        "PartiQL's DELETE": _permitted(dynamodb.execute_statement, Statement=statement),
    }
    if found := [name for name, is_permitted in permitted.items() if is_permitted]:
        return refuted(f"permitted: {', '.join(found)}")
    return Seen(
        holds=True, what=f"a put in a transaction is permitted; denied: {', '.join(permitted)}"
    )


def _permitted(call: Callable[..., object], **parameters: Any) -> bool:
    """Return whether the policies permit ``call``, whatever becomes of its condition."""
    try:
        return not is_denied(call, **parameters)
    except ClientError as error:
        if code_of(error) not in PERMITTED_IN_VAIN:
            raise
        return True
