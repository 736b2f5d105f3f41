"""The command by which a VPC lets in another one; words in capitals are to be filled in."""

from collections.abc import Iterable, Mapping

from dualhome.domain.errors import BadTagError
from dualhome.domain.network import Vpc
from dualhome.domain.tags import TagKeys, key_with_room, parse_allow_from, value_with
from dualhome_cli.tagging import tag


def let_in(vpc: Vpc, guest: str, keys: TagKeys) -> str:
    """Return the command by which ``vpc`` lets in the VPC ``guest``; see ``let_all_in``."""
    return let_all_in(vpc, [guest], keys)


def let_all_in(vpc: Vpc, guests: Iterable[str], keys: TagKeys) -> str:
    """
    Return the commands by which ``vpc`` lets in ``guests`` besides those that it lets in now.

    Where a value is full the list is continued by another tag, each in a command of its own; one
    that cannot be read is replaced, by the first of ``guests`` alone.
    """
    if unreadable := unreadable_key(keys, vpc.tags):
        return tag([vpc.id], unreadable, next(iter(guests)))
    changed: dict[str, str] = {}
    for guest in guests:
        tags = {**vpc.tags, **changed}
        key = key_with_room(keys, tags, guest)
        changed[key] = value_with(keys, tags, guest)
    return " && ".join(tag([vpc.id], key, value) for key, value in changed.items())


def unreadable_key(keys: TagKeys, tags: Mapping[str, str]) -> str:
    """Return the key of the first part of a VPC's consent that cannot be read; empty if all can."""
    return next((key for key in sorted(tags) if _is_unreadable(key, tags[key], keys)), "")


def _is_unreadable(key: str, value: str, keys: TagKeys) -> bool:
    if not keys.is_allow_from(key):
        return False
    try:
        parse_allow_from(key, value)
    except BadTagError:
        return True
    return False
