"""Which interfaces an instance may have for a target, and for each other one, why not."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import ip_network

from dualhome.domain.ec2 import (
    Instance,
    Interface,
    Vpc,
    is_reserved_for,
    mentions,
    pool_of,
    reservation_of,
)
from dualhome.domain.errors import BadTagError
from dualhome.domain.identifiers import AccountId, InstanceId, InterfaceId, TargetName, VpcId
from dualhome.domain.reasons import Reason
from dualhome.domain.tags import (
    ANY_VPC,
    TagKeys,
    key_with_room,
    parse_consent,
    parse_device_index,
    parse_target,
)


@dataclass(frozen=True, slots=True)
class Policy:
    """What the deployment decides about choices."""

    account: AccountId
    keys: TagKeys = field(default_factory=TagKeys)
    refuse_overlap: bool = False
    paused: bool = False
    """Nothing is attached and nothing detached; reads and records go on."""
    release_delay: timedelta = timedelta()
    """How long a release waits for the second reading that confirms it."""
    release_without_consent: bool = False
    """What is attached goes when the target's VPC takes its consent back; else it is noted."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """
    An interface of a target's pool, seen from the instance that might get it.

    ``claimed``: by another attachment, that of ``claimed_by`` if known.
    """

    interface: Interface
    instance: Instance
    target: TargetName
    vpcs: Mapping[VpcId, Vpc]
    policy: Policy
    claimed: bool = False
    claimed_by: InstanceId | None = None

    @property
    def tags_of_vpc(self) -> Mapping[str, str]:
        """The tags of the interface's VPC; empty for a VPC that is not there."""
        vpc = self.vpcs.get(self.interface.vpc)
        return vpc.tags if vpc else {}

    @property
    def reserved(self) -> bool:
        """Whether the interface is reserved for the instance, in its zone."""
        keys = self.policy.keys
        return is_reserved_for(self.instance, self.interface, keys) and not _same_zone(self)


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why an interface was not chosen; ``rank`` says how many rules it had passed."""

    interface: InterfaceId
    reason: Reason
    detail: str
    rank: int = 0


Verdict = tuple[Reason, str] | None
Rule = Callable[[Candidate], Verdict]


def _in_pool(it: Candidate) -> Verdict:
    key = it.policy.keys.pool
    if pool_of(it.interface, it.policy.keys) == it.target:
        return None
    return Reason.NO_TARGET, f"it is not tagged {key}={it.target}"


def _own_vpc(it: Candidate) -> Verdict:
    vpc = it.vpcs.get(it.interface.vpc)
    return _not_ours(vpc, it.policy) if vpc else None


def _serves_target(it: Candidate) -> Verdict:
    if vpc := it.vpcs.get(it.interface.vpc):
        return _not_named(vpc, it.target, it.policy)
    return Reason.NO_TARGET, f"EC2 does not show {it.interface.vpc}"


def _other_vpc(it: Candidate) -> Verdict:
    """Two interfaces in one VPC invite asymmetric routing; joining two VPCs is the purpose."""
    if it.interface.vpc != it.instance.vpc:
        return None
    return Reason.SAME_VPC, f"{it.interface.vpc} is the instance's own VPC"


def _allowed(it: Candidate) -> Verdict:
    """Both sides consent: the VPC's owner names the VPCs that may join. Absent: nobody."""
    keys = it.policy.keys
    try:
        allowed = parse_consent(keys, it.tags_of_vpc)
    except BadTagError as error:
        return Reason.BAD_TAG, f"{it.interface.vpc}: {error}"
    if ANY_VPC in allowed or it.instance.vpc in allowed:
        return None
    missing = f"{it.interface.vpc} does not allow {it.instance.vpc}"
    key = key_with_room(keys, it.tags_of_vpc, it.instance.vpc)
    return Reason.NOT_ALLOWED, f"{missing}: its owner would add it to the tag {key}"


def _readable_preference(it: Candidate) -> Verdict:
    try:
        parse_device_index(it.tags_of_vpc, it.policy.keys.device_index)
    except BadTagError as error:
        return Reason.BAD_TAG, f"{it.interface.vpc}: {error}"
    return None


def _one_account(it: Candidate) -> Verdict:
    """EC2 User Guide, "Multiple network interfaces": not across accounts."""
    owners = {it.interface.owner, it.instance.owner, it.policy.account}
    if len(owners) == 1:
        return None
    theirs = f"interface of {it.interface.owner}, instance of {it.instance.owner}"
    return Reason.ACCOUNT_MISMATCH, f"{theirs}, and we run in {it.policy.account}"


def _ordinary(it: Candidate) -> Verdict:
    """EC2 User Guide, "Requester-managed network interfaces" and "EC2 managed instances"."""
    interface = it.interface
    facts = {
        "managed by the service that requested it": interface.requester_managed,
        "managed by an operator": interface.operator_managed,
        f"of type {interface.type}": interface.type != "interface",
        "on an Outpost": interface.outpost,
    }
    if wrong := next((fact for fact, so in facts.items() if so), None):
        return Reason.INTERFACE_UNUSABLE, f"it is {wrong}"
    return None


