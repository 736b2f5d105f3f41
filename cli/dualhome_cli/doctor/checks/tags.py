"""Malformed tags, and resources without room for another tag."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from dualhome.domain.ec2 import pool_of
from dualhome.domain.errors import BadTagError
from dualhome.domain.invariants.snapshot import Account
from dualhome.domain.status import StatusScope
from dualhome.domain.tags import (
    TagKeys,
    parse_consent,
    parse_device_index,
    parse_policy,
    parse_target,
    parse_targets,
)
from dualhome_cli.doctor.check import Remark, warning
from dualhome_cli.pools.capacity import served_by
from dualhome_cli.ui.shell_commands import tag, unreadable_key

Tags = Mapping[str, str]
Read = Callable[[TagKeys, Tags], None]
Fill = Callable[[TagKeys, Tags], tuple[str, str]]
"""The key of a tag, and the word to be filled in."""

MOST_TAGS = 50
"""
Tags of a resource; those of AWS, whose keys begin with ``aws:``, do not count.

Source: EC2 User Guide, "Tag your Amazon EC2 resources", tag restrictions.
"""

SHARED = "Remove the tag; let a VPC that this account owns serve the target."


@dataclass(frozen=True, slots=True)
class TagRoom:
    """An account, and which of its resources carry a status tag."""

    account: Account
    scope: StatusScope


def malformed_tags(account: Account) -> Iterator[Remark]:
    """A malformed tag attaches nothing, and releases nothing."""
    keys, served = account.policy.keys, served_by(account)
    for instance in account.instances.values():
        yield from _wrong(instance.id, instance.tags, keys, OF_INSTANCE)
    for vpc in account.vpcs.values():
        if vpc.owner == account.policy.account:
            yield from _wrong(vpc.id, vpc.tags, keys, OF_VPC)
        elif keys.target in vpc.tags:
            said = f"{vpc.id}: {keys.target}={vpc.tags[keys.target]!r} serves no instance"
            whose = (
                f"the VPC is account {vpc.owner}'s, and only shared with {account.policy.account}"
            )
            yield warning(f"{said}: {whose}", SHARED)
    for interface in account.interfaces.values():
        if pool_of(interface, keys) is None:
            said = f"{interface.id}: {keys.pool}={interface.tags.get(keys.pool, '')!r}"
            yield warning(
                f"{said}: expected the name of one target, without blanks",
                tag([interface.id], keys.pool, served.get(interface.vpc, "NAME")),
            )


def full(room: TagRoom) -> Iterator[Remark]:
    """EC2 refuses a tag beyond the limit: such a resource never has a status."""
    key = room.account.policy.keys.status
    instances = room.account.instances.values() if room.scope.on_instances else ()
    interfaces = room.account.interfaces.values() if room.scope.on_interfaces else ()
    for resource in (*instances, *interfaces):
        own = [name for name in resource.tags if not name.startswith("aws:")]
        if len(own) >= MOST_TAGS and key not in own:
            yield warning(
                f"{resource.id} has {len(own)} tags, as many as EC2 allows: no room for {key}",
                "Remove one of its tags; the next sweeps write the status.",
            )


def _wrong(
    resource: str,
    tags: Tags,
    keys: TagKeys,
    readers: Mapping[Read, Fill],
) -> Iterator[Remark]:
    for read, fill in readers.items():
        try:
            read(keys, tags)
        except BadTagError as error:
            yield warning(f"{resource}: {error.message}", tag([resource], *fill(keys, tags)))


def _targets(keys: TagKeys, tags: Tags) -> None:
    parse_targets(keys.targets, tags.get(keys.targets, ""))


def _policy(keys: TagKeys, tags: Tags) -> None:
    parse_policy(keys.policy, tags.get(keys.policy, "each"))


def _allowed(keys: TagKeys, tags: Tags) -> None:
    parse_consent(keys, tags)


def _index(keys: TagKeys, tags: Tags) -> None:
    parse_device_index(tags, keys.device_index)


def _served(keys: TagKeys, tags: Tags) -> None:
    """A VPC serves one target; no instance can ask for any other text."""
    if keys.target in tags:
        parse_target(keys.target, tags[keys.target])


OF_INSTANCE: Mapping[Read, Fill] = {
    _targets: lambda keys, _: (keys.targets, "NAME"),
    _policy: lambda keys, _: (keys.policy, "ALL-OR-EACH"),
}
OF_VPC: Mapping[Read, Fill] = {
    _served: lambda keys, _: (keys.target, "NAME"),
    _allowed: lambda keys, tags: (unreadable_key(keys, tags), "SOURCE-VPC"),
    _index: lambda keys, _: (keys.device_index, "INDEX"),
}
