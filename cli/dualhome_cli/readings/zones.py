"""How many interfaces the account has in each zone, and how many it may have."""

from collections import Counter

from botocore.exceptions import BotoCoreError, ClientError

from dualhome_cli.checks.limits import Interfaces
from dualhome_cli.stack import Stack

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