def _same_zone(it: Candidate) -> Verdict:
    """EC2 User Guide, "Multiple network interfaces": only within an Availability Zone."""
    here, there = it.instance, it.interface
    ids_agree = here.zone_id == there.zone_id or not (here.zone_id and there.zone_id)
    if here.zone == there.zone and ids_agree:
        return None
    theirs, ours = (f"{it.zone} ({it.zone_id})" for it in (there, here))
    if there.zone != here.zone:
        theirs, ours = there.zone, here.zone
    return Reason.NO_INTERFACE_IN_ZONE, f"it is in {theirs}, the instance in {ours}"


def _tolerable_overlap(it: Candidate) -> Verdict:
    overlap = overlapping_cidrs(it) if it.policy.refuse_overlap else ""
    return (Reason.OVERLAPPING_CIDR, overlap) if overlap else None


def _not_reserved(it: Candidate) -> Verdict:
    reserved = reservation_of(it.interface, it.policy.keys)
    if not reserved or is_reserved_for(it.instance, it.interface, it.policy.keys):
        return None
    return Reason.RESERVED, f"it is reserved for {reserved}"


def _available(it: Candidate) -> Verdict:
    if it.interface.status == "available":
        return None
    holder = it.interface.attachment.instance if it.interface.attachment else it.claimed_by
    if it.reserved:
        return _held_by(it, holder)
    where = f", on {holder}" if it.interface.attachment else ""
    return Reason.POOL_EMPTY, f"it is {it.interface.status}{where}"


def _unclaimed(it: Candidate) -> Verdict:
    if it.claimed and it.reserved:
        return _held_by(it, it.claimed_by)
    return (Reason.POOL_EMPTY, "it is claimed by another attachment") if it.claimed else None


def _held_by(it: Candidate, holder: InstanceId | None) -> Verdict:
    """The same words from claim to detach: a record that waits is written for a new holder."""
    reserved = reservation_of(it.interface, it.policy.keys)
    by = f"held by {holder}" if holder else "in use"
    return Reason.RESERVED_IN_USE, f"it is reserved for {reserved}, and {by}"


PAIR_RULES: tuple[Rule, ...] = (
    _in_pool,
    _own_vpc,
    _serves_target,
    _other_vpc,
    _allowed,
    _readable_preference,
    _one_account,
    _ordinary,
    _same_zone,
    _tolerable_overlap,
    _not_reserved,
)
"""Whether the two may be joined at all; an adopted interface must pass these too."""

RULES: tuple[Rule, ...] = (*PAIR_RULES, _available, _unclaimed)
"""In this order: a candidate's rejection ranks by how far it came."""


def why_ineligible(candidate: Candidate, rules: tuple[Rule, ...] = RULES) -> Rejection | None:
    """Return the first rule that rejects ``candidate``, with its reason; None if it may be had."""
    for rank, rule in enumerate(rules):
        if verdict := rule(candidate):
            reason, detail = verdict
            return Rejection(candidate.interface.id, reason, detail, rank)
    return None


def why_not_served(vpc: Vpc, target: TargetName, policy: Policy) -> Verdict:
    """Return why ``vpc`` does not serve ``target``; None if it does."""
    return _not_ours(vpc, policy) or _not_named(vpc, target, policy)


def _not_ours(vpc: Vpc, policy: Policy) -> Verdict:
    """
    Whoever may tag in this account would give the consent of a network that is not theirs.

    Amazon VPC User Guide, "Share your VPC subnets with other accounts": tags are not shared.
    """
    if vpc.owner == policy.account:
        return None
    ours = f"its tags are {policy.account}'s own, since tags on a shared VPC are per account"
    return Reason.ACCOUNT_MISMATCH, f"{vpc.id} belongs to account {vpc.owner}: {ours}"


def _not_named(vpc: Vpc, target: TargetName, policy: Policy) -> Verdict:
    key = policy.keys.target
    try:
        served = parse_target(key, vpc.tags.get(key, ""))
    except BadTagError as error:
        if mentions(vpc, target, policy.keys):
            return Reason.BAD_TAG, f"{vpc.id}: {error}"
        served = None
    return (
        None if served == target else (Reason.NO_TARGET, f"{vpc.id} is not tagged {key}={target}")
    )


def overlapping_cidrs(candidate: Candidate) -> str:
    """
    Name two overlapping CIDR blocks of the two VPCs; empty if none overlap.

    All blocks count, not only the subnets': routes inside the guest are per VPC.
    """
    ours, theirs = (
        [ip_network(cidr) for cidr in vpc.cidrs] if vpc else []
        for vpc in map(candidate.vpcs.get, (candidate.instance.vpc, candidate.interface.vpc))
    )
    for left in ours:
        for right in theirs:
            if left.version == right.version and left.overlaps(right):
                return f"{left} of {candidate.instance.vpc} overlaps {right} of the target's VPC"
    return ""
