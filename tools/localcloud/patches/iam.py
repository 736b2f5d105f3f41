"""What IAM knows on AWS and ministack's evaluator lacks."""

import json
from typing import Any

from localcloud.patches import internals
from localcloud.server.alternatives import Alternatives

TLS = (b"x-forwarded-proto", b"https")
"""Makes ``aws:SecureTransport`` true: on loopback plain HTTP stands for TLS."""

TRANSACTION = "dynamodb:TransactWriteItems"
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
        if action == TRANSACTION and not alternatives.transactions_have_no_leading_keys:
            keys["dynamodb:LeadingKeys"] = _leading_keys_of_all(json.loads(body))
        return keys

    internals.replace(internals.IAM_ACTIONS, "extract_iam_action", as_single)
    internals.replace(internals.IAM_ACTIONS, "request_tag_context", with_service_keys)


def _leading_keys_of_all(asked: dict[str, Any]) -> list[str]:
    parts = [part for item in asked.get("TransactItems", []) for part in item.values()]
    return sorted({key for part in parts for key in _leading_keys(part)})


def _leading_keys(asked: dict[str, Any]) -> list[str]:
    """Return the value of the partition key that a call on a single item names."""
    table = internals.original(internals.DYNAMODB, "_tables").get(asked.get("TableName"))
    item = asked.get("Key") or asked.get("Item") or {}
    return list(item.get(table["pk_name"], {}).values()) if table else []
