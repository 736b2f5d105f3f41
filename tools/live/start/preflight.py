"""What speaks against a run, found out before anything is made."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from botocore.exceptions import ClientError

from live.account import Account, NotBegunError
from live.removal.removal import describe, leftovers
from live.tagging import STACK

ACTIONS: Sequence[str] = (
    *(f"cloudformation:{it}" for it in ("CreateChangeSet", "ExecuteChangeSet", "DeleteStack")),
    *(f"dynamodb:{it}" for it in ("CreateTable", "DeleteTable", "UpdateTable", "TagResource")),
    *(f"ec2:{it}" for it in ("CreateVpc", "CreateSubnet", "CreateNetworkInterface", "CreateTags")),
    *(f"ec2:{it}" for it in ("RunInstances", "StopInstances", "TerminateInstances")),
    *(f"ec2:{it}" for it in ("AttachNetworkInterface", "DetachNetworkInterface")),
    *(f"ec2:{it}" for it in ("DeleteNetworkInterface", "DeleteSubnet", "DeleteVpc")),
    *(f"events:{it}" for it in ("PutRule", "PutTargets", "RemoveTargets", "DeleteRule")),
    *(f"iam:{it}" for it in ("CreateRole", "TagRole", "PutRolePolicy", "PassRole", "DeleteRole")),
    *(f"lambda:{it}" for it in ("CreateFunction", "PublishLayerVersion", "DeleteFunction")),
    *(f"logs:{it}" for it in ("CreateLogGroup", "DeleteLogGroup", "TagResource")),
    *(f"s3:{it}" for it in ("CreateBucket", "PutObject", "DeleteObject", "DeleteBucket")),
    *(f"sqs:{it}" for it in ("CreateQueue", "SetQueueAttributes", "DeleteQueue", "TagQueue")),
    *(f"states:{it}" for it in ("CreateStateMachine", "DeleteStateMachine", "StartExecution")),
    *("kms:CreateKey", "sns:CreateTopic", "cloudwatch:PutMetricAlarm", "scheduler:CreateSchedule"),
    "ssm:GetParameters",
)
"""What a run calls, itself or by CloudFormation; reading aside, and not to the last action."""

MOST_NAMED = 5
"""Of what is in the way, so many are named: one is enough to find the rest."""


def check(account: Account, say: Callable[[str], None]) -> None:
    """
    Refuse to begin where a run could touch what is not its own, or could not end.

    Raises:
        NotBegunError: what is in the way, and what to do.
    """
    if left := leftovers(account.client):
        raise NotBegunError(
            f"A run has left this behind, or is still going: {describe(left)}.\n"
            "Remove it first: make live CLEANUP=1 (or --cleanup)."
        )
    if users := list(_users_of_the_prefix(account)):
        raise NotBegunError(
            f"The tag prefix `{STACK}` is in use by {', '.join(users[:MOST_NAMED])}.\n"
            "Two stacks would act on each other's resources: take these tags away, or choose"
            " another Region."
        )
    denied = _denied(account, say)
    if denied:
        raise NotBegunError(
            f"{account.arn} lacks permissions: {', '.join(denied)}.\n"
            "docs/live.md has a policy; use other credentials, or have these added."
        )


def _users_of_the_prefix(account: Account) -> Iterator[str]:
    keys = [f"{STACK}:*", f"{STACK}-status"]
    pages = account.client("ec2").get_paginator("describe_tags")
    for page in pages.paginate(Filters=[{"Name": "key", "Values": keys}]):
        for tag in page["Tags"]:
            yield f"{tag['ResourceId']} (tag {tag['Key']})"
    for page in account.client("cloudformation").get_paginator("describe_stacks").paginate():
        for stack in page["Stacks"]:
            if stack["StackName"] == STACK or _has_the_prefix(stack):
                yield f"stack {stack['StackName']}"


def _has_the_prefix(stack: dict[str, Any]) -> bool:
    return any(
        (it["ParameterKey"], it.get("ParameterValue")) == ("TagPrefix", STACK)
        for it in stack.get("Parameters", [])
    )


def _denied(account: Account, say: Callable[[str], None]) -> list[str]:
    """Return the actions that IAM would deny, as far as its simulation knows."""
    who = principal(account.arn)
    if who is None:
        return []
    try:
        pages = account.client("iam").get_paginator("simulate_principal_policy")
        answers = pages.paginate(PolicySourceArn=who, ActionNames=list(ACTIONS))
        return [
            it["EvalActionName"]
            for page in answers
            for it in page["EvaluationResults"]
            if it["EvalDecision"] != "allowed"
        ]
    except ClientError as error:
        say(f"Permissions were not checked before: {error}")
        return []


def principal(arn: str) -> str | None:
    """
    Return the user or role that IAM can simulate for a caller; None for the root user.

    A role with a path is not found: STS leaves paths out.
    """
    _, partition, _, _, account, resource = arn.split(":", 5)
    kind, _, name = resource.partition("/")
    if kind == "assumed-role":
        return f"arn:{partition}:iam::{account}:role/{name.partition('/')[0]}"
    return arn if kind == "user" else None
