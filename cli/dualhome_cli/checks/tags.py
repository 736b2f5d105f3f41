"""Tags that say nothing, because they are malformed."""

from collections.abc import Callable, Iterator, Mapping

from dualhome.domain.account import Account
from dualhome.domain.errors import BadTagError
from dualhome.domain.tags import (
    TagKeys,
    parse_allow_from,
    parse_device_index,
    parse_policy,
    parse_targets,
)
from dualhome_cli.checks.finding import Remark, warning

Tags = Mapping[str, str]


def malformed_tags(it: Account) -> Iterator[Remark]:
    """A malformed tag attaches nothing, and lets nothing go."""
    keys = it.policy.keys
    for instance in it.instances.values():
        yield from _wrong(instance.id, instance.tags, keys, OF_INSTANCE)
    for vpc in it.vpcs.values():
        yield from _wrong(vpc.id, vpc.tags, keys, OF_VPC)
    for interface in it.interfaces.values():
        yield from _wrong(interface.id, interface.tags, keys, (_pool,))


def _wrong(
    resource: str, tags: Tags, keys: TagKeys, readers: tuple[Callable[[TagKeys, Tags], None], ...]
) -> Iterator[Remark]:
    for read in readers:
        try:
            read(keys, tags)
        except BadTagError as error:
            yield warning(f"{resource}: {error.message}", "Correct the tag.")


def _targets(keys: TagKeys, tags: Tags) -> None:
    parse_targets(keys.targets, tags.get(keys.targets, ""))


def _policy(keys: TagKeys, tags: Tags) -> None:
    parse_policy(keys.policy, tags.get(keys.policy, "each"))


def _served(keys: TagKeys, tags: Tags) -> None:
    _one_name(keys.target, tags)


def _allowed(keys: TagKeys, tags: Tags) -> None:
    parse_allow_from(keys.allow_from, tags.get(keys.allow_from, ""))


def _index(keys: TagKeys, tags: Tags) -> None:
    parse_device_index(tags, keys.device_index)


def _pool(keys: TagKeys, tags: Tags) -> None:
    _one_name(keys.pool, tags)


def _one_name(key: str, tags: Tags) -> None:
    """VPCs and interfaces serve one target each; nobody can ask for any other text."""
    value = tags.get(key, "").strip()
    found = parse_targets(key, value)
    if key in tags and [value] != [str(it.target) for it in found]:
        raise BadTagError(f"{key}={tags[key]!r}: expected the name of one target")


OF_INSTANCE = (_targets, _policy)
OF_VPC = (_served, _allowed, _index)
