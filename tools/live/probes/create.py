"""Probes of CreateNetworkInterface and of CreateTags."""

from botocore.exceptions import ClientError
from ulid import ULID

from live.probe import Seen
from live.probes.refusals import is_refused_with, refusal
from live.tagging import pairs, specify
from live.world import World


def group_of_other_vpc_error(world: World) -> Seen:
    """Create an interface in one VPC with a group of the other."""
    groups = [world.network.application.group]
    return is_refused_with("InvalidGroup.NotFound", world.interface, Groups=groups)


def default_group_on_create(world: World) -> Seen:
    """Create an interface without groups, and look at those that it has."""
    target = world.network.target
    try:
        made = world.ec2.create_network_interface(
            SubnetId=target.subnet,
            TagSpecifications=specify(world.run, {}, "network-interface"),
        )
    except ClientError as error:
        return refusal(error)
    groups = [it["GroupId"] for it in made["NetworkInterface"]["Groups"]]
    return Seen(groups == [target.group], f"its groups are {groups}; the default is {target.group}")


def client_token_after_delete(world: World) -> Seen:
    """Create, delete, and create again with the same client token."""
    token = str(ULID())
    first = world.interface(ClientToken=token)
    world.ec2.delete_network_interface(NetworkInterfaceId=first)
    world.wait_until(lambda: not world.shown_interface(first))
    try:
        again = world.interface(ClientToken=token)
    except ClientError as error:
        return refusal(error)
    exists = "exists" if world.shown_interface(again) else "does not exist"
    return Seen(again == first, f"{first} was deleted; the answer names {again}, which {exists}")


def tag_length_error(world: World) -> Seen:
    """Write a tag value of 257 characters."""
    return is_refused_with(
        "InvalidParameterValue",
        world.ec2.create_tags,
        Resources=[world.interface()],
        Tags=pairs({"probe": "x" * 257}),
    )
