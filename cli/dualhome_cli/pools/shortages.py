"""Shortages of pools, in a sentence each, and the command that ends one."""

import shlex
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from dualhome.domain.ec2 import Instance, Interface, pool_of, target_of
from dualhome.domain.errors import BadTagError
from dualhome.domain.identifiers import InterfaceId, SubnetId, TargetName, VpcId, Zone, ZoneId
from dualhome.domain.invariants.snapshot import Account
from dualhome.domain.observed import NEW
from dualhome.domain.planning.eligibility import PAIR_RULES, Rejection, why_ineligible
from dualhome.domain.planning.types import Reserved
from dualhome.domain.reasons import Reason
from dualhome.domain.tags import WHOLE_TAG, TagKeys, parse_device_index
from dualhome_cli.pools.capacity import (
    Pool,
    guest_vpcs,
    misnamed,
    served_by,
    wanted_targets,
    why_unusable,
)
from dualhome_cli.pools.rejections import grouped
from dualhome_cli.ui.shell_commands import allow, allow_all, tag, unreadable_key


@dataclass(frozen=True, slots=True)
class Site:
    """A VPC in which a pool could get another interface; ``fault`` makes it useless to all."""

    vpc: VpcId
    stocked: int
    fault: Rejection | None


class Lack(StrEnum):
    """What is missing."""

    NO_VPC = "no-vpc"
    LOW_WATER = "low-water"
    LOW_UNASKED = "low-unasked"
    """Low, and no instance asks for it: worth knowing, since the alarm counts it."""
    NO_INTERFACES = "no-interfaces"
    NONE_ALLOWED = "nobody-allowed"
    BAD_NAME = "bad-name"
    """A tag of a VPC, or of an interface, names no target."""


@dataclass(frozen=True, slots=True)
class Shortage:
    """
    A lack, in a sentence; ``zone`` and ``vpc`` are None where it is about all of the target's.

    ``remedy`` is a shell command, words in capitals to be filled in, or advice where none helps.
    ``interfaces`` are those that it is about: misnamed, or unusable.
    """

    lack: Lack
    target: TargetName
    zone: Zone | None
    vpc: VpcId | None
    text: str
    remedy: str
    interfaces: tuple[InterfaceId, ...] = ()


def best_site(pool: Pool, account: Account) -> Site | None:
    """
    Return where another interface helps, in the VPC that has most; else where it nearly does.

    It helps if an instance that asks may have it or, where none asks, any instance at all.
    """
    sites = [
        Site(stock.vpc, len(stock.uses), _fault(pool, stock.vpc, account)) for stock in pool.stocks
    ]
    return max(sites, key=_merit, default=None)


def remedy_of(site: Site, pool: Pool, account: Account) -> str:
    """Return the command, or the advice, that ends the shortage of ``pool`` at ``site``."""
    keys, vpc = account.policy.keys, site.vpc
    match site.fault.reason if site.fault else None:
        case None:
            return create(pool, vpc, keys)
        case Reason.NO_TARGET:
            return _serve(pool, vpc, account)
        case Reason.NOT_ALLOWED:
            return _allow_askers(pool, vpc, account)
        case Reason.BAD_TAG:
            return _correct(pool, vpc, account)
        case reason:
            return reason.advice


def create(pool: Pool, vpc: VpcId, keys: TagKeys) -> str:
    """Return the command that adds an interface to ``pool`` in ``vpc``."""
    subnet = next((stock.subnet for stock in pool.stocks if stock.vpc == vpc), None)
    return _create(subnet or f"SUBNET-OF-{vpc}-IN-{pool.zone}", {keys.pool: pool.target})


def reserve(like: Interface, reserved: Reserved, keys: TagKeys) -> str:
    """Return the command that adds an interface beside ``like`` with the same reservation."""
    tags = {keys.pool: reserved.target, keys.reserved_for: reserved.name}
    return _create(like.subnet, tags)


def _create(subnet: str, tags: Mapping[str, str]) -> str:
    pairs = ",".join(f"{{Key={key},Value={_in_shorthand(it)}}}" for key, it in tags.items())
    specification = f"ResourceType=network-interface,Tags=[{pairs}]"
    return (
        f"aws ec2 create-network-interface --subnet-id {subnet}"
        f" --tag-specifications {shlex.quote(specification)}"
    )


def _in_shorthand(value: str) -> str:
    """Return a tag's value as the AWS CLI's shorthand syntax reads it: quoted where need be."""
    if not set(value) & set(" ,=[]{}'\""):
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _merit(site: Site) -> tuple[bool, int, int]:
    return site.fault is None, site.fault.rank if site.fault else 0, site.stocked


