"""All that there is of an account to check: records and EC2, present and past."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dualhome.domain.attachment import Attachment
from dualhome.domain.audit import AuditEntry
from dualhome.domain.eligibility import Candidate, Policy
from dualhome.domain.errors import BadTagError
from dualhome.domain.identifiers import AttachmentId, InstanceId, InterfaceId, TargetName, VpcId
from dualhome.domain.network import DeviceSlot, Instance, Interface, Vpc
from dualhome.domain.plan import wanted_by
from dualhome.domain.tags import Wanted, parse_policy
from dualhome.domain.view import Holder


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
        """Return what ``instance`` asks for; None if its tags say hands off, or are malformed."""
        keys, tags = self.policy.keys, instance.tags
        try:
            wanted = wanted_by(keys, tags)
            parse_policy(keys.policy, tags.get(keys.policy, "each"))
        except BadTagError:
            return None
        return None if keys.ignore in tags else wanted

    def is_unit(self, instance: Instance) -> bool:
        """Return whether ``instance`` wants all its targets or none."""
        keys = self.policy.keys
        try:
            return parse_policy(keys.policy, instance.tags.get(keys.policy, "each"))
        except BadTagError:
            return False

    def record(self, instance: InstanceId, target: TargetName) -> Attachment | None:
        """Return the present of one attachment."""
        return self.records.get(Holder(instance, target))

    def candidate(self, interface: Interface, instance: Instance, target: TargetName) -> Candidate:
        """Return ``interface`` as a plan for ``instance`` sees it."""
        free = self.claims.get(interface.id) in {None, Holder(instance.id, target)}
        return Candidate(interface, instance, target, self.vpcs, self.policy, claimed=not free)
