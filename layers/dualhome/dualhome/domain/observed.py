"""What tags say of EC2's resources: the one place where they become facts."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from dualhome.domain.ec2 import (
    GONE,
    Instance,
    InstanceDescription,
    InstanceState,
    InterfaceDescription,
    VpcDescription,
)
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
    WHOLE_TAG,
    Consent,
    TagKeys,
    Wanted,
    names_in,
    parse_device_index,
    parse_policy,
    parse_pool,
    parse_target,
    parse_targets,
    read_consent,
)


@dataclass(frozen=True, slots=True)
class DesiredState:
    """
    The targets that an instance's tags name, in the order written, as one unit or each for itself.

    ``excluded``: it carries the tag ``ignore``, or departs, so that nothing of it is changed.
    ``error``: a tag is malformed; then ``WHOLE_TAG`` stands for what cannot be read.
    """

    named: Mapping[TargetName, Wanted]
    all_or_none: bool = False
    excluded: bool = False
    error: BadTagError | None = None

    @property
    def wanted(self) -> Mapping[TargetName, Wanted]:
        """What is to be attached; nothing while the instance is excluded."""
        return {} if self.excluded else self.named

    @property
    def left_as_is(self) -> bool:
        """Whether nothing is attached and nothing released."""
        return self.excluded or self.error is not None

    def unrecorded(self, recorded: AbstractSet[TargetName]) -> list[TargetName]:
        """Return what is wanted and not among the targets ``recorded``, by name."""
        return sorted(self.wanted.keys() - recorded)


def read_desired_state(tags: Mapping[str, str], keys: TagKeys) -> DesiredState:
    """Return what ``tags`` of an instance ask for, whatever state it is in."""
    excluded = keys.ignore in tags
    try:
        wanted = parse_targets(keys.targets, tags.get(keys.targets, ""))
        all_or_none = parse_policy(keys.policy, tags.get(keys.policy, "each"))
    except BadTagError as error:
        return DesiredState({WHOLE_TAG: Wanted(WHOLE_TAG)}, excluded=excluded, error=error)
    return DesiredState({want.target: want for want in wanted}, all_or_none, excluded)


def desired_state(instance: Instance | None, keys: TagKeys) -> DesiredState:
    """
    Return what ``instance`` asks for; one that is not shown asks for nothing.

    One that shuts down gives its interfaces back by itself: that is no release of ours.
    """
    if instance is None:
        return DesiredState({})
    return desired_in(instance.state, instance.tags, keys)


def desired_in(state: InstanceState, tags: Mapping[str, str], keys: TagKeys) -> DesiredState:
    """Return what an instance in ``state`` asks for by its ``tags``."""
    if state in GONE:
        return DesiredState({}, excluded=True)
    return read_desired_state(tags, keys)


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
