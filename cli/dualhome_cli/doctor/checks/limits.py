"""How near the account is to AWS's limits: interfaces per zone."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError

from dualhome_cli.doctor.check import Remark, Severity, error, note, warning
from dualhome_cli.stack import Stack

DEFAULT_QUOTA = 5000
"""Interfaces in a zone (Amazon VPC User Guide, "Amazon VPC quotas")."""

NEARLY = 0.8


@dataclass(frozen=True, slots=True)
class Interfaces:
    """The account's interfaces by zone, of whatever service; ``quota`` None is not known."""

    by_zone: Mapping[str, int]
    quota: int | None


def interface_quota(it: Interfaces) -> Iterator[Remark]:
    """Nobody can create an interface, nor launch an instance, beyond it."""
    quota = it.quota or DEFAULT_QUOTA
    remedy = "Ask for more in Service Quotas: Amazon VPC, network interfaces."
    for zone, count in sorted(it.by_zone.items()):
        what = f"{zone}: {count} of {quota} interfaces"
        if count >= quota:
            yield error(what, remedy)
        elif count >= NEARLY * quota:
            yield warning(what, remedy)
        else:
            yield Remark(Severity.OK, what)
    if it.quota is None:
        yield note(f"the account's own quota cannot be read; taken is AWS's default, {quota}")


QUOTA = {"ServiceCode": "vpc", "QuotaCode": "L-DF5E4CA3"}
PAGE = 1000


def interfaces(stack: Stack) -> Interfaces:
    """Count every interface, page by page, whichever service has made it."""
    pages = stack.client("ec2").get_paginator("describe_network_interfaces")
    found = pages.paginate(IncludeManagedResources=True, PaginationConfig={"PageSize": PAGE})
    zones = Counter(it["AvailabilityZone"] for page in found for it in page["NetworkInterfaces"])
    return Interfaces(zones, _quota(stack))


def _quota(stack: Stack) -> int | None:
    try:
        answer = stack.client("service-quotas").get_service_quota(**QUOTA)
    except (
        ClientError,
        BotoCoreError,
    ):  # whatever keeps it from us: AWS's default is as good a guess
        return None
    return int(answer["Quota"]["Value"])
