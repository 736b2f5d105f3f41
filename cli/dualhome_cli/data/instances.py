"""EC2's filters for the instances of an Auto Scaling group, or with tags."""

from collections.abc import Mapping, Sequence

import click

GROUP_TAG = "aws:autoscaling:groupName"
"""EC2 Auto Scaling User Guide, "Tag Auto Scaling groups and instances"."""


def filters(group: str | None, tags: Sequence[str]) -> Mapping[str, Sequence[str]]:
    """
    Return EC2's filters for the members of ``group`` that carry ``tags``, each `KEY=VALUE`.

    Of one key any value will do; of several keys each must be there.

    Raises:
        BadParameter: a tag is not written so.
    """
    wanted: dict[str, list[str]] = {f"tag:{GROUP_TAG}": [group]} if group else {}
    for tag in tags:
        key, equals, value = tag.partition("=")
        if not (key and equals):
            raise click.BadParameter(f"{tag!r} is no tag, such as role=web")
        wanted.setdefault(f"tag:{key}", []).append(value)
    return wanted
