"""What an attachment does to a network: ranges that overlap, public addresses that are lost."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from dualhome.domain.ec2 import Instance, Interface, pool_of
from dualhome.domain.identifiers import InstanceId, TargetName, VpcId
from dualhome.domain.invariants.snapshot import Account
from dualhome.domain.planning.eligibility import (
    PAIR_RULES,
    consent_withdrawn,
    overlapping_cidrs,
    why_ineligible,
)
from dualhome.domain.reasons import Reason
from dualhome.domain.states import State
from dualhome_cli.doctor.check import Remark, listed, note, warning
from dualhome_cli.status.warnings import keep
from dualhome_cli.ui.shell_commands import allow

APART = frozenset(
    {
        Reason.SAME_VPC,
        Reason.NOT_ALLOWED,
        Reason.NO_TARGET,
        Reason.ACCOUNT_MISMATCH,
        Reason.BAD_TAG,
    }
)


def overlaps(account: Account) -> Iterator[Remark]:
    """Routes inside the guest are per VPC: every block of both counts."""
    one_of_each = {
        (pool_of(interface, account.policy.keys), interface.vpc): interface
        for interface in account.interfaces.values()
    }
    found: dict[str, list[str]] = {}
    for instance in account.instances.values():
        for overlap in _overlaps_of(instance, one_of_each.values(), account):
            found.setdefault(overlap, []).append(instance.id)
    for overlap, instances in sorted(found.items()):
        about = f"{overlap}: {listed(sorted(instances))}"
        if account.policy.refuse_overlap:
            advice = Reason.OVERLAPPING_CIDR.advice
            yield warning(f"refused, since {about}", advice, sorted(instances))
        else:
            yield note(about, Reason.OVERLAPPING_CIDR.advice, sorted(instances))


def _overlaps_of(instance: Instance, offered: Iterable[Interface], account: Account) -> set[str]:
    """Check one interface of each VPC; a pair that no rule would attach is no overlap."""
    found = set()
    for want in account.wanted(instance) or ():
        for interface in offered:
            candidate = account.candidate(interface, instance, want.target)
            rejection = why_ineligible(candidate, PAIR_RULES)
            if rejection and rejection.reason in APART:
                continue
            if overlap := overlapping_cidrs(candidate):
                found.add(overlap.replace("the target's VPC", interface.vpc))
    return found


def withdrawn(account: Account) -> Iterator[Remark]:
    """Both sides consent: without, the two owners must settle what stays attached."""
    found: dict[tuple[VpcId, VpcId, TargetName], list[InstanceId]] = defaultdict(list)
    vpcs = account.observed_vpcs()
    for record in account.records.values():
        instance = account.instances.get(record.instance)
        if record.state != State.ATTACHED or instance is None or record.vpc is None:
            continue
        if consent_withdrawn(record, instance, vpcs, account.policy):
            found[record.vpc, instance.vpc, record.target].append(instance.id)
    for (vpc, guest, target), instances in sorted(found.items()):
        named = sorted(instances)
        release = f"dualhome release {' '.join(named)} --target {target}"
        yield warning(
            f"{vpc} no longer allows {guest}, and is attached to {listed(named)}",
            f"{allow(account.vpcs[vpc], guest, account.policy.keys)} -- or: {release}",
            named,
        )


def public_addresses(account: Account) -> Iterator[Remark]:
    """
    EC2 gives no new public IPv4 address to an instance that starts with a second interface.

    Source: EC2 User Guide, "Elastic network interfaces".
    """
    dual = {
        record.instance for record in account.records.values() if record.state == State.ATTACHED
    }
    losing = sorted(
        instance.id
        for instance in account.instances.values()
        if instance.automatic_public_ip and instance.id in dual
    )
    if losing:
        yield warning(
            f"the public IPv4 address will be lost at the next stop of {listed(losing)}",
            "Associate an Elastic IP address with each.",
            losing,
        )


def deletions(account: Account) -> Iterator[Remark]:
    """What a record warns of, as EC2 shows it now: the flag may be newer than the record."""
    for record in account.records.values():
        shown = account.interfaces.get(record.interface) if record.interface else None
        seen = shown.attachment if shown else None
        ours = seen and record.holding and seen.id == record.attachment_id
        if seen and ours and seen.delete_on_termination:
            what = f"{seen.interface} will be deleted with {record.instance}"
            yield warning(f"{what}: its DeleteOnTermination is set", keep(seen.interface, seen.id))
