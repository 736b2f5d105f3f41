"""IAM enforcement on DynamoDB's items: each one of a transaction is asked about, by its key."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.integration.localcloud.cloud import refusal
from tests.integration.localcloud.guarded import Scene, Statement

TABLE = "notes"
DENIED = "AccessDeniedException"
OWN = "NOTE#${aws:userid}"


def keyed(effect: str, operator: str, *keys: str, action: str = "PutItem") -> Statement:
    """Return a statement about the items whose partition key is among ``keys``."""
    return {
        "Effect": effect,
        "Action": f"dynamodb:{action}",
        "Resource": "*",
        "Condition": {operator: {"dynamodb:LeadingKeys": list(keys)}},
    }


def only(*keys: str) -> Statement:
    """Allow to put these items alone."""
    return keyed("Allow", "ForAllValues:StringEquals", *keys)


@pytest.fixture
def table(scene: Scene) -> Scene:
    """An account with a table."""
    scene.client("dynamodb").create_table(
        TableName=TABLE,
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    return scene


def one_by_one(dynamodb: Any, *keys: str) -> None:  # noqa: ANN401 - a client
    """Put an item under each key."""
    for key in keys:
        dynamodb.put_item(TableName=TABLE, Item={"pk": {"S": key}})


def together(dynamodb: Any, *keys: str) -> None:  # noqa: ANN401 - a client
    """Put the same items in one transaction."""
    dynamodb.transact_write_items(
        TransactItems=[{"Put": {"TableName": TABLE, "Item": {"pk": {"S": key}}}} for key in keys]
    )


def denial(put: "Put", dynamodb: Any, *keys: str) -> str:  # noqa: ANN401 - a client
    """Return the code with which these items are refused."""
    return refusal(lambda: put(dynamodb, *keys))[0]


Put = Callable[..., None]
WAYS = pytest.mark.parametrize("put", [one_by_one, together])


@WAYS
def test_items_are_fenced_by_their_partition_key(table: Scene, put: Put) -> None:
    """One item outside of the fence keeps the whole transaction from being written."""
    dynamodb = table.session(only("A", "B"))("dynamodb")

    put(dynamodb, "A", "B")

    assert DENIED == denial(put, dynamodb, "A", "C")


@WAYS
def test_a_key_may_hold_the_callers_own_id(table: Scene, put: Put) -> None:
    """``aws:userid`` is what STS says, role and session; no client can choose it."""
    client = table.session(only(OWN))
    own = client("sts").get_caller_identity()["UserId"]
    role, _, name = own.partition(":")

    put(client("dynamodb"), f"NOTE#{own}")

    others = [denial(put, client("dynamodb"), f"NOTE#{it}") for it in (role, f"{role}:other", "")]
    assert ("test", [DENIED] * 3) == (name, others)


@WAYS
def test_a_denied_key_outweighs_what_is_allowed(table: Scene, put: Put) -> None:
    """A fence around one item of a table that a role writes."""
    fence = keyed("Deny", "ForAnyValue:StringLike", "B", "C#*")
    dynamodb = table.session(only("A", "B", "C#1"), fence)("dynamodb")

    put(dynamodb, "A")

    assert [DENIED] * 2 == [denial(put, dynamodb, key) for key in ("B", "C#1")]


def test_a_variable_without_a_value_meets_no_condition(table: Scene) -> None:
    """IAM takes a statement for invalid whose variable the request does not have."""
    dynamodb = table.session(only("NOTE#${aws:username}"))("dynamodb")

    assert DENIED == denial(one_by_one, dynamodb, "NOTE#${aws:username}")
