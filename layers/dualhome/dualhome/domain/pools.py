"""Which pool an interface is in, for whom, and which target a VPC serves: the same for all."""

from dualhome.domain.errors import BadTagError
from dualhome.domain.identifiers import (
    AccountId,
    InterfaceId,
    SubnetId,
    TargetName,
    VpcId,
    Zone,
    ZoneId,
)
from dualhome.domain.network import Instance, Interface, Vpc
from dualhome.domain.tags import TagKeys, names_in, parse_target, parse_targets


def pool_of(interface: Interface, keys: TagKeys) -> TargetName | None:
    """
    Return the target whose pool ``interface`` is in; None if its tag names no target.

    The tag is the name alone, without blanks: pools are found by EC2's filter, which is exact.
    """
    try:
        names = [want.target for want in parse_targets(keys.pool, interface.tags[keys.pool])]
    except (BadTagError, KeyError):
        return None
    return names[0] if [interface.tags[keys.pool]] == names else None


NEW = InterfaceId("eni-new")
"""Stands for an interface that nobody has created yet."""


def another(
    target: TargetName, vpc: VpcId, zone: Zone, account: AccountId, keys: TagKeys
) -> Interface:
    """Return the ordinary interface that the pool of ``target`` could get in ``vpc``."""
    return Interface(
        id=NEW,
        owner=account,
        vpc=vpc,
        subnet=SubnetId(""),
        zone=zone,
        zone_id=ZoneId(""),
        status="available",
        tags={keys.pool: target},
    )


def reservation_of(interface: Interface, keys: TagKeys) -> str:
    """Return the instance id or name that alone may have ``interface``; empty for anybody."""
    return interface.tags.get(keys.reserved_for, "").strip()


def is_reserved_for(instance: Instance, interface: Interface, keys: TagKeys) -> bool:
    """Return whether ``interface`` is reserved, and for ``instance``: by its id, or its name."""
    reserved = reservation_of(interface, keys)
    return bool(reserved) and reserved in {instance.id, instance.name.strip()}


def target_of(vpc: Vpc, keys: TagKeys) -> TargetName | None:
    """
    Return the one target that the tag of ``vpc`` names; None if it is absent or malformed.

    That the tag counts is not said: whose VPC it is, is a rule of eligibility.
    """
    try:
        return parse_target(keys.target, vpc.tags[keys.target])
    except (BadTagError, KeyError):
        return None


def mentions(vpc: Vpc, target: TargetName, keys: TagKeys) -> bool:
    """Return whether ``target`` is among what the tag of ``vpc`` names, malformed or not."""
    return target in names_in(vpc.tags.get(keys.target, ""))
