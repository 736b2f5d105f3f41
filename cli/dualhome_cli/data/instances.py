"""Which instances a person means by an Auto Scaling group, or by tags."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from dualhome.domain.identifiers import InstanceId

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client
    from mypy_boto3_ec2.type_defs import FilterTypeDef

GROUP_TAG = "aws:autoscaling:groupName"
"""EC2 Auto Scaling User Guide, "Tag Auto Scaling groups and instances"."""

ALIVE = ("pending", "running", "stopping", "stopped")


def filters(group: str | None, tags: Sequence[str]) -> "list[FilterTypeDef]":
    """
    Return EC2's filters for the members of ``group`` that carry ``tags``, each `KEY=VALUE`.

    Of one key any value will do; of several keys each must be there.

    Raises:
        BadParameter: a tag is not written so.
    """
    wanted: dict[str, list[str]] = {GROUP_TAG: [group]} if group else {}
    for tag in tags:
        key, equals, value = tag.partition("=")
        if not (key and equals):
            raise click.BadParameter(f"{tag!r} is no tag, such as role=web")
        wanted.setdefault(key, []).append(value)
    return [{"Name": f"tag:{key}", "Values": values} for key, values in wanted.items()]


def found_by(ec2: "EC2Client", wanted: "Sequence[FilterTypeDef]") -> list[InstanceId]:
    """Return the instances that match ``wanted``, but for the terminated, by id."""
    alive: FilterTypeDef = {"Name": "instance-state-name", "Values": list(ALIVE)}
    pages = ec2.get_paginator("describe_instances").paginate(Filters=[*wanted, alive])
    found = (it for page in pages for group in page["Reservations"] for it in group["Instances"])
    return sorted(InstanceId(it["InstanceId"]) for it in found)
