"""What keeps targets from being had, whoever asks, and the command that mends it."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from dualhome.domain.account import Account
from dualhome.domain.eligibility import Rejection
from dualhome.domain.identifiers import InterfaceId, TargetName, VpcId, Zone
from dualhome.domain.pools import pool_of
from dualhome.domain.tags import WHOLE_TAG
from dualhome_cli.admission import let_in
from dualhome_cli.capacity import Pool, misnamed, served_by, wanted_targets
from dualhome_cli.grouping import grouped
from dualhome_cli.remedies import best_site, remedy_of
from dualhome_cli.tagging import tag
from dualhome_cli.usability import guest_vpcs


class Lack(StrEnum):
    """What is missing."""

    NO_VPC = "no-vpc"
    LOW_WATER = "low-water"
    LOW_UNASKED = "low-unasked"
    """Low, and nobody asks for it: worth knowing, since the alarm counts it."""
    NO_INTERFACES = "no-interfaces"
    NOBODY_ALLOWED = "nobody-allowed"
    BAD_NAME = "bad-name"
    """A tag of a VPC, or of an interface, names no target."""


@dataclass(frozen=True, slots=True)
class Shortage:
    """
    A lack, in a sentence; ``zone`` and ``vpc`` are None where it is about all of the target's.

    ``remedy`` is a shell command, words in capitals to be filled in, or advice where none helps.
    ``interfaces`` are those that it is about: misnamed, or of no use to anybody.
    """

    lack: Lack
    target: TargetName
    zone: Zone | None
    vpc: VpcId | None
    text: str
    remedy: str
    interfaces: tuple[InterfaceId, ...] = ()


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
        text = f"{text}: its pool lies in {whose}, whose tags here are no consent of its owner"
    elif stocked:
        where = " and ".join(f"{vpc}, which serves {served[vpc]}" for vpc in sorted(stocked))
        text = f"{text}: its pool lies in {where}"
    return Shortage(
        Lack.NO_VPC, target, None, None, text, tag(meant or ["VPC"], keys.target, target)
    )


def _is_shared(vpc: VpcId, account: Account) -> bool:
    """Return whether ``vpc`` is another account's: a tag on it here makes it serve nobody."""
    shown = account.vpcs.get(vpc)
    return shown is not None and shown.owner != account.policy.account


def _bad_names(account: Account) -> Iterator[Shortage]:
    """Yield the tags that name no target; one for the interfaces of a VPC that share a value."""
    keys, served = account.policy.keys, served_by(account)
    for vpc, value in sorted(misnamed(account).items()):
        text = f"{vpc} serves nobody: its tag {keys.target}={value!r} is not the name of one target"
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
    keys = account.policy.keys
    stocked = {(it.vpc, pool_of(it, keys)) for it in account.interfaces.values()}
    for vpc, target in sorted(served_by(account).items()):
        if not stocked & {(vpc, target), (vpc, None)}:
            text = f"{vpc} serves {target}, and no interface in it is tagged {keys.pool}={target}"
            remedy = tag(["INTERFACE"], keys.pool, target)
            yield Shortage(Lack.NO_INTERFACES, target, None, vpc, text, remedy)
        if not any(guest_vpcs(account.vpcs[vpc], keys)):
            text = f"{vpc} serves {target}, and lets nobody in: see its tag {keys.allow_from}"
            remedy = let_in(account.vpcs[vpc], "SOURCE-VPC", keys)
            yield Shortage(Lack.NOBODY_ALLOWED, target, None, vpc, text, remedy)


def _low(pool: Pool, account: Account, low_water: int) -> Shortage:
    lack, asked = Lack.LOW_UNASKED, "nobody asks for it"
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
        whoever = "those who ask" if pool.wanting else "nobody"
        could = "could not have another one" if pool.wanting else "could have another one"
        parts.append(f"{whoever} {could}: {site.fault.detail}")
    remedy = remedy_of(site, pool, account) if site else ""
    unusable = tuple(sorted(fault.interface for fault in faults))
    return Shortage(lack, pool.target, pool.zone, None, "; ".join(parts), remedy, unusable)


def _reasons(pool: Pool) -> str:
    """Say why those wait who wait, unless nothing is recorded of them."""
    reasons = Counter(str(reason) for reason in pool.waiting.values() if reason)
    listed = ", ".join(f"{count} {reason}" for reason, count in sorted(reasons.items()))
    return f" ({listed})" if listed else ""


def _unusable(faults: Iterable[Rejection]) -> Iterator[str]:
    for it in grouped(faults):
        such_as = "such as " if it.count > 1 else ""
        example = f"{it.example.interface}, {it.example.detail}"
        yield f"{it.count} unusable for {it.reason}: {such_as}{example}"


def _words(value: str) -> list[str]:
    return value.replace(",", " ").split()


def _ask(count: int) -> str:
    return f"{count} instance asks" if count == 1 else f"{count} instances ask"
