"""Which interfaces an instance may have for a target, and why not each other one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import ip_network

from dualhome.domain.attachment import Attachment
from dualhome.domain.ec2 import GONE, InstanceDescription
from dualhome.domain.errors import BadTagError
from dualhome.domain.identifiers import AccountId, InstanceId, InterfaceId, TargetName, VpcId
from dualhome.domain.observed import ObservedInstance, ObservedInterface, ObservedVpc
from dualhome.domain.pause import UNPAUSED, PauseReading
from dualhome.domain.reasons import Reason
from dualhome.domain.tags import Consent, TagKeys


@dataclass(frozen=True, slots=True)
class Policy:
    """What the deployment decides about choices."""

    account: AccountId
    keys: TagKeys = field(default_factory=TagKeys)
    """Under which keys people tag: plans name them in their texts, and look nothing up."""
    refuse_overlap: bool = False
    pause: PauseReading = UNPAUSED
    """While paused, nothing is attached and nothing detached; reads and records go on."""
    release_delay: timedelta = timedelta()
    """How long a release waits for the second reading that confirms it."""
    release_without_consent: bool = False
    """What is attached goes when the target's VPC takes its consent back; else it is noted."""

    @property
    def paused(self) -> bool:
        """Whether nothing is attached and nothing detached now."""
        return self.pause.paused


@dataclass(frozen=True, slots=True)
class Candidate:
    """
    An interface of a target's pool, seen from the instance that might get it.

    ``claimed``: by another attachment, that of ``claimed_by`` if known.
    """

    interface: ObservedInterface
    instance: ObservedInstance
    target: TargetName
    vpcs: Mapping[VpcId, ObservedVpc]
    policy: Policy
    claimed: bool = False
    claimed_by: InstanceId | None = None

    @property
    def vpc(self) -> ObservedVpc | None:
        """The interface's VPC, if EC2 shows it."""
        return self.vpcs.get(self.interface.vpc)

    @property
    def reserved(self) -> bool:
        """Whether the interface is reserved for the instance, in its zone."""
        return self.interface.is_reserved_for(self.instance) and not _same_zone(self)


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why an interface was not chosen; ``rank`` says how many rules it had passed."""

    interface: InterfaceId
    reason: Reason
    detail: str
    rank: int = 0


Verdict = tuple[Reason, str] | None
Rule = Callable[[Candidate], Verdict]


def _in_pool(candidate: Candidate) -> Verdict:
    if candidate.interface.target == candidate.target:
        return None
    return Reason.NO_TARGET, f"it is not tagged {candidate.policy.keys.pool}={candidate.target}"


def _own_vpc(candidate: Candidate) -> Verdict:
    return _not_ours(candidate.vpc, candidate.policy) if candidate.vpc else None


def _serves_target(candidate: Candidate) -> Verdict:
    if candidate.vpc:
        return _not_named(candidate.vpc, candidate.target, candidate.policy)
    return Reason.NO_TARGET, f"EC2 does not show {candidate.interface.vpc}"


def _other_vpc(candidate: Candidate) -> Verdict:
    """Two interfaces in one VPC invite asymmetric routing; joining two VPCs is the purpose."""
    if candidate.interface.vpc != candidate.instance.vpc:
        return None
    return Reason.SAME_VPC, f"{candidate.interface.vpc} is the instance's own VPC"


def _allowed(candidate: Candidate) -> Verdict:
    """Both sides consent: the VPC's owner names the VPCs that may join. Absent: none."""
    consent = candidate.vpc.consent if candidate.vpc else Consent(candidate.policy.keys)
    if consent.error:
        return Reason.BAD_TAG, f"{candidate.interface.vpc}: {consent.error}"
    if consent.admits(candidate.instance.vpc):
        return None
    theirs, ours = candidate.interface.vpc, candidate.instance.vpc
    asked = f"ask its owner to add it to the tag {consent.key_for(ours)}"
    return Reason.NOT_ALLOWED, f"{theirs} does not list {ours}: {asked}"


def _readable_preference(candidate: Candidate) -> Verdict:
    index = candidate.vpc.device_index if candidate.vpc else None
    if isinstance(index, BadTagError):
        return Reason.BAD_TAG, f"{candidate.interface.vpc}: {index}"
    return None


def _one_account(candidate: Candidate) -> Verdict:
    """EC2 User Guide, "Multiple network interfaces": not across accounts."""
    owners = {candidate.interface.owner, candidate.instance.owner, candidate.policy.account}
    if len(owners) == 1:
        return None
    theirs = f"interface of {candidate.interface.owner}, instance of {candidate.instance.owner}"
    return Reason.ACCOUNT_MISMATCH, f"{theirs}, and we run in {candidate.policy.account}"


def _ordinary(candidate: Candidate) -> Verdict:
    """EC2 User Guide, "Requester-managed network interfaces" and "EC2 managed instances"."""
    interface = candidate.interface
    facts = {
        "managed by the service that requested it": interface.requester_managed,
        "managed by an operator": interface.operator_managed,
        f"of type {interface.type}": interface.type != "interface",
        "on an Outpost": interface.outpost,
    }
    if wrong := next((fact for fact, so in facts.items() if so), None):
        return Reason.INTERFACE_UNUSABLE, f"it is {wrong}"
    return None


