"""What IAM knows on AWS and ministack's evaluator lacks."""

import json
import re
from collections.abc import Callable
from typing import Any

from localcloud.patches import internals
from localcloud.server.alternatives import Alternatives

TLS = (b"x-forwarded-proto", b"https")
"""Makes ``aws:SecureTransport`` true: on loopback plain HTTP stands for TLS."""

TABLE_POLICY = "table_policy_for_arn"
"""How ministack's evaluator asks a service about the policy that a resource carries."""

VARIABLE = re.compile(r"\$\{([\w:/-]+)\}")
"""A policy variable, such as ``${aws:userid}`` (IAM User Guide, "Variables and tags")."""

SINGLE_ITEM = {f"dynamodb:{verb}Item" for verb in ("Get", "Put", "Update", "Delete")}


def install(alternatives: Alternatives) -> None:
    """Correct the evaluator; call once, after every other change of its actions."""
    action_of = internals.original(internals.IAM_ACTIONS, "extract_iam_action")
    tags_of = internals.original(internals.IAM_ACTIONS, "request_tag_context")

    def as_single(service: str, *args: object) -> str | None:
        """SQS API Reference: a batch call is allowed by the action of the single one."""
        action: str | None = action_of(service, *args)
        if action and service == "sqs" and action.endswith("Batch"):
            return action.removesuffix("Batch")
        return action

    def with_service_keys(service: str, action: str, body: bytes, params: object) -> dict[str, Any]:
        """Service Authorization Reference: both are ArrayOfString."""
        keys: dict[str, Any] = tags_of(service, action, body, params)
        if action == "events:PutEvents":
            entries = json.loads(body).get("Entries", [])
            keys["events:source"] = sorted({entry.get("Source", "") for entry in entries})
        if action in SINGLE_ITEM:
            keys["dynamodb:LeadingKeys"] = _leading_keys(json.loads(body))
        return keys

    internals.add(internals.DYNAMODB, TABLE_POLICY, _policies_of_tables(alternatives))
    lookups = internals.original(internals.IAM_EVALUATOR, "_RESOURCE_POLICY_LOOKUPS")
    lookups["dynamodb"] = ("dynamodb", TABLE_POLICY)
    internals.replace(internals.IAM_ACTIONS, "extract_iam_action", as_single)
    internals.replace(internals.IAM_ACTIONS, "request_tag_context", with_service_keys)
    _know_the_items_of_transactions(alternatives)
    _resolve_policy_variables(alternatives)


class _ItemsTable(str):
    """The ARN of a table, with the partition keys that a part of a transaction names."""

    __slots__ = ("keys",)
    keys: list[str]


def _know_the_items_of_transactions(alternatives: Alternatives) -> None:
    """
    Ask about each item of a transaction as about a call on that item alone.

    Source: DynamoDB Developer Guide, "Using IAM with DynamoDB transactions".
    """
    checks_of = internals.original(internals.IAM_ACTIONS, "dynamodb_transaction_checks")
    enforce = internals.original(internals.IAM_EVALUATOR, "enforce")

    def by_item(action: str, body: bytes, *where: str) -> list[tuple[str, str]]:
        if not checks_of(action, body, *where):
            return []
        found: list[tuple[str, str]] = []
        items = json.loads(body)["TransactItems"]
        joined = alternatives.transactions_join_leading_keys
        for item in items:
            alone = json.dumps({"TransactItems": [item]}).encode()
            for single, arn in checks_of(action, alone, *where):
                table = _ItemsTable(arn)
                table.keys = _keys_of(items if joined else [item])
                found.append((single, table))
        return found

    def with_its_keys(*asked: object, **named: Any) -> object:
        table = named.get("resource_arn")
        if isinstance(table, _ItemsTable) and not alternatives.transactions_have_no_leading_keys:
            others = named.get("service_context") or {}
            named["service_context"] = others | {"dynamodb:LeadingKeys": table.keys}
        return enforce(*asked, **named)

    internals.replace(internals.IAM_ACTIONS, "dynamodb_transaction_checks", by_item)
    internals.replace(internals.IAM_EVALUATOR, "enforce", with_its_keys)


def _resolve_policy_variables(alternatives: Alternatives) -> None:
    """
    Put the request's values in the place of a condition's variables; without one, it is not met.

    Source: IAM User Guide, "IAM policy elements: Variables and tags".
    """
    met = internals.original(internals.IAM_EVALUATOR, "_conditions_met")
    value_of = internals.original(internals.IAM_EVALUATOR, "_resolve_condition_key")

    def with_values(conditions: dict[str, Any], context: object) -> bool:
        text = json.dumps(conditions or {})
        values = {name: value_of(name, context) for name in set(VARIABLE.findall(text))}
        if not values:
            return bool(met(conditions, context))
        if alternatives.userid_is_no_policy_variable:
            values |= dict.fromkeys(values.keys() & {"aws:userid"})
        if not all(isinstance(value, str) for value in values.values()):
            return False
        filled = VARIABLE.sub(lambda found: json.dumps(values[found[1]])[1:-1], text)
        return bool(met(json.loads(filled), context))

    internals.replace(internals.IAM_EVALUATOR, "_conditions_met", with_values)


def _policies_of_tables(alternatives: Alternatives) -> Callable[[str], tuple[str, str] | None]:
    def policy_of_table(arn: str) -> tuple[str, str] | None:
        """Return the policy of the table, also for an index, and the account that owns it."""
        policies = internals.original(internals.DYNAMODB, "_resource_policies")
        found = policies.get(arn.partition("/index/")[0])
        if not found or alternatives.table_policies_are_not_asked:
            return None
        return found["Policy"], arn.split(":")[4]

    return policy_of_table


def _keys_of(items: list[dict[str, Any]]) -> list[str]:
    """Return the partition keys that parts of a transaction name."""
    return [key for item in items for part in item.values() for key in _leading_keys(part)]


def _leading_keys(asked: dict[str, Any]) -> list[str]:
    """Return the value of the partition key that a call on a single item names."""
    table = internals.original(internals.DYNAMODB, "_tables").get(asked.get("TableName"))
    item = asked.get("Key") or asked.get("Item") or {}
    return list(item.get(table["pk_name"], {}).values()) if table else []