def _fault(pool: Pool, vpc: VpcId, account: Account) -> Rejection | None:
    policy = account.policy
    new = Interface(
        id=NEW,
        owner=policy.account,
        vpc=vpc,
        subnet=SubnetId(""),
        zone=pool.zone,
        zone_id=ZoneId(""),
        status="available",
        tags={policy.keys.pool: pool.target},
    )
    if not pool.wanting:
        return why_unusable(new, account.observed_vpcs(), policy)
    askers = (account.instances[it] for it in sorted(pool.wanting))
    verdicts = [_verdict(new, asker, pool, account) for asker in askers]
    faults = [verdict for verdict in verdicts if verdict]
    return max(faults, key=lambda it: it.rank) if len(faults) == len(verdicts) else None


def _verdict(new: Interface, asker: Instance, pool: Pool, account: Account) -> Rejection | None:
    if asker.operator_managed:
        detail = f"{asker.id} is managed by an operator"
        return Rejection(new.id, Reason.INSTANCE_UNUSABLE, detail, len(PAIR_RULES))
    return why_ineligible(account.candidate(new, asker, pool.target), PAIR_RULES)


def _serve(pool: Pool, vpc: VpcId, account: Account) -> str:
    """A VPC serves one target: where that is another one, the pool's tags are wrong."""
    keys, served = account.policy.keys, served_by(account).get(vpc)
    if served is None:
        return tag([vpc], keys.target, pool.target)
    stray = (it for stock in pool.stocks if stock.vpc == vpc for it in sorted(stock.uses))
    return tag(stray, keys.pool, served)


def _allow_askers(pool: Pool, vpc: VpcId, account: Account) -> str:
    """Allow the VPCs of the instances that ask, besides those that ``vpc`` allows now."""
    asking = sorted({account.instances[it].vpc for it in pool.wanting} - {vpc})
    return allow_all(account.vpcs[vpc], asking or ["SOURCE-VPC"], account.policy.keys)


def _correct(pool: Pool, vpc: VpcId, account: Account) -> str:
    """Replace the tag of ``vpc`` that cannot be read."""
    keys, shown = account.policy.keys, account.vpcs[vpc]
    if keys.target in shown.tags and target_of(shown, keys) is None:
        return tag([vpc], keys.target, pool.target)
    try:
        parse_device_index(shown.tags, keys.device_index)
    except BadTagError:
        return tag([vpc], keys.device_index, "INDEX")
    # Its owner alone knows which VPCs it meant to allow besides those of the instances that ask.
    return tag([vpc], unreadable_key(keys, shown.tags), "SOURCE-VPC")


def shortages(account: Account, pools: Iterable[Pool], low_water: int) -> Iterator[Shortage]:
    """Yield what is missing: targets without a VPC, pools that run low, VPCs that cannot serve."""
    served, wanted = set(served_by(account).values()), wanted_targets(account)
    for target, count in sorted(wanted.items()):
        if target not in served:
            yield _unserved(account, target, count)
    for pool in pools:
        known = pool.target in served or (pool.size and pool.target not in wanted)
        if known and pool.is_low(low_water):
            yield _low(pool, account, low_water)
    yield from _bad_names(account)
    yield from _of_vpcs(account)


def _unserved(account: Account, target: TargetName, count: int) -> Shortage:
    """A VPC that holds the pool, or names the target among others, is the one that was meant."""
    keys = account.policy.keys
    served, wrong = served_by(account), misnamed(account)
    named = {vpc for vpc, value in wrong.items() if target in _words(value)}
    stocked = {it.vpc for it in account.interfaces.values() if pool_of(it, keys) == target}
    shared = {vpc for vpc in stocked if _is_shared(vpc, account)}
    meant = sorted(named or stocked - shared - served.keys())
    text = f"{_ask(count)} for {target}, and no VPC serves it"
    if meant:
        text = f"{text}: see the tag {keys.target} of {' and '.join(meant)}"
    elif shared:
        whose = " and ".join(
            f"{vpc} of account {account.vpcs[vpc].owner}" for vpc in sorted(shared)
        )
        text = f"{text}: its pool lies in {whose}, where a tag of this account is no consent"
    elif stocked:
        where = " and ".join(f"{vpc}, which serves {served[vpc]}" for vpc in sorted(stocked))
        text = f"{text}: its pool lies in {where}"
    return Shortage(
        Lack.NO_VPC, target, None, None, text, tag(meant or ["VPC"], keys.target, target)
    )