def _same_zone(candidate: Candidate) -> Verdict:
    """EC2 User Guide, "Multiple network interfaces": only within an Availability Zone."""
    ours, theirs = candidate.instance, candidate.interface
    ids_agree = ours.zone_id == theirs.zone_id or not (ours.zone_id and theirs.zone_id)
    if ours.zone == theirs.zone and ids_agree:
        return None
    zones: tuple[str, str] = theirs.zone, ours.zone
    if ours.zone == theirs.zone:
        zones = f"{theirs.zone} ({theirs.zone_id})", f"{ours.zone} ({ours.zone_id})"
    return Reason.NO_INTERFACE_IN_ZONE, f"it is in {zones[0]}, the instance in {zones[1]}"


def _tolerable_overlap(candidate: Candidate) -> Verdict:
    overlap = overlapping_cidrs(candidate) if candidate.policy.refuse_overlap else ""
    return (Reason.OVERLAPPING_CIDR, overlap) if overlap else None


def _not_reserved(candidate: Candidate) -> Verdict:
    reserved = candidate.interface.reservation
    if not reserved or candidate.interface.is_reserved_for(candidate.instance):
        return None
    return Reason.RESERVED, f"it is reserved for {reserved}"


def _available(candidate: Candidate) -> Verdict:
    interface = candidate.interface
    if interface.status == "available":
        return None
    attachment = interface.attachment
    holder = attachment.instance if attachment else candidate.claimed_by
    if candidate.reserved:
        return _held_by(candidate, holder)
    where = f", on {holder}" if attachment else ""
    return Reason.POOL_EMPTY, f"it is {interface.status}{where}"


def _unclaimed(candidate: Candidate) -> Verdict:
    if candidate.claimed and candidate.reserved:
        return _held_by(candidate, candidate.claimed_by)
    return (Reason.POOL_EMPTY, "it is claimed by another attachment") if candidate.claimed else None


def _held_by(candidate: Candidate, holder: InstanceId | None) -> Verdict:
    """The same words from claim to detach: a record that waits is written for a new holder."""
    by = f"held by {holder}" if holder else "in use"
    return Reason.RESERVED_IN_USE, f"it is reserved for {candidate.interface.reservation}, and {by}"


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


def why_not_served(vpc: ObservedVpc, target: TargetName, policy: Policy) -> Verdict:
    """Return why ``vpc`` does not serve ``target``; None if it does."""
    return _not_ours(vpc, policy) or _not_named(vpc, target, policy)


def _not_ours(vpc: ObservedVpc, policy: Policy) -> Verdict:
    """
    Tags of this account would give the consent of a network that is another account's.

    Amazon VPC User Guide, "Share your VPC subnets with other accounts": tags are not shared.
    """
    if vpc.owner == policy.account:
        return None
    ours = f"its tags are {policy.account}'s own, since tags on a shared VPC are per account"
    return Reason.ACCOUNT_MISMATCH, f"{vpc.id} belongs to account {vpc.owner}: {ours}"


def _not_named(vpc: ObservedVpc, target: TargetName, policy: Policy) -> Verdict:
    if vpc.serves == target:
        return None
    if isinstance(vpc.serves, BadTagError) and target in vpc.mentions:
        return Reason.BAD_TAG, f"{vpc.id}: {vpc.serves}"
    return Reason.NO_TARGET, f"{vpc.id} is not tagged {policy.keys.target}={target}"


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


def consent_withdrawn(
    record: Attachment,
    instance: InstanceDescription | None,
    vpcs: Mapping[VpcId, ObservedVpc],
    policy: Policy,
) -> bool:
    """
    Return whether the VPC of ``record`` clearly lets in the VPC of ``instance`` no longer.

    What cannot be known is no withdrawal: a VPC that the read does not show, one of another
    account, a tag that cannot be read, an instance that is not shown or is about to go.
    """
    return _consents(record, instance, vpcs, policy) is False


def warnings_now(
    record: Attachment,
    instance: InstanceDescription | None,
    vpcs: Mapping[VpcId, ObservedVpc],
    policy: Policy,
) -> tuple[Reason, ...]:
    """
    Return the warnings that an attached ``record`` shall carry: its own, and that of consent.

    ``CONSENT_WITHDRAWN`` comes and goes with the tags; while they cannot be known, it stays.
    """
    consents = _consents(record, instance, vpcs, policy)
    warned = Reason.CONSENT_WITHDRAWN in record.warnings
    if consents is None or consents is not warned:
        return record.warnings
    others = tuple(it for it in record.warnings if it is not Reason.CONSENT_WITHDRAWN)
    return others if consents else (*others, Reason.CONSENT_WITHDRAWN)


def _consents(
    record: Attachment,
    instance: InstanceDescription | None,
    vpcs: Mapping[VpcId, ObservedVpc],
    policy: Policy,
) -> bool | None:
    """Return None for what cannot be known."""
    vpc = vpcs.get(record.vpc) if record.vpc else None
    if vpc is None or vpc.owner != policy.account:
        return None
    # EC2 shows no VPC of an instance that is terminated.
    if instance is None or instance.state in GONE or not instance.vpc:
        return None
    return None if vpc.consent.error else vpc.consent.admits(instance.vpc)
