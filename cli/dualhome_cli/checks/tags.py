"""Tags that say nothing, because they are malformed."""

from collections.abc import Callable, Iterator, Mapping

from dualhome.domain.account import Account
from dualhome.domain.errors import BadTagError
from dualhome.domain.pools import pool_of
from dualhome.domain.tags import (
    TagKeys,
    parse_consent,
    parse_device_index,
    parse_policy,
    parse_target,
    parse_targets,
)
from dualhome_cli.checks.finding import Remark, warning

Tags = Mapping[str, str]

CORRECT = "Correct the tag."
SHARED = "Remove the tag; let a VPC that this account owns serve the target."


def malformed_tags(it: Account) -> Iterator[Remark]:
    """A malformed tag attaches nothing, and lets nothing go."""
    keys = it.policy.keys
    for instance in it.instances.values():
        yield from _wrong(instance.id, instance.tags, keys, OF_INSTANCE)
    for vpc in it.vpcs.values():
        if vpc.owner == it.policy.account:
            yield from _wrong(vpc.id, vpc.tags, keys, OF_VPC)
        elif keys.target in vpc.tags:
            said = f"{vpc.id}: {keys.target}={vpc.tags[keys.target]!r} serves nobody"
            whose = f"the VPC is account {vpc.owner}'s, and only shared with {it.policy.account}"
            yield warning(f"{said}: {whose}", SHARED)
    for interface in it.interfaces.values():
        if pool_of(interface, keys) is None:
            said = f"{interface.id}: {keys.pool}={interface.tags.get(keys.pool, '')!r}"
            yield warning(f"{said}: expected the name of one target, without blanks", CORRECT)


def _wrong(
    resource: str, tags: Tags, keys: TagKeys, readers: tuple[Callable[[TagKeys, Tags], None], ...]
) -> Iterator[Remark]:
    for read in readers:
        try:
            read(keys, tags)
        except BadTagError as error:
            yield warning(f"{resource}: {error.message}", CORRECT)


def _targets(keys: TagKeys, tags: Tags) -> None:
    parse_targets(keys.targets, tags.get(keys.targets, ""))


def _policy(keys: TagKeys, tags: Tags) -> None:
    parse_policy(keys.policy, tags.get(keys.policy, "each"))


def _allowed(keys: TagKeys, tags: Tags) -> None:
    parse_consent(keys, tags)


def _index(keys: TagKeys, tags: Tags) -> None:
    parse_device_index(tags, keys.device_index)


def _served(keys: TagKeys, tags: Tags) -> None:
    """A VPC serves one target; nobody can ask for any other text."""
    if keys.target in tags:
        parse_target(keys.target, tags[keys.target])


OF_INSTANCE = (_targets, _policy)
OF_VPC = (_served, _allowed, _index)
