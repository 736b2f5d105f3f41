"""What keeps targets from being had, whoever asks, and the command that mends it."""

import shlex
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from dualhome.domain.account import Account
from dualhome.domain.identifiers import TargetName, VpcId, Zone
from dualhome.domain.pools import pool_of
from dualhome.domain.tags import TagKeys
from dualhome_cli.capacity import Pool, served_by, wanted_targets
from dualhome_cli.remedies import let_in, tag
from dualhome_cli.usability import guest_vpcs


class Lack(StrEnum):
    """What is missing."""

    NO_VPC = "no-vpc"
    LOW_WATER = "low-water"
    LOW_UNASKED = "low-unasked"
    """Low, and nobody asks for it: worth knowing, since the alarm counts it."""
    NO_INTERFACES = "no-interfaces"
    NOBODY_ALLOWED = "nobody-allowed"


@dataclass(frozen=True, slots=True)
class Shortage:
    """
    A lack, in a sentence; ``zone`` and ``vpc`` are None where it is about all of the target's.

    ``remedy`` is a shell command, words in capitals to be filled in.
    """

    lack: Lack
    target: TargetName
    zone: Zone | None
    vpc: VpcId | None
    text: str
    remedy: str


def shortages(account: Account, pools: Iterable[Pool], low_water: int) -> Iterator[Shortage]:
    """Yield what is missing: targets without a VPC, pools that run low, VPCs that cannot serve."""
    keys = account.policy.keys
    served = set(served_by(account).values())
    for target, count in sorted(wanted_targets(account).items()):
        if target not in served:
            text = f"{_ask(count)} for {target}, and no VPC serves it"
            remedy = tag("VPC", keys.target, target)
            yield Shortage(Lack.NO_VPC, target, None, None, text, remedy)
    for pool in pools:
        if (pool.target in served or pool.size) and pool.is_low(low_water):
            yield _low(pool, keys, low_water)
    yield from _of_vpcs(account)


def _of_vpcs(account: Account) -> Iterator[Shortage]:
    keys = account.policy.keys
    stocked = {(it.vpc, pool_of(it, keys)) for it in account.interfaces.values()}
    for vpc, target in sorted(served_by(account).items()):
        if (vpc, target) not in stocked:
            text = f"{vpc} serves {target}, and no interface in it is tagged {keys.pool}={target}"
            remedy = tag("INTERFACE", keys.pool, target)
            yield Shortage(Lack.NO_INTERFACES, target, None, vpc, text, remedy)
        if not any(guest_vpcs(account.vpcs[vpc], keys)):
            text = f"{vpc} serves {target}, and lets nobody in: see its tag {keys.allow_from}"
            remedy = let_in(account.vpcs[vpc], "SOURCE-VPC", keys)
            yield Shortage(Lack.NOBODY_ALLOWED, target, None, vpc, text, remedy)


def _low(pool: Pool, keys: TagKeys, low_water: int) -> Shortage:
    lack, asked = Lack.LOW_UNASKED, "nobody asks for it"
    if pool.wanting:
        lack = Lack.LOW_WATER
        asked = f"{_ask(len(pool.wanting))} for it, {len(pool.waiting)} without one"
    text = f"{pool.target} in {pool.zone}: {pool.free} free, fewer than {low_water}; {asked}"
    return Shortage(lack, pool.target, pool.zone, None, text, add_capacity(pool, keys))


def add_capacity(pool: Pool, keys: TagKeys) -> str:
    """Return the command that adds an interface to ``pool``, in the VPC that has most there."""
    stock = max(pool.stocks, key=lambda it: len(it.uses), default=None)
    vpc = stock.vpc if stock else VpcId("VPC")
    subnet = (stock and stock.subnet) or f"SUBNET-OF-{vpc}-IN-{pool.zone}"
    tags = f"ResourceType=network-interface,Tags=[{{Key={keys.pool},Value={pool.target}}}]"
    return (
        f"aws ec2 create-network-interface --subnet-id {subnet} "
        f"--tag-specifications {shlex.quote(tags)}"
    )


def _ask(count: int) -> str:
    return f"{count} instance asks" if count == 1 else f"{count} instances ask"
