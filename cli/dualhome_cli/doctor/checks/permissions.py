"""Whether the functions' roles may do what they must, as IAM's simulation answers."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dualhome.domain.status import StatusScope
from dualhome.domain.tags import TagKeys
from dualhome_cli.doctor.check import Remark, error, note
from dualhome_cli.doctor.checks.stack import Resources

DEPLOY = "Deploy the stack again."

DESCRIBES = (
    "ec2:DescribeInstances",
    "ec2:DescribeInstanceTypes",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeTags",
    "ec2:DescribeVpcs",
)

SWEEPS = ("ec2:DescribeInstances", "ec2:DescribeNetworkInterfaces", "ec2:DescribeVpcs")


@dataclass(frozen=True, slots=True)
class Need:
    """
    What a role, by its name in the template, must be allowed.

    ``resource`` is the end of an EC2 ARN, or ``*``; ``context`` are the condition keys that the
    call brings.
    """

    role: str
    actions: tuple[str, ...]
    resource: str = "*"
    context: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Decision:
    """What IAM says; ``by_organization`` if a policy of the organization is what denies."""

    role: str
    action: str
    allowed: bool
    by_organization: bool = False


def needs(keys: TagKeys, region: str, scope: StatusScope = StatusScope.BOTH) -> tuple[Need, ...]:
    """
    Return what attaching, detaching and reporting need of EC2.

    Every call brings its Region: organizations deny others by it.
    """
    here = {"aws:RequestedRegion": region}
    pooled = here | {f"aws:ResourceTag/{keys.pool}": "mgmt"}
    wanting = here | {f"aws:ResourceTag/{keys.targets}": "mgmt"}
    status = here | {"aws:TagKeys": keys.status}
    tag = ("ec2:CreateTags", "ec2:DeleteTags")
    attach, detach = ("ec2:AttachNetworkInterface",), ("ec2:DetachNetworkInterface",)
    instance, interface = "instance/*", "network-interface/*"
    return (
        Need("ReconcileInstancesRole", DESCRIBES, context=here),
        Need("ReconcileInstancesRole", attach, interface, pooled),
        Need("ReconcileInstancesRole", attach, instance, wanting),
        Need("DetachInterfaceRole", ("ec2:DescribeNetworkInterfaces",), context=here),
        Need("DetachInterfaceRole", detach, interface, pooled),
        Need("DetachInterfaceRole", detach, instance, here),
        Need("CheckDetachedRole", ("ec2:DescribeNetworkInterfaces",), context=here),
        Need("SweepAccountRole", SWEEPS, context=here),
        *([Need("WriteStatusRole", tag, instance, status)] if scope.on_instances else []),
        *(
            [Need("WriteStatusRole", tag, interface, status | pooled)]
            if scope.on_interfaces
            else []
        ),
    )


def permissions(decisions: Sequence[Decision]) -> Iterator[Remark]:
    """A role that lacks a permission fails at its first call; simulated is what ``needs`` names."""
    if not decisions:
        yield note("nothing was simulated: the stack has none of the roles that call EC2", DEPLOY)
    denied = {(it.role, it.action): it.by_organization for it in decisions if not it.allowed}
    for (role, action), by_organization in sorted(denied.items()):
        whose = "the organization's policies" if by_organization else "its policies and boundary"
        yield error(
            f"{role} may not {action}: by IAM's simulation {whose} do not allow it",
            "Let the organization's administrators allow it."
            if by_organization
            else f"{DEPLOY} Look at what was changed by hand.",
        )


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
