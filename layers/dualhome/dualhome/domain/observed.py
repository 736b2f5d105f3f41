"""
EC2's resources with what their tags say: the one place where tags become facts.

The first reading of an invocation, the second one by id, and the sweep all pass through these three
functions. What plans see has no ``tags``: each fact is a parsed value, or the error of a malformed
tag.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from dualhome.domain.desired_state import DesiredState, desired_in
from dualhome.domain.ec2 import InstanceDescription, InterfaceDescription, VpcDescription
from dualhome.domain.errors import BadTagError
from dualhome.domain.identifiers import (
    AccountId,
    InterfaceId,
    SubnetId,
    TargetName,
    VpcId,
    Zone,
    ZoneId,
)
from dualhome.domain.tags import (
    Consent,
    TagKeys,
    names_in,
    parse_device_index,
    parse_pool,
    parse_target,
    read_consent,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservedInstance(InstanceDescription):
    """
    An instance and what its tags ask for.

    ``tagged``: it carries the tag ``targets`` or ``ignore``; ``ignored``: the latter.
    ``status_tag`` is what the tag that the status writer writes says; empty without one.
    """

    desired: DesiredState
    name: str = ""
    tagged: bool = False
    ignored: bool = False
    status_tag: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservedInterface(InterfaceDescription):
    """
    An interface, the pool that it is in, and the instance id or Name that it is reserved for.

    ``pool`` is None without the tag; ``reservation`` is empty for an interface that any may have.
    """

    pool: TargetName | BadTagError | None
    reservation: str = ""
    status_tag: str = ""

    @property
    def target(self) -> TargetName | None:
        """The target whose pool it is in; None if its tag is absent, or names no target."""
        return None if isinstance(self.pool, BadTagError) else self.pool

    def is_reserved_for(self, instance: ObservedInstance) -> bool:
        """Return whether it is reserved, and for ``instance``: by its id, or its Name."""
        return bool(self.reservation) and self.reservation in {instance.id, instance.name.strip()}


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservedVpc(VpcDescription):
    """
    A VPC, the target that it serves, whom it lets in, and the device index that it prefers.

    ``serves`` is None without the tag. ``mentions`` are the targets that the tag may be meant for,
    malformed or not. Whether the tags count is a rule of eligibility: the VPC may be another
    account's.
    """

    serves: TargetName | BadTagError | None
    mentions: frozenset[TargetName]
    consent: Consent
    device_index: int | BadTagError | None = None


def observed_instance(
    shown: InstanceDescription, tags: Mapping[str, str], keys: TagKeys
) -> ObservedInstance:
    """Return the instance ``shown`` with what ``tags`` ask for."""
    return ObservedInstance(
        id=shown.id,
        owner=shown.owner,
        vpc=shown.vpc,
        zone=shown.zone,
        zone_id=shown.zone_id,
        type=shown.type,
        state=shown.state,
        attachments=shown.attachments,
        operator_managed=shown.operator_managed,
        automatic_public_ip=shown.automatic_public_ip,
        desired=desired_in(shown.state, tags, keys),
        name=tags.get("Name", ""),
        tagged=keys.targets in tags or keys.ignore in tags,
        ignored=keys.ignore in tags,
        status_tag=tags.get(keys.status, ""),
    )


def observed_interface(
    shown: InterfaceDescription, tags: Mapping[str, str], keys: TagKeys
) -> ObservedInterface:
    """Return the interface ``shown`` with the pool and the reservation that ``tags`` name."""
    pool: TargetName | BadTagError | None = None
    if keys.pool in tags:
        try:
            pool = parse_pool(keys.pool, tags[keys.pool])
        except BadTagError as error:
            pool = error
    return ObservedInterface(
        id=shown.id,
        owner=shown.owner,
        vpc=shown.vpc,
        subnet=shown.subnet,
        zone=shown.zone,
        zone_id=shown.zone_id,
        status=shown.status,
        type=shown.type,
        requester_managed=shown.requester_managed,
        operator_managed=shown.operator_managed,
        outpost=shown.outpost,
        attachment=shown.attachment,
        address=shown.address,
        pool=pool,
        reservation=tags.get(keys.reserved_for, "").strip(),
        status_tag=tags.get(keys.status, ""),
    )


def observed_vpc(shown: VpcDescription, tags: Mapping[str, str], keys: TagKeys) -> ObservedVpc:
    """Return the VPC ``shown`` with what ``tags`` say of target, consent and preferred index."""
    value = tags.get(keys.target, "")
    serves: TargetName | BadTagError | None = None
    if value:
        try:
            serves = parse_target(keys.target, value)
        except BadTagError as error:
            serves = error
    device_index: int | BadTagError | None
    try:
        device_index = parse_device_index(tags, keys.device_index)
    except BadTagError as error:
        device_index = error
    return ObservedVpc(
        id=shown.id,
        owner=shown.owner,
        cidrs=shown.cidrs,
        serves=serves,
        mentions=names_in(value),
        consent=read_consent(keys, tags),
        device_index=device_index,
    )


NEW = InterfaceId("eni-new")
"""Stands for an interface that does not exist yet."""


def another(target: TargetName, vpc: VpcId, zone: Zone, account: AccountId) -> ObservedInterface:
    """Return the ordinary interface that the pool of ``target`` could get in ``vpc``."""
    return ObservedInterface(
        id=NEW,
        owner=account,
        vpc=vpc,
        subnet=SubnetId(""),
        zone=zone,
        zone_id=ZoneId(""),
        status="available",
        pool=target,
    )
