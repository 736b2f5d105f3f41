"""What mends a pool that runs low: another interface, or what keeps everybody from having it."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass

from dualhome.domain.account import Account
from dualhome.domain.eligibility import PAIR_RULES, Rejection, why_ineligible
from dualhome.domain.errors import BadTagError
from dualhome.domain.identifiers import VpcId
from dualhome.domain.network import Instance, Interface
from dualhome.domain.pools import another, target_of
from dualhome.domain.reasons import Reason
from dualhome.domain.tags import TagKeys, parse_device_index
from dualhome.domain.view import Reserved
from dualhome_cli.admission import let_all_in, unreadable_key
from dualhome_cli.capacity import Pool, served_by
from dualhome_cli.tagging import tag
from dualhome_cli.usability import why_unusable


@dataclass(frozen=True, slots=True)
class Site:
    """A VPC in which a pool could get another interface; ``fault`` keeps everybody from it."""

    vpc: VpcId
    stocked: int
    fault: Rejection | None


def best_site(pool: Pool, account: Account) -> Site | None:
    """
    Return where another interface helps, in the VPC that has most; else where it nearly does.

    It helps if one of those who ask may have it or, where nobody asks, anybody at all.
    """
    sites = [
        Site(stock.vpc, len(stock.uses), _fault(pool, stock.vpc, account)) for stock in pool.stocks
    ]
    return max(sites, key=_merit, default=None)


def remedy_of(site: Site, pool: Pool, account: Account) -> str:
    """Return the command, or the advice, that mends the shortage of ``pool`` at ``site``."""
    keys, vpc = account.policy.keys, site.vpc
    match site.fault.reason if site.fault else None:
        case None:
            return create(pool, vpc, keys)
        case Reason.NO_TARGET:
            return _serve(pool, vpc, account)
        case Reason.NOT_ALLOWED:
            return _let_in_those_who_ask(pool, vpc, account)
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
    new = another(pool.target, vpc, pool.zone, policy.account, policy.keys)
    if not pool.wanting:
        return why_unusable(new, account.vpcs, policy)
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


def _let_in_those_who_ask(pool: Pool, vpc: VpcId, account: Account) -> str:
    """Let in the VPCs of those who ask beside whom ``vpc`` lets in now."""
    asking = sorted({account.instances[it].vpc for it in pool.wanting} - {vpc})
    return let_all_in(account.vpcs[vpc], asking or ["SOURCE-VPC"], account.policy.keys)


def _correct(pool: Pool, vpc: VpcId, account: Account) -> str:
    """Replace the tag of ``vpc`` that cannot be read."""
    keys, shown = account.policy.keys, account.vpcs[vpc]
    if keys.target in shown.tags and target_of(shown, keys) is None:
        return tag([vpc], keys.target, pool.target)
    try:
        parse_device_index(shown.tags, keys.device_index)
    except BadTagError:
        return tag([vpc], keys.device_index, "INDEX")
    # Who was meant to be let in besides those who ask, its owner knows.
    return tag([vpc], unreadable_key(keys, shown.tags), "SOURCE-VPC")
