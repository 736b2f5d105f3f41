"""Whether the functions' roles have their permissions, by IAM's simulation."""

from collections.abc import Iterator, Sequence

from dualhome.domain.status import StatusScope
from dualhome.domain.tags import TagKeys
from dualhome_cli.doctor.check import Remark, error, note
from dualhome_cli.doctor.facts import Decision, Need
from dualhome_cli.stack import Stack

DEPLOY = "Deploy the stack again."

DESCRIBES = (
    "ec2:DescribeInstances",
    "ec2:DescribeInstanceTypes",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeTags",
    "ec2:DescribeVpcs",
)

SWEEPS = ("ec2:DescribeInstances", "ec2:DescribeNetworkInterfaces", "ec2:DescribeVpcs")


def needs(keys: TagKeys, region: str, scope: StatusScope = StatusScope.BOTH) -> tuple[Need, ...]:
    """
    Return what attaching, detaching and reporting need of EC2.

    Every call carries its Region: organizations deny others by it.
    """
    regional = {"aws:RequestedRegion": region}
    pooled = regional | {f"aws:ResourceTag/{keys.pool}": "mgmt"}
    wanting = regional | {f"aws:ResourceTag/{keys.targets}": "mgmt"}
    status = regional | {"aws:TagKeys": keys.status}
    tag = ("ec2:CreateTags", "ec2:DeleteTags")
    attach, detach = ("ec2:AttachNetworkInterface",), ("ec2:DetachNetworkInterface",)
    instance, interface = "instance/*", "network-interface/*"
    return (
        Need("ReconcileInstancesRole", DESCRIBES, context=regional),
        Need("ReconcileInstancesRole", attach, interface, pooled),
        Need("ReconcileInstancesRole", attach, instance, wanting),
        Need("DetachInterfaceRole", ("ec2:DescribeNetworkInterfaces",), context=regional),
        Need("DetachInterfaceRole", detach, interface, pooled),
        Need("DetachInterfaceRole", detach, instance, regional),
        Need("CheckDetachedRole", ("ec2:DescribeNetworkInterfaces",), context=regional),
        Need("SweepAccountRole", SWEEPS, context=regional),
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
            else f"{DEPLOY} Check the role for manual changes.",
        )


def decisions(stack: Stack) -> list[Decision]:
    """Simulate each need by one call; roles that are not there are left out."""
    roles = stack.resources.roles()
    return [
        decision
        for need in needs(stack.keys, stack.region, stack.status_scope)
        if need.role in roles
        for decision in stack.simulator.decisions(need, roles[need.role])
    ]
