"""The command of the AWS CLI that tags resources."""

import shlex
from collections.abc import Iterable


def tag(resources: Iterable[str], key: str, value: str) -> str:
    """Return the command that tags ``resources``; words in capitals are to be filled in."""
    pair = shlex.quote(f"Key={key},Value={value}")
    return f"aws ec2 create-tags --resources {' '.join(resources)} --tags {pair}"
