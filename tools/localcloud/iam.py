"""What IAM knows on AWS and ministack's evaluator lacks."""

import json
from typing import Any

from localcloud import private

TLS = (b"x-forwarded-proto", b"https")
"""Makes ``aws:SecureTransport`` true: on loopback plain HTTP stands for TLS."""


def install() -> None:
    """Correct the evaluator; call once, after every other change of its actions."""
    action_of = private.original(private.IAM_ACTIONS, "extract_iam_action")
    tags_of = private.original(private.IAM_ACTIONS, "request_tag_context")

    def as_single(service: str, *args: object) -> str | None:
        """SQS API Reference: a batch call is allowed by the action of the single one."""
        action: str | None = action_of(service, *args)
        if action and service == "sqs" and action.endswith("Batch"):
            return action.removesuffix("Batch")
        return action

    def with_sources(service: str, action: str, body: bytes, params: object) -> dict[str, Any]:
        """Service Authorization Reference: ``events:source`` is an ArrayOfString of PutEvents."""
        keys: dict[str, Any] = tags_of(service, action, body, params)
        if action == "events:PutEvents":
            entries = json.loads(body).get("Entries", [])
            keys["events:source"] = sorted({entry.get("Source", "") for entry in entries})
        return keys

    private.replace(private.IAM_ACTIONS, "extract_iam_action", as_single)
    private.replace(private.IAM_ACTIONS, "request_tag_context", with_sources)
