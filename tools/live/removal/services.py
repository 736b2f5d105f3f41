"""What a run makes beside stack and network: rules, queues, roles, state machines, a bucket."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from live.removal.kind import Clients, Kind, carries_run_tag, if_present
from live.tagging import STACK, bucket_prefix, role_path

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_stepfunctions import SFNClient

MOST_KEYS = 1000
"""S3 API Reference, DeleteObjects."""


def _rules(client: Clients) -> list[str]:
    events: EventBridgeClient = client("events")
    pages = events.get_paginator("list_rules").paginate(NamePrefix=f"{STACK}-")
    return [
        rule["Name"]
        for page in pages
        for rule in page["Rules"]
        if carries_run_tag(events.list_tags_for_resource(ResourceARN=rule["Arn"])["Tags"])
    ]


def _delete_rules(client: Clients, rules: Sequence[str]) -> None:
    events: EventBridgeClient = client("events")
    for rule in rules:
        with if_present():
            targets = [it["Id"] for it in events.list_targets_by_rule(Rule=rule)["Targets"]]
            if targets:
                events.remove_targets(Rule=rule, Ids=targets)
            events.delete_rule(Name=rule)


def _queues(client: Clients) -> list[str]:
    sqs: SQSClient = client("sqs")
    found = []
    for page in sqs.get_paginator("list_queues").paginate(QueueNamePrefix=f"{STACK}-"):
        for url in page.get("QueueUrls", []):
            with if_present():
                if carries_run_tag(sqs.list_queue_tags(QueueUrl=url).get("Tags", {})):
                    found.append(url)
    return found


def _delete_queues(client: Clients, queues: Sequence[str]) -> None:
    for url in queues:
        with if_present():
            client("sqs").delete_queue(QueueUrl=url)


def _state_machines(client: Clients) -> list[str]:
    machines: SFNClient = client("stepfunctions")
    found = []
    for page in machines.get_paginator("list_state_machines").paginate():
        for machine in page["stateMachines"]:
            arn = machine["stateMachineArn"]
            with if_present():
                if machine["name"].startswith(f"{STACK}-") and carries_run_tag(
                    machines.list_tags_for_resource(resourceArn=arn)["tags"]
                ):
                    found.append(arn)
    return found


def _delete_state_machines(client: Clients, machines: Sequence[str]) -> None:
    for arn in machines:
        with if_present():
            client("stepfunctions").delete_state_machine(stateMachineArn=arn)


def _roles(client: Clients) -> list[str]:
    """Return those below the path of this Region: roles are the account's in all Regions."""
    iam = client("iam")
    path = role_path(region_of(client))
    return [
        role["RoleName"]
        for page in iam.get_paginator("list_roles").paginate(PathPrefix=path)
        for role in page["Roles"]
        if carries_run_tag(iam.list_role_tags(RoleName=role["RoleName"])["Tags"])
    ]


def _delete_roles(client: Clients, roles: Sequence[str]) -> None:
    iam = client("iam")
    for role in roles:
        with if_present():
            for policy in iam.list_role_policies(RoleName=role)["PolicyNames"]:
                iam.delete_role_policy(RoleName=role, PolicyName=policy)
            iam.delete_role(RoleName=role)


def _buckets(client: Clients) -> list[str]:
    """Return those with a run's name: a crash may come between a bucket and its tag."""
    account = client("sts").get_caller_identity()["Account"]
    prefix = bucket_prefix(account, region_of(client))
    return [
        bucket["Name"]
        for bucket in client("s3").list_buckets()["Buckets"]
        if bucket["Name"].startswith(prefix)
    ]


def _delete_buckets(client: Clients, buckets: Sequence[str]) -> None:
    s3 = client("s3")
    for bucket in buckets:
        with if_present():
            pages = s3.get_paginator("list_objects_v2").paginate(
                Bucket=bucket, PaginationConfig={"PageSize": MOST_KEYS}
            )
            for page in pages:
                if keys := [it["Key"] for it in page.get("Contents", [])]:
                    s3.delete_objects(
                        Bucket=bucket, Delete={"Objects": [{"Key": key} for key in keys]}
                    )
            s3.delete_bucket(Bucket=bucket)


def region_of(client: Clients) -> str:
    """Return the Region that a run is in."""
    region: str = client("ec2").meta.region_name
    return region


RULES = Kind("rule", _rules, _delete_rules)
QUEUES = Kind("queue", _queues, _delete_queues)
STATE_MACHINES = Kind("state machine", _state_machines, _delete_state_machines)
ROLES = Kind("role", _roles, _delete_roles)
BUCKETS = Kind("bucket", _buckets, _delete_buckets)
