"""The permissions of an operator who may pause, as docs/operations.md has them."""

from collections.abc import Callable, Sequence

from live.roles import Statement

Arn = Callable[[str, str], str]
"""Returns the ARN of a service's resource."""


def may_pause(arn: Arn, stack: str) -> Sequence[Statement]:
    """Return the statements of the document that `dualhome pause` and `resume` need."""
    attachments, audit = (
        arn("dynamodb", f"table/{stack}-{it}Table-*") for it in ("Attachments", "Audit")
    )
    return (
        _allow(
            "FindTheStack",
            "cloudformation:DescribeStacks",
            arn("cloudformation", f"stack/{stack}/*"),
        ),
        _allow(
            "ReadLedgerAndAudit",
            ["dynamodb:Query", "dynamodb:GetItem", "dynamodb:BatchGetItem"],
            [attachments, audit],
        ),
        _allow("RetryAndRelease", "sqs:SendMessage", arn("sqs", f"{stack}-ChangesQueue-*")),
        _allow("PauseAndResume", "dynamodb:PutItem", attachments) | _only("PAUSE"),
        _allow("PauseAndResumeAreAudited", "dynamodb:PutItem", audit)
        | _only("PAUSE#${aws:userid}"),
    )


def _allow(sid: str, action: str | list[str], on: str | list[str]) -> dict[str, object]:
    return {"Sid": sid, "Effect": "Allow", "Action": action, "Resource": on}


def _only(key: str) -> dict[str, object]:
    condition = {
        "ForAllValues:StringEquals": {"dynamodb:LeadingKeys": [key]},
        "Null": {"dynamodb:LeadingKeys": "false"},
    }
    return {"Condition": condition}
