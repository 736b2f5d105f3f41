"""Commands of the AWS CLI that mend a tag; words in capitals are to be filled in."""

import shlex

from dualhome.domain.errors import BadTagError
from dualhome.domain.network import Vpc
from dualhome.domain.tags import TagKeys, key_with_room, parse_allow_from, value_with


def tag(resource: str, key: str, value: str) -> str:
    """Return the command that gives ``resource`` a tag."""
    pair = shlex.quote(f"Key={key},Value={value}")
    return f"aws ec2 create-tags --resources {resource} --tags {pair}"


def let_in(vpc: Vpc, guest: str, keys: TagKeys) -> str:
    """
    Return the command by which ``vpc`` lets in the VPC ``guest`` besides those that it lets in now.

    Where a value is full the list is continued by another tag; one that cannot be read is replaced.
    """
    if unreadable := next(filter(lambda key: _unreadable(vpc, key, keys), sorted(vpc.tags)), ""):
        return tag(vpc.id, unreadable, guest)
    return tag(vpc.id, key_with_room(keys, vpc.tags, guest), value_with(keys, vpc.tags, guest))


def _unreadable(vpc: Vpc, key: str, keys: TagKeys) -> bool:
    if not keys.is_allow_from(key):
        return False
    try:
        parse_allow_from(key, vpc.tags[key])
    except BadTagError:
        return True
    return False
