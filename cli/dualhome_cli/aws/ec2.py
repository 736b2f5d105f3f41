"""What the command alone asks of EC2: instances by a filter, and interfaces by zone."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from dualhome.domain.identifiers import InstanceId

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client
    from mypy_boto3_ec2.type_defs import FilterTypeDef

ALIVE = ("pending", "running", "stopping", "stopped")
QUOTA = {"ServiceCode": "vpc", "QuotaCode": "L-DF5E4CA3"}
PAGE = 1000


def find_instances(ec2: "EC2Client", filters: Mapping[str, Sequence[str]]) -> list[InstanceId]:
    """Return the instances that match ``filters``, but for the terminated, by id."""
    wanted: list[FilterTypeDef] = [
        {"Name": name, "Values": list(values)} for name, values in filters.items()
    ]
    alive: FilterTypeDef = {"Name": "instance-state-name", "Values": list(ALIVE)}
    pages = ec2.get_paginator("describe_instances").paginate(Filters=[*wanted, alive])
    found = (it for page in pages for group in page["Reservations"] for it in group["Instances"])
    return sorted(InstanceId(it["InstanceId"]) for it in found)


def count_interfaces(ec2: "EC2Client") -> Mapping[str, int]:
    """Count every interface by zone, page by page, whichever service has created it."""
    pages = ec2.get_paginator("describe_network_interfaces")
    found = pages.paginate(IncludeManagedResources=True, PaginationConfig={"PageSize": PAGE})
    return Counter(it["AvailabilityZone"] for page in found for it in page["NetworkInterfaces"])


def read_interface_quota(quotas: Any) -> int:  # noqa: ANN401 - its types are not installed
    """Return how many interfaces the account may have in a zone."""
    return int(quotas.get_service_quota(**QUOTA)["Quota"]["Value"])
