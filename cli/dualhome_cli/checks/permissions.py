"""Whether the functions' roles may do what they must, as IAM's simulation answers."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from dualhome.domain.status import StatusScope
from dualhome.domain.tags import TagKeys
from dualhome_cli.checks.finding import Remark, error, note

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
        Need("LookAtInterfaceRole", ("ec2:DescribeNetworkInterfaces",), context=here),
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
