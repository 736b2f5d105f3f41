"""What IAM's simulation says of the functions' roles."""

from collections.abc import Iterator, Mapping
from typing import Any

from dualhome_cli.checks.permissions import Decision, Need, needs
from dualhome_cli.readings.resources import Resources


def decisions(resources: Resources) -> list[Decision]:
    """Ask for each need by one call; roles that are not there are left out."""
    stack = resources.stack
    roles = resources.names.get("AWS::IAM::Role", {})
    return [
        decision
        for need in needs(stack.keys, stack.region, stack.status_scope)
        if need.role in roles
        for decision in _simulated(resources, need, roles[need.role])
    ]


def _simulated(resources: Resources, need: Need, role: str) -> Iterator[Decision]:
    stack = resources.stack
    partition = stack.session.get_partition_for_region(stack.region)
    arn = f"arn:{partition}:ec2:{stack.region}:{stack.account}:{need.resource}"
    answer = stack.client("iam").simulate_principal_policy(
        PolicySourceArn=f"arn:{partition}:iam::{stack.account}:role/{role}",
        ActionNames=list(need.actions),
        ResourceArns=[arn if need.resource != "*" else "*"],
        ContextEntries=[_entry(key, value) for key, value in need.context.items()],
    )
    for it in answer["EvaluationResults"]:
        above = it.get("OrganizationsDecisionDetail", {})
        yield Decision(
            role=need.role,
            action=it["EvalActionName"],
            allowed=it["EvalDecision"] == "allowed",
            by_organization=above.get("AllowedByOrganizations") is False,
        )


def _entry(key: str, value: str) -> Mapping[str, Any]:
    kind = "stringList" if key == "aws:TagKeys" else "string"
    return {"ContextKeyName": key, "ContextKeyValues": [value], "ContextKeyType": kind}
