"""The run's stack, and what the template keeps when a stack is deleted."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from live.removal.kind import Clients, Kind, carries_run_tag, if_present
from live.tagging import STACK

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_dynamodb import DynamoDBClient

OFTEN: Any = {"Delay": 2, "MaxAttempts": 900}
LOG_GROUPS = (f"/aws/lambda/{STACK}/", f"/aws/vendedlogs/states/{STACK}-")


def _stacks(client: Clients) -> list[str]:
    formation: CloudFormationClient = client("cloudformation")
    try:
        (stack,) = formation.describe_stacks(StackName=STACK)["Stacks"]
    except ClientError as error:
        if error.response["Error"]["Code"] == "ValidationError":  # CloudFormation's "not found"
            return []
        raise
    ours = carries_run_tag(stack.get("Tags", []))
    return [STACK] if ours and stack["StackStatus"] != "DELETE_COMPLETE" else []


def _delete_stacks(client: Clients, stacks: Sequence[str]) -> None:
    formation: CloudFormationClient = client("cloudformation")
    for name in stacks:
        formation.delete_stack(StackName=name)
        formation.get_waiter("stack_delete_complete").wait(StackName=name, WaiterConfig=OFTEN)


def _tables(client: Clients) -> list[str]:
    return list(_tagged_tables(client("dynamodb")))


def _tagged_tables(dynamodb: "DynamoDBClient") -> Iterator[str]:
    for page in dynamodb.get_paginator("list_tables").paginate():
        for name in page["TableNames"]:
            if not name.startswith(f"{STACK}-"):
                continue
            with if_present():
                table = dynamodb.describe_table(TableName=name)["Table"]
                tags = dynamodb.list_tags_of_resource(ResourceArn=table["TableArn"])
                if carries_run_tag(tags.get("Tags", [])) and table["TableStatus"] != "DELETING":
                    yield name


def _delete_tables(client: Clients, tables: Sequence[str]) -> None:
    """Delete tables that carry the run's tag; the template protects its own from deletion."""
    dynamodb: DynamoDBClient = client("dynamodb")
    for name in tables:
        with if_present():
            if dynamodb.describe_table(TableName=name)["Table"].get("DeletionProtectionEnabled"):
                dynamodb.update_table(TableName=name, DeletionProtectionEnabled=False)
                dynamodb.get_waiter("table_exists").wait(TableName=name, WaiterConfig=OFTEN)
            dynamodb.delete_table(TableName=name)
            dynamodb.get_waiter("table_not_exists").wait(TableName=name, WaiterConfig=OFTEN)


def _log_groups(client: Clients) -> list[str]:
    logs = client("logs")
    pages = logs.get_paginator("describe_log_groups")
    return [
        group["logGroupName"]
        for prefix in LOG_GROUPS
        for page in pages.paginate(logGroupNamePrefix=prefix)
        for group in page["logGroups"]
        if carries_run_tag(
            logs.list_tags_for_resource(resourceArn=group["arn"].removesuffix(":*"))["tags"]
        )
    ]


def _delete_log_groups(client: Clients, groups: Sequence[str]) -> None:
    for group in groups:
        with if_present():
            client("logs").delete_log_group(logGroupName=group)


STACKS = Kind("stack", _stacks, _delete_stacks)
TABLES = Kind("table", _tables, _delete_tables)
LOGS = Kind("log group", _log_groups, _delete_log_groups)
