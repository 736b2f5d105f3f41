"""Commands fit to be pasted into a shell: dualhome's own, and the AWS CLI's that tag."""

import re
import shlex
from collections.abc import Iterable, Mapping

import click

from dualhome.domain.ec2 import Vpc
from dualhome.domain.errors import BadTagError
from dualhome.domain.tags import TagKeys, key_with_room, parse_allow_from, value_with
from dualhome_cli.main import COMMANDS
from dualhome_cli.stack import Stack

DEFAULT = "dualhome"
"""The stack that needs not be named."""

_NAMES = "|".join(name for section in COMMANDS.values() for name in section)
_OURS = re.compile(rf"\bdualhome (?=({_NAMES})\b)")
_AWS = re.compile(r"\baws [a-z0-9-]+ [a-z-]+")


def with_options(text: str, stack: Stack) -> str:
    """
    Return ``text`` with the operator's own options in each command of it.

    Those of dualhome get what was given: profile, Region, stack. Those of the AWS CLI always get
    the Region, since a shell has a default of its own.
    """
    given = _given()
    profile = given.get("--profile")
    ours = shlex.join(word for pair in given.items() for word in pair)
    aws = shlex.join([*(["--profile", profile] if profile else []), "--region", stack.region])
    text = _AWS.sub(lambda found: f"{found[0]} {aws}", text)
    return _OURS.sub(lambda found: f"{found[0]}{ours} " if ours else found[0], text)


def _given() -> dict[str, str]:
    """Return the options that say where the stack is, as far as they were given."""
    context = click.get_current_context(silent=True)
    values = context.find_root().params if context else {}
    known = {it: values.get(it) for it in ("profile", "region", "stack_name")}
    return {
        f"--{name.replace('_', '-')}": value
        for name, value in known.items()
        if value and (name, value) != ("stack_name", DEFAULT)
    }


def tag(resources: Iterable[str], key: str, value: str) -> str:
    """Return the command that tags ``resources``; words in capitals are to be filled in."""
    pair = shlex.quote(f"Key={key},Value={value}")
    return f"aws ec2 create-tags --resources {' '.join(resources)} --tags {pair}"


def untag(resources: Iterable[str], key: str) -> str:
    """Return the command that takes the tag off ``resources``, whatever its value."""
    return (
        f"aws ec2 delete-tags --resources {' '.join(resources)} --tags {shlex.quote(f'Key={key}')}"
    )


def allow(vpc: Vpc, guest: str, keys: TagKeys) -> str:
    """Return the command by which ``vpc`` allows the VPC ``guest``; see ``allow_all``."""
    return allow_all(vpc, [guest], keys)


def allow_all(vpc: Vpc, guests: Iterable[str], keys: TagKeys) -> str:
    """
    Return the commands by which ``vpc`` allows ``guests`` besides those that it allows now.

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
