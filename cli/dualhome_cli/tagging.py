"""The commands of the AWS CLI that tag resources, and take tags off."""

import shlex
from collections.abc import Iterable


def tag(resources: Iterable[str], key: str, value: str) -> str:
    """Return the command that tags ``resources``; words in capitals are to be filled in."""
    pair = shlex.quote(f"Key={key},Value={value}")
    return f"aws ec2 create-tags --resources {' '.join(resources)} --tags {pair}"


def untag(resources: Iterable[str], key: str) -> str:
    """Return the command that takes the tag off ``resources``, whatever its value."""
    return (
        f"aws ec2 delete-tags --resources {' '.join(resources)} --tags {shlex.quote(f'Key={key}')}"
    )
