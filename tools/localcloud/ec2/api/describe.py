"""Describe calls of instances, interfaces and VPCs: EC2's meaning of ids, filters and pages."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, TypeVar

from localcloud.ec2.api.call import Call, Ec2Error, Reply
from localcloud.ec2.state import moto
from localcloud.ec2.state.model import Identified, Interface
from localcloud.ec2.state.world import World
from localcloud.patches import internals

SMALLEST_PAGE, LARGEST_PAGE = 5, 1000
FILTER_VALUES = 200
Resource = TypeVar("Resource", bound=Identified)


def describe_network_interfaces(world: World, call: Call) -> Reply:
    """
    List interfaces by ids or filters.

    Raises:
        Ec2Error: an id is unknown, or the page is asked for in a way EC2 refuses.
    """
    kind = _Kind("eni-", "NetworkInterfaceId", "networkInterfacesSet", _matches)
    enis = moto.backend(call.scope).enis
    if unknown := sorted(set(call.items(kind.ids)) - enis.keys()):
        message = f"The networkInterface ID '{unknown[0]}' does not exist"
        raise Ec2Error("InvalidNetworkInterfaceID.NotFound", message)
    page, token = _listed(world, call, kind, enis.values())
    return moto.render(call, {"NetworkInterfaces": page, "NextToken": token})


def describe_instances(world: World, call: Call) -> Reply:
    """
    List instances by ids or filters, grouped by reservation; a page counts instances.

    Raises:
        Ec2Error: an id is unknown, or the page is asked for in a way EC2 refuses.
    """
    passes = internals.original("moto.ec2.utils", "passes_filter_dict")
    kind = _Kind(
        "i-", "InstanceId", "instancesSet", lambda one, name, values: passes(one, {name: values})
    )
    ids, backend = call.items(kind.ids), moto.backend(call.scope)
    if unknown := [name for name in ids if backend.get_instance_by_id(name) is None]:
        one = f"The instance ID '{unknown[0]}' does not exist"
        several = f"The instance IDs '{', '.join(unknown)}' do not exist"
        raise Ec2Error("InvalidInstanceID.NotFound", several if unknown[1:] else one)
    reservations = backend.describe_instances({})
    instances = [one for group in reservations for one in group.instances]
    page, token = _listed(world, call, kind, instances)
    shown = {one.id: one for one in page}
    for group in reservations:
        group.instances = [shown[one.id] for one in group.instances if one.id in shown]
    return moto.render(
        call,
        {"Reservations": [group for group in reservations if group.instances], "NextToken": token},
    )


def describe_vpcs(world: World, call: Call) -> Reply:
    """
    List VPCs by ids or filters.

    Raises:
        Ec2Error: an id is unknown, or the page is asked for in a way EC2 refuses.
    """
    passes = internals.original("moto.ec2.utils", "generic_filter")
    kind = _Kind(
        "vpc-", "VpcId", "vpcSet", lambda one, name, values: bool(passes({name: values}, [one]))
    )
    vpcs = moto.backend(call.scope).vpcs
    if unknown := sorted(set(call.items(kind.ids)) - vpcs.keys()):
        message = f"The vpc ID '{unknown[0]}' does not exist"
        raise Ec2Error("InvalidVpcID.NotFound", message)
    page, token = _listed(world, call, kind, vpcs.values())
    return moto.render(call, {"Vpcs": page, "NextToken": token})


def describe_tags(world: World, call: Call) -> Reply:
    """List tags: the present ones, unless by an alternative those before the last change."""
    lag = world.settings.read_lag_seconds if world.alternatives.tag_reads_lag else 0
    since, earlier = world.earlier_tags.get(call.scope, (0, {}))
    if world.timeline.clock() - since >= lag:
        return moto.forward(call)
    with moto.showing_tags(call.scope, earlier):
        return moto.forward(call)


@dataclass(frozen=True)
class _Kind:
    """What one of the calls lists: prefix and parameter of its ids, and how a filter is asked."""

    prefix: str
    ids: str
    wire_name: str
    matches: Callable[[Any, str, list[str]], bool]


def _listed(
    world: World, call: Call, kind: _Kind, now: Iterable[Resource]
) -> tuple[list[Resource], str | None]:
    """Return one page, and the token of the next; a read by id lags only by an alternative."""
    filters, ids = _filters(world, call), call.items(kind.ids)

    def passes(one: Resource) -> bool:
        named = not ids or one.id in ids
        return named and all(kind.matches(one, name, values) for name, values in filters.items())

    if ids and not world.alternatives.reads_by_id_lag:
        return _page(world, call, [one for one in now if one.id in ids and passes(one)], kind)
    listing = world.stale_reads.begin(call, kind.prefix)
    page, token = _page(world, call, listing.found(now, passes), kind)
    return listing.shown(page, passes), token


def _filters(world: World, call: Call) -> dict[str, list[str]]:
    found = {group["Name"]: call.nested(group).items("Value") for group in call.groups("Filter")}
    limited = not world.alternatives.filter_values_have_no_limit
    if limited and sum(map(len, found.values())) > FILTER_VALUES:
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


def _page(
    world: World, call: Call, found: list[Resource], kind: _Kind
) -> tuple[list[Resource], str | None]:
    """Return one page in the order of ids, and the token of the next: the last id shown."""
    wanted = call.params.get("MaxResults")
    if wanted and call.items(kind.ids):
        message = f"The parameter {kind.wire_name} cannot be used with the parameter maxResults"
        raise Ec2Error("InvalidParameterCombination", message)
    if wanted and not SMALLEST_PAGE <= int(wanted) <= LARGEST_PAGE:
        message = f"Value ( {wanted} ) for parameter maxResults is invalid."
        raise Ec2Error("InvalidParameterValue", f"{message} Expecting a value from 5 to 1000.")
    after = call.params.get("NextToken", "")
    if after and not after.startswith(kind.prefix):
        if world.alternatives.bad_page_token_has_another_text:
            raise Ec2Error("InvalidParameterValue", "That page is unknown.")
        message = "The specified pagination token is not valid or is expired."
        raise Ec2Error("InvalidPaginationToken", message)
    left = sorted((one for one in found if one.id > after), key=lambda resource: resource.id)
    size = int(wanted) if wanted else LARGEST_PAGE
    page = left[:size]
    return page, page[-1].id if len(left) > size else None
