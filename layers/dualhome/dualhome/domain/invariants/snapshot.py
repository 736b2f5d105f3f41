"""All that there is of an account to check: records and EC2, present and past."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dualhome.domain.attachment import Attachment, AuditEntry
from dualhome.domain.ec2 import DeviceSlot, Instance, Interface, Vpc
from dualhome.domain.identifiers import AttachmentId, InstanceId, InterfaceId, TargetName, VpcId
from dualhome.domain.observed import (
    ObservedVpc,
    observed_instance,
    observed_interface,
    observed_vpc,
    read_desired_state,
)
from dualhome.domain.planning.eligibility import Candidate, Policy
from dualhome.domain.planning.types import Holder
from dualhome.domain.tags import Wanted


@dataclass(frozen=True, slots=True)
class Account:
    """
    What ledger and EC2 show.

    ``interfaces`` are those of the pools; one that is not in a pool any more is left out. ``audit``
    is in the order of writing for each instance, and is gone through once; without ``whole_past``
    its oldest entries may have expired. ``by_hand`` names the attachments that others made.
    """

    records: Mapping[Holder, Attachment]
    claims: Mapping[InterfaceId, Holder]
    slots: Mapping[tuple[InstanceId, DeviceSlot], Holder]
    audit: Iterable[AuditEntry]
    instances: Mapping[InstanceId, Instance]
    interfaces: Mapping[InterfaceId, Interface]
    vpcs: Mapping[VpcId, Vpc]
    policy: Policy
    by_hand: frozenset[AttachmentId] = frozenset()
    whole_past: bool = True

    def wanted(self, instance: Instance) -> tuple[Wanted, ...] | None:
        """Return what ``instance`` asks for; None if it is excluded, or its tags malformed."""
        desired = read_desired_state(instance.tags, self.policy.keys)
        return None if desired.left_as_is else tuple(desired.wanted.values())

    def is_unit(self, instance: Instance) -> bool:
        """Return whether ``instance`` wants all its targets or none."""
        return read_desired_state(instance.tags, self.policy.keys).all_or_none

    def record(self, instance: InstanceId, target: TargetName) -> Attachment | None:
        """Return the present of one attachment."""
        return self.records.get(Holder(instance, target))

    def observed_vpcs(self) -> dict[VpcId, ObservedVpc]:
        """Return what the tags of each VPC say; read once, for all that it is asked about."""
        keys = self.policy.keys
        return {id_: observed_vpc(it, it.tags, keys) for id_, it in self.vpcs.items()}

    def candidate(self, interface: Interface, instance: Instance, target: TargetName) -> Candidate:
        """Return ``interface`` as a plan for ``instance`` sees it."""
        keys = self.policy.keys
        vpcs = filter(None, map(self.vpcs.get, {interface.vpc, instance.vpc}))
        return Candidate(
            observed_interface(interface, interface.tags, keys),
            observed_instance(instance, instance.tags, keys),
            target,
            {it.id: observed_vpc(it, it.tags, keys) for it in vpcs},
            self.policy,
            claimed=self.claims.get(interface.id) not in {None, Holder(instance.id, target)},
        )
