"""Whether any instance at all may have an interface of a pool."""

from collections.abc import Iterator, Mapping

from dualhome.domain.eligibility import PAIR_RULES, Candidate, Policy, Rejection, why_ineligible
from dualhome.domain.errors import BadTagError
from dualhome.domain.identifiers import InstanceId, TargetName, VpcId
from dualhome.domain.network import Instance, InstanceState, Interface, Vpc
from dualhome.domain.pools import pool_of, reservation_of
from dualhome.domain.reasons import Reason
from dualhome.domain.tags import ANY_VPC, TagKeys, parse_consent

ANY_INSTANCE = InstanceId("i-any")


def why_unusable(
    interface: Interface, vpcs: Mapping[VpcId, Vpc], policy: Policy
) -> Rejection | None:
    """
    Return the rule that keeps every instance from ``interface``; None if one may have it.

    The rules are those of a plan, applied to instances that suit the interface in all that is
    theirs: account, zone, name, and each VPC that the interface's VPC lets in.
    """
    guests = list(guest_vpcs(vpcs.get(interface.vpc), policy.keys)) or [VpcId("")]
    verdicts = [_verdict(interface, guest, vpcs, policy) for guest in guests]
    faults = [verdict for verdict in verdicts if verdict]
    if len(faults) < len(verdicts):
        return None
    fault = max(faults, key=lambda it: it.rank)
    if fault.reason is Reason.NOT_ALLOWED:
        detail = f"{interface.vpc} lets nobody in: it has no {policy.keys.allow_from} that would"
        return Rejection(interface.id, fault.reason, detail, fault.rank)
    return fault


def guest_vpcs(vpc: Vpc | None, keys: TagKeys) -> Iterator[VpcId]:
    """Yield the VPCs whose instances ``vpc`` lets in, itself left out; ``*`` for any."""
    if vpc is None:
        return
    try:
        allowed = parse_consent(keys, vpc.tags)
    except BadTagError:
        return
    yield from (VpcId(ANY_VPC),) if ANY_VPC in allowed else sorted(map(VpcId, allowed - {vpc.id}))


def _verdict(
    interface: Interface, guest: VpcId, vpcs: Mapping[VpcId, Vpc], policy: Policy
) -> Rejection | None:
    instance = Instance(
        id=ANY_INSTANCE,
        owner=policy.account,
        vpc=guest,
        zone=interface.zone,
        zone_id=interface.zone_id,
        type="",
        state=InstanceState.RUNNING,
        tags={"Name": reservation_of(interface, policy.keys)},
    )
    target = pool_of(interface, policy.keys) or TargetName("")
    return why_ineligible(Candidate(interface, instance, target, vpcs, policy), PAIR_RULES)