def _is_shared(vpc: VpcId, account: Account) -> bool:
    """Return whether ``vpc`` is another account's: no tag of this account makes it serve."""
    shown = account.vpcs.get(vpc)
    return shown is not None and shown.owner != account.policy.account


def _bad_names(account: Account) -> Iterator[Shortage]:
    """Yield the tags that name no target; one for the interfaces of a VPC that share a value."""
    keys, served = account.policy.keys, served_by(account)
    for vpc, value in sorted(misnamed(account).items()):
        text = (
            f"{vpc} serves no target: its tag {keys.target}={value!r} is not the name of one target"
        )
        name = TargetName(value.strip() or WHOLE_TAG)
        yield Shortage(Lack.BAD_NAME, name, None, vpc, text, tag([vpc], keys.target, "NAME"))
    alike: dict[tuple[VpcId, str], list[InterfaceId]] = defaultdict(list)
    for it in account.interfaces.values():
        if pool_of(it, keys) is None:
            alike[it.vpc, it.tags.get(keys.pool, "")].append(it.id)
    for (vpc, value), found in sorted(alike.items()):
        first, *others = interfaces = sorted(found)
        more = f" and {len(others)} more" if others else ""
        text = f"{first}{more} in {vpc}: {keys.pool}={value!r} is not the name of one target"
        name = served.get(vpc, TargetName(value.strip() or WHOLE_TAG))
        remedy = tag(interfaces, keys.pool, served.get(vpc, "NAME"))
        yield Shortage(Lack.BAD_NAME, name, None, vpc, text, remedy, tuple(interfaces))


def _of_vpcs(account: Account) -> Iterator[Shortage]:
    keys, vpcs = account.policy.keys, account.observed_vpcs()
    stocked = {(it.vpc, pool_of(it, keys)) for it in account.interfaces.values()}
    for vpc, target in sorted(served_by(account).items()):
        if not stocked & {(vpc, target), (vpc, None)}:
            text = f"{vpc} serves {target}, and no interface in it is tagged {keys.pool}={target}"
            remedy = tag(["INTERFACE"], keys.pool, target)
            yield Shortage(Lack.NO_INTERFACES, target, None, vpc, text, remedy)
        if not any(guest_vpcs(vpcs[vpc])):
            text = f"{vpc} serves {target}, and allows no other VPC: see its tag {keys.allow_from}"
            remedy = allow(account.vpcs[vpc], "SOURCE-VPC", keys)
            yield Shortage(Lack.NONE_ALLOWED, target, None, vpc, text, remedy)


def _low(pool: Pool, account: Account, low_water: int) -> Shortage:
    lack, asked = Lack.LOW_UNASKED, "no instance asks for it"
    if pool.wanting:
        lack = Lack.LOW_WATER
        asked = f"{_ask(len(pool.wanting))} for it, {len(pool.waiting)} without one"
    faults = [fault for stock in pool.stocks for fault in stock.faults]
    site = best_site(pool, account)
    parts = [
        f"{pool.target} in {pool.zone}: {pool.free} free, fewer than {low_water}",
        f"{asked}{_reasons(pool)}",
        *_unusable(faults),
    ]
    if site and site.fault:
        whom = "these instances" if pool.wanting else "every instance"
        parts.append(f"another interface would be ineligible for {whom}: {site.fault.detail}")
    remedy = remedy_of(site, pool, account) if site else ""
    unusable = tuple(sorted(fault.interface for fault in faults))
    return Shortage(lack, pool.target, pool.zone, None, "; ".join(parts), remedy, unusable)


def _reasons(pool: Pool) -> str:
    """Say why the waiting instances wait, as far as it is recorded."""
    reasons = Counter(str(reason) for reason in pool.waiting.values() if reason)
    listed = ", ".join(f"{count} {reason}" for reason, count in sorted(reasons.items()))
    return f" ({listed})" if listed else ""


def _unusable(faults: Iterable[Rejection]) -> Iterator[str]:
    for it in grouped(faults):
        such_as = "for example " if it.count > 1 else ""
        example = f"{it.example.interface}, {it.example.detail}"
        yield f"{it.count} unusable for {it.reason}: {such_as}{example}"


def _words(value: str) -> list[str]:
    return value.replace(",", " ").split()


def _ask(count: int) -> str:
    return f"{count} instance asks" if count == 1 else f"{count} instances ask"
