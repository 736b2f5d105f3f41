"""Probes of reads: how far they lag, and what they refuse."""

from typing import Any

from dualhome.domain.errors import PageGoneError
from live.network import Vpc
from live.probe import Seen, unclear
from live.probes import timing
from live.probes.refusals import is_refused_as, is_refused_with
from live.tagging import pairs
from live.world import World

KEY = "probe-read"
VALUE = "after"


def attachment_in_lists(world: World) -> Seen:
    """Attach, and measure how long a list of instances lacks what the interface shows."""
    instance, interface = world.launch(), world.interface()
    world.attach(instance, interface)
    if not world.wait_until(lambda: world.attachment_status(interface) == "attached"):
        return unclear(f"{interface} was not attached in {world.patience:g} s")
    return timing.within(
        world,
        timing.VISIBLE,
        "shown on the instance",
        lambda: interface in _listed_interfaces(world, instance),
    )


def tags_in_lists(world: World) -> Seen:
    """Tag an instance, and measure how long after the event a list lacks the tag."""
    instance = world.launch()
    world.ec2.create_tags(Resources=[instance], Tags=pairs({KEY: VALUE}))
    if not world.wait_until(lambda: _announced(world, instance)):
        return unclear(f"no tag event for {instance} in {world.patience:g} s")
    return timing.within(
        world,
        timing.TAGS_LISTED,
        "shown in the list",
        lambda: {"Key": KEY, "Value": VALUE} in _listed(world, instance).get("Tags", []),
    )


def tags_by_resource(world: World) -> Seen:
    """Tag an interface, and measure how long DescribeTags lacks the tag."""
    interface = world.interface()
    world.ec2.create_tags(Resources=[interface], Tags=pairs({KEY: VALUE}))
    only = [
        {"Name": "resource-id", "Values": [interface]},
        {"Name": "key", "Values": [KEY]},
    ]
    return timing.within(
        world,
        timing.CONFIRMED,
        "shown by DescribeTags",
        lambda: world.ec2.describe_tags(Filters=only)["Tags"],  # type: ignore[arg-type]
    )


def reads_by_id(world: World) -> Seen:
    """Tag a VPC, and measure how long DescribeVpcs by id lacks the tag; it is taken off again."""
    vpc = world.network.application
    world.ec2.create_tags(Resources=[vpc.id], Tags=pairs({KEY: VALUE}))
    try:
        return timing.within(
            world, timing.CONFIRMED, "shown by id", lambda: KEY in _keys_of(world, vpc)
        )
    finally:
        world.ec2.delete_tags(Resources=[vpc.id], Tags=[{"Key": KEY}])


def page_token_error(world: World) -> Seen:
    """Ask for a page by a token that EC2 never gave."""
    call = world.ec2.describe_network_interfaces
    return is_refused_as(PageGoneError, call, MaxResults=5, NextToken="made-up")


def filter_values_limit(world: World) -> Seen:
    """Ask for 201 interfaces by a filter."""
    many = [f"eni-{number:017x}" for number in range(201)]
    return is_refused_with(
        "FilterLimitExceeded",
        world.ec2.describe_network_interfaces,
        Filters=[{"Name": "network-interface-id", "Values": many}],
    )


def _listed(world: World, instance: str) -> dict[str, Any]:
    """Return an instance as a list shows it, by a filter as dualhome asks; empty if it is not."""
    found = world.ec2.describe_instances(Filters=[{"Name": "instance-id", "Values": [instance]}])
    return next((dict(one) for it in found["Reservations"] for one in it["Instances"]), {})


def _listed_interfaces(world: World, instance: str) -> list[str]:
    shown = _listed(world, instance).get("NetworkInterfaces", [])
    return [one["NetworkInterfaceId"] for one in shown]


def _keys_of(world: World, vpc: Vpc) -> list[str]:
    found = world.ec2.describe_vpcs(VpcIds=[vpc.id])["Vpcs"]
    return [tag["Key"] for one in found for tag in one.get("Tags", [])]


def _announced(world: World, instance: str) -> bool:
    events = world.events.about(instance)
    return any(KEY in event["detail"]["changed-tag-keys"] for event in events)
