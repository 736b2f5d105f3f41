"""DescribeInstances and DescribeNetworkInterfaces: EC2's meaning of ids, filters and pages."""

from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import Any, TypeVar

from localcloud.ec2 import moto
from localcloud.ec2.call import Call, Ec2Error, Reply
from localcloud.ec2.model import Identified, Interface

SMALLEST_PAGE, LARGEST_PAGE = 5, 1000
FILTER_VALUES = 200
Resource = TypeVar("Resource", bound=Identified)


def describe_network_interfaces(call: Call) -> Reply:
    """
    List interfaces by ids or filters.

    Raises:
        Ec2Error: an id is unknown, or the page is asked for in a way EC2 refuses.
    """
    ids = call.items("NetworkInterfaceId")
    found = _chosen(moto.backend(call.scope).enis.values(), ids)
    if unknown := sorted(set(ids) - {eni.id for eni in found}):
        message = f"The networkInterface ID '{unknown[0]}' does not exist"
        raise Ec2Error("InvalidNetworkInterfaceID.NotFound", message)
    for name, patterns in _filters(call).items():
        found = [eni for eni in found if _matches(eni, name, patterns)]
    page, token = _page(call, found, "networkInterfacesSet" if ids else "")
    return moto.render(call, {"NetworkInterfaces": page, "NextToken": token})


def describe_instances(call: Call) -> Reply:
    """
    List instances by ids or filters, grouped by reservation; a page counts instances.

    Raises:
        Ec2Error: an id is unknown, or the page is asked for in a way EC2 refuses.
    """
    ids, backend = call.items("InstanceId"), moto.backend(call.scope)
    if unknown := [name for name in ids if backend.get_instance_by_id(name) is None]:
        one = f"The instance ID '{unknown[0]}' does not exist"
        several = f"The instance IDs '{', '.join(unknown)}' do not exist"
        raise Ec2Error("InvalidInstanceID.NotFound", several if unknown[1:] else one)
    reservations = backend.describe_instances(_filters(call))
    found = _chosen((one for group in reservations for one in group.instances), ids)
    page, token = _page(call, found, "instancesSet" if ids else "")
    shown = {instance.id for instance in page}
    for group in reservations:
        group.instances = [one for one in group.instances if one.id in shown]
    return moto.render(
        call,
        {"Reservations": [group for group in reservations if group.instances], "NextToken": token},
    )


def _chosen(resources: Iterable[Resource], ids: list[str]) -> list[Resource]:
    return [resource for resource in resources if not ids or resource.id in ids]


def _filters(call: Call) -> dict[str, list[str]]:
    found = {group["Name"]: call.nested(group).items("Value") for group in call.groups("Filter")}
    if sum(map(len, found.values())) > FILTER_VALUES:
        message = (
            f"The maximum number of filter values specified on a single call is {FILTER_VALUES}"
        )
        raise Ec2Error("FilterLimitExceeded", message)
    return found


def _matches(interface: Interface, name: str, patterns: list[str]) -> bool:
    """Any value matching any pattern will do (EC2 API Reference, "Filter")."""
    value: Any = interface.get_filter_value(name)
    values = value if isinstance(value, list) else [value]
    texts = [str(one).lower() if isinstance(one, bool) else str(one) for one in values]
    return any(fnmatchcase(text, pattern) for text in texts for pattern in patterns)


def _page(call: Call, found: list[Resource], by_id: str) -> tuple[list[Resource], str | None]:
    """Return one page in the order of ids, and the token of the next: the last id shown."""
    wanted = call.params.get("MaxResults")
    if wanted and by_id:
        message = f"The parameter {by_id} cannot be used with the parameter maxResults"
        raise Ec2Error("InvalidParameterCombination", message)
    if wanted and not SMALLEST_PAGE <= int(wanted) <= LARGEST_PAGE:
        message = f"Value ( {wanted} ) for parameter maxResults is invalid."
        raise Ec2Error("InvalidParameterValue", f"{message} Expecting a value from 5 to 1000.")
    after = call.params.get("NextToken", "")
    if after and not after.startswith(("i-", "eni-")):
        message = "The specified pagination token is not valid or is expired."
        raise Ec2Error("InvalidPaginationToken", message)
    left = sorted((one for one in found if one.id > after), key=lambda resource: resource.id)
    size = int(wanted) if wanted else LARGEST_PAGE
    page = left[:size]
    return page, page[-1].id if len(left) > size else None
